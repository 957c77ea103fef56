//! `throttle`: how often a function starts, and in which order its callers come.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use kit::Caller;
use promise_runtime::event_loop::{self, Clock, delay};
use promise_runtime::prelude::*;
use promise_runtime::throttle;
use promise_tests::{ms, panic_message, settle, timed, virtually};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

fn now() -> u64 {
    event_loop::now().as_millis() as u64
}

#[test]
fn so_many_starts_in_any_interval_the_rest_wait_in_line() {
    let get = throttle(3, ms(100), async |page: u32| Ok::<_, String>((page, now())));
    let (pages, time) = timed(all((0..8).map(|page| get.call(page))));
    let expected: Vec<_> = (0..8)
        .map(|page| (page, u64::from(page / 3) * 100))
        .collect();
    assert_eq!((pages, time), (Ok(expected), ms(200)));
}

/// Two fixed windows would let twice as many start around the border between them, as p-throttle does unless it is strict.
#[test]
fn the_interval_slides() {
    let get = throttle(2, ms(100), async |()| now());
    let get = &get;
    let at = |time: u64| async move {
        delay(ms(time)).await;
        Ok::<_, String>(get.call(()).await)
    };
    let starts = virtually(all([0, 90, 95, 100, 120].map(at)));
    assert_eq!(starts, Ok([0, 90, 100, 190, 200]));
}

#[test]
fn how_long_a_call_takes_does_not_matter() {
    let get = throttle(1, ms(10), async |n: u64| {
        let start = now();
        delay(ms(1_000)).await;
        Ok::<_, String>((n, start))
    });
    let (starts, time) = timed(all((0..3).map(|n| get.call(n))));
    assert_eq!(
        (starts, time),
        (Ok(vec![(0, 0), (1, 10), (2, 20)]), ms(1_020))
    );
}

#[test]
fn who_is_dropped_in_line_leaves_it_and_uses_up_no_start() {
    for (gone, expected) in [(1, [0, 0, 100]), (2, [0, 100, 0])] {
        virtually(async {
            let get = throttle(1, ms(100), async |()| now());
            let mut callers: Vec<_> = (0..3).map(|_| Caller::new(get.call(()))).collect();
            let mut starts = [0; 3];
            for caller in &mut callers {
                caller.poll();
            }
            assert_eq!(get.waiting(), 2);
            callers[gone].drop_future();
            assert_eq!((get.waiting(), callers[gone].kept_wakers()), (1, 0));
            let left = 3 - gone;
            // The next one is told, so that somebody waits for the time.
            assert_eq!(callers[left].is_woken(), gone == 1);
            callers[left].poll();
            delay(ms(100)).await;
            assert!(callers[left].is_woken());
            starts[left] = callers[left].poll().unwrap();
            assert_eq!(starts, expected);
            assert_eq!(get.waiting(), 0);
        });
    }
}

#[test]
fn nobody_is_overtaken_by_who_comes_when_the_time_is_up() {
    virtually(async {
        let get = throttle(1, ms(100), async |name: &'static str| name);
        get.call("first").await;
        let mut waits = Caller::new(get.call("waits"));
        assert!(waits.poll().is_none());
        delay(ms(100)).await;
        let mut late = Caller::new(get.call("late"));
        assert!(late.poll().is_none());
        assert_eq!(waits.poll(), Some("waits"));
        assert!(late.is_woken() && late.poll().is_none());
    });
}

#[test]
fn a_line_that_is_dropped_leaves_no_timer() {
    let ((), time) = timed(async {
        let get = throttle(1, ms(1_000), async |()| ());
        get.call(()).await;
        let mut callers: Vec<_> = (0..3).map(|_| Caller::new(get.call(()))).collect();
        for caller in &mut callers {
            assert!(caller.poll().is_none());
        }
        drop(callers);
        assert_eq!(get.waiting(), 0);
        delay(ms(1)).await;
    });
    assert_eq!(time, ms(1));
}

#[test]
fn a_place_is_taken_at_the_first_poll() {
    virtually(async {
        let get = throttle(1, ms(100), async |name: &'static str| {
            Ok::<_, String>((name, now()))
        });
        let made_first = get.call("made first");
        let polled_first = get.call("polled first");
        let both = all((polled_first, made_first)).await;
        assert_eq!(both, Ok((("polled first", 0), ("made first", 100))));
    });
}

#[test]
fn a_rejection_is_the_callers_and_counts_as_a_start() {
    virtually(async {
        let get = throttle(
            1,
            ms(100),
            async |fails: bool| if fails { Err(now()) } else { Ok(now()) },
        );
        let Ok(outcomes) = all_settled([true, false, true].map(|fails| get.call(fails))).await;
        assert_eq!(outcomes, [Err(0), Ok(100), Err(200)]);
    });
}

