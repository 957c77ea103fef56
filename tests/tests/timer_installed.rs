//! A timer of the program's own: a program has one, so these tests have a program of their own.

use futures::poll;
use futures::task::noop_waker;
use promise_runtime::event_loop::{self, Clock};
use promise_runtime::timer::{Timer, TimerId, set_timer};
use promise_runtime::{Sleep, delay};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

const SEC: Duration = Duration::from_secs(1);

/// Moves by hand, and checks that every identifier is cancelled exactly once.
struct Manual(Mutex<State>);

struct State {
    now: Duration,
    last: u32,
    live: Vec<(TimerId, Duration, Option<Waker>)>,
}

static MANUAL: Manual = Manual(Mutex::new(State {
    now: Duration::ZERO,
    last: 0,
    live: Vec::new(),
}));

impl Manual {
    fn advance(&self, step: Duration) {
        let mut due = Vec::new();
        {
            let state = &mut *self.0.lock().unwrap();
            state.now += step;
            for (_, at, waker) in &mut state.live {
                if *at <= state.now {
                    due.extend(waker.take());
                }
            }
        }
        due.into_iter().for_each(Waker::wake);
    }

    fn live(&self) -> usize {
        self.0.lock().unwrap().live.len()
    }
}

impl Timer for Manual {
    fn now(&self) -> Duration {
        self.0.lock().unwrap().now
    }

    fn wake_at(&self, at: Duration, waker: &Waker) -> TimerId {
        let state = &mut *self.0.lock().unwrap();
        state.last += 1;
        let id = TimerId::new(state.last);
        state.live.push((id, at, Some(waker.clone())));
        id
    }

    fn cancel(&self, id: TimerId) {
        let live = &mut self.0.lock().unwrap().live;
        let place = live
            .iter()
            .position(|entry| entry.0 == id)
            .expect("cancelled once");
        live.remove(place);
    }
}

/// One test at a time, since they share the clock.
fn manual() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // The first test installs it; the others are told that it is there.
    let _ = set_timer(&MANUAL);
    turn
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Count {
    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn ready(sleep: &mut Pin<Box<Sleep>>, waker: &Waker) -> bool {
    sleep
        .as_mut()
        .poll(&mut Context::from_waker(waker))
        .is_ready()
}

#[test]
fn only_the_first_timer_is_installed() {
    let _turn = manual();
    let refused = set_timer(&MANUAL).unwrap_err();
    assert_eq!(refused.to_string(), "a timer is installed already");
}

#[test]
fn it_wakes_when_the_time_is_up() {
    let _turn = manual();
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&count));
    let mut sleep = Box::pin(delay(2 * SEC));
    assert!(!ready(&mut sleep, &waker));
    assert_eq!(format!("{sleep:?}"), "Sleep(waiting, installed timer)");
    MANUAL.advance(SEC);
    assert!(!ready(&mut sleep, &waker));
    assert_eq!((count.get(), MANUAL.live()), (0, 1));
    MANUAL.advance(SEC);
    assert_eq!(count.get(), 1);
    assert!(ready(&mut sleep, &waker));
    assert_eq!(MANUAL.live(), 0);
    assert!(ready(&mut sleep, &waker));
}

#[test]
fn the_last_waker_is_the_one_woken() {
    let _turn = manual();
    let counts = [0, 1].map(|_| Arc::new(Count::default()));
    let mut sleep = Box::pin(delay(SEC));
    for count in &counts {
        assert!(!ready(&mut sleep, &Waker::from(Arc::clone(count))));
    }
    assert_eq!(MANUAL.live(), 1);
    MANUAL.advance(SEC);
    assert_eq!(counts.map(|count| count.get()), [0, 1]);
}

#[test]
fn a_dropped_sleep_is_cancelled_fired_or_not() {
    let _turn = manual();
    for step in [Duration::ZERO, SEC] {
        let mut sleep = Box::pin(delay(SEC));
        assert!(!ready(&mut sleep, &noop_waker()));
        MANUAL.advance(step);
        assert_eq!(MANUAL.live(), 1);
        drop(sleep);
        assert_eq!(MANUAL.live(), 0);
    }
}

#[test]
fn no_time_at_all_needs_no_timer() {
    let _turn = manual();
    assert!(ready(&mut Box::pin(delay(Duration::ZERO)), &noop_waker()));
    assert_eq!(MANUAL.live(), 0);
}

#[test]
fn the_event_loop_and_tokio_go_first() {
    let _turn = manual();
    event_loop::run_with(Clock::Virtual, delay(SEC));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut sleep = Box::pin(delay(SEC));
        assert!(poll!(&mut sleep).is_pending());
        sleep.await;
    });
    assert_eq!(MANUAL.live(), 0);
}