#[test]
fn clones_share_the_limit_and_an_interval_of_nothing_is_no_limit() {
    virtually(async {
        let get = throttle(1, ms(100), async |()| Ok::<_, String>(now()));
        let clone = get.clone();
        assert_eq!(all((get.call(()), clone.call(()))).await, Ok((0, 100)));
        let get = throttle(1, ms(0), async |()| Ok::<_, String>(now()));
        assert_eq!(all((0..3).map(|_| get.call(()))).await, Ok(vec![100; 3]));
    });
}

#[test]
fn a_limit_of_zero_is_a_mistake() {
    assert!(panic_message(|| drop(throttle(0, ms(1), async |()| ()))).contains("at least 1"));
}

#[test]
fn any_function_that_makes_futures_will_do_on_any_thread() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let owned = String::from("page ");
    let get = throttle(1, ms(0), async move |n: u32| {
        std::future::ready(()).await;
        Ok::<_, String>(format!("{owned}{n}"))
    });
    assert_eq!(
        settle(assert_send(assert_send(get).call(1))),
        Ok("page 1".to_owned())
    );
    let get = throttle(
        1,
        ms(0),
        |n: u32| promise! { move Promise.resolve(n).then(|n| n + 1) },
    );
    assert_eq!(settle(assert_send(get.call(1))), Ok(2));
}

#[test]
fn threads_share_the_line() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    let starts = runtime.block_on(async {
        let get = throttle(5, ms(1), async |()| std::time::Instant::now());
        let calls: Vec<_> = (0..60).map(|_| tokio::spawn(get.call(()))).collect();
        calls[30].abort();
        let mut starts = Vec::new();
        for call in calls {
            starts.extend(call.await);
        }
        assert_eq!(get.waiting(), 0);
        starts
    });
    assert!(starts.len() >= 59);
}

#[derive(Clone, Debug)]
enum Step {
    Come,
    Drop(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Come),
        1 => (0..10_usize).prop_map(Step::Drop),
        3 => (1..60_u64).prop_map(Step::Wait),
    ]
}

/// Polls whoever was woken until nobody is.
fn run_woken<F: Future>(callers: &mut [Caller<F>]) {
    while let Some(caller) = callers
        .iter_mut()
        .find(|caller| caller.is_pending() && caller.is_woken())
    {
        caller.poll();
    }
}

async fn against_the_model(
    limit: usize,
    interval: u64,
    steps: Vec<Step>,
) -> Result<(), TestCaseError> {
    let starts: Rc<RefCell<Vec<(usize, u64)>>> = Rc::default();
    let told = starts.clone();
    let get = throttle(limit, ms(interval), move |number: usize| {
        told.borrow_mut().push((number, now()));
        std::future::ready(())
    });
    let mut callers = Vec::new();
    // The model: who waits, in order, and when each start was.
    let mut line: Vec<usize> = Vec::new();
    let mut expected: Vec<(usize, u64)> = Vec::new();
    let admit = |line: &mut Vec<usize>, expected: &mut Vec<(usize, u64)>, now: u64| {
        while !line.is_empty() {
            let free = match expected.len().checked_sub(limit) {
                Some(index) => expected[index].1 + interval,
                None => 0,
            };
            if free > now {
                return;
            }
            expected.push((line.remove(0), now));
        }
    };
    for step in steps {
        match step {
            Step::Come => {
                line.push(callers.len());
                let mut caller = Caller::new(get.call(callers.len()));
                caller.poll();
                callers.push(caller);
            }
            Step::Drop(index) if index < line.len() => {
                let number = line.remove(index);
                callers[number].drop_future();
            }
            Step::Wait(time) => {
                for _ in 0..time {
                    delay(ms(1)).await;
                    run_woken(&mut callers);
                    admit(&mut line, &mut expected, now());
                }
            }
            Step::Drop(_) => {}
        }
        run_woken(&mut callers);
        admit(&mut line, &mut expected, now());
        prop_assert_eq!(&*starts.borrow(), &expected);
        prop_assert_eq!(get.waiting(), line.len());
    }
    drop(callers);
    prop_assert_eq!(get.waiting(), 0);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn a_throttle_does_what_its_model_does(
        limit in 1..4_usize,
        interval in 1..80_u64,
        steps in prop::collection::vec(step(), 0..40),
    ) {
        event_loop::run_with(Clock::Virtual, against_the_model(limit, interval, steps))?;
    }
}

#[test]
fn a_very_long_interval_does_not_overflow() {
    virtually(async {
        let get = throttle(1, Duration::MAX, async |()| ());
        get.call(()).await;
        let mut second = Caller::new(get.call(()));
        assert!(second.poll().is_none());
    });
}
