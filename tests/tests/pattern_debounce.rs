//! `debounce`: which call of a burst runs, when, and what its other callers get.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use DebounceError::{Inner, Superseded};
use kit::Caller;
use promise_runtime::event_loop::{self, Clock, delay};
use promise_runtime::prelude::*;
use promise_runtime::{Debounce, DebounceError, debounce};
use promise_tests::{Diary, ms, panic_message, settle, timed, virtually};
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::time::Duration;

type Outcome = Result<(u32, u64), DebounceError<String>>;

const WAIT: Duration = ms(100);

fn now() -> u64 {
    event_loop::now().as_millis() as u64
}

/// Fulfils at once with its argument and the time.
async fn stamp(n: u32) -> Result<(u32, u64), String> {
    Ok((n, now()))
}

/// Calls at these times, with their number in the list as the argument.
async fn at<F: Future<Output = Outcome>>(times: &[u64], call: impl Fn(u32) -> F) -> Vec<Outcome> {
    let call = &call;
    let calls = times.iter().zip(0..).map(|(&time, n)| async move {
        delay(ms(time)).await;
        call(n).await
    });
    let Ok(outcomes) = all_settled(calls).await;
    outcomes
}

#[test]
fn the_last_call_of_a_burst_runs_when_it_is_quiet() {
    let search = debounce(WAIT, stamp);
    let (outcomes, time) = timed(at(&[0, 50, 149, 400], |n| search.call(n)));
    let expected = [Err(Superseded), Err(Superseded), Ok((2, 249)), Ok((3, 500))];
    assert_eq!(outcomes, expected);
    assert_eq!(time, ms(500));
}

#[test]
fn a_superseded_caller_is_told_at_once() {
    virtually(async {
        let search = debounce(WAIT, stamp);
        let mut first = Caller::new(search.call(1));
        assert!(first.poll().is_none());
        delay(ms(10)).await;
        let mut second = Caller::new(search.call(2));
        assert!(!first.is_woken());
        assert!(second.poll().is_none());
        assert!(first.is_woken());
        assert_eq!(first.poll(), Some(Err(Superseded)));
        delay(ms(99)).await;
        assert!(!second.is_woken());
        delay(ms(1)).await;
        assert_eq!(second.poll(), Some(Ok((2, 110))));
    });
}

/// The notes' version rejects a caller whose run is under way when the next call comes, and gives its result to the newcomer.
#[test]
fn a_run_that_has_begun_settles_its_own_caller_and_no_other() {
    let search = debounce(WAIT, async |n: u32| {
        let start = now();
        delay(ms(500)).await;
        Ok::<_, String>((n, start))
    });
    let (outcomes, time) = timed(at(&[0, 150, 320], |n| search.call(n)));
    assert_eq!(outcomes, [Ok((0, 100)), Ok((1, 250)), Ok((2, 420))]);
    assert_eq!(time, ms(920));
}

#[test]
fn a_rejection_is_the_callers_own() {
    let save = debounce(WAIT, async |_: u32| {
        Err::<(u32, u64), _>("disk full".to_owned())
    });
    let outcomes = virtually(at(&[0, 1], |n| save.call(n)));
    assert_eq!(
        outcomes,
        [Err(Superseded), Err(Inner("disk full".to_owned()))]
    );
    assert_eq!(Inner("disk full").to_string(), "disk full");
}

#[test]
fn dropped_while_it_waits_a_call_takes_itself_back() {
    virtually(async {
        let runs = Cell::new(0);
        let save = debounce(WAIT, async |n: u32| {
            runs.set(runs.get() + 1);
            stamp(n).await
        });
        let mut first = Caller::new(save.call(1));
        let mut second = Caller::new(save.call(2));
        assert!(first.poll().is_none() && second.poll().is_none());
        second.drop_future();
        assert_eq!(second.kept_wakers(), 0);
        assert_eq!(first.poll(), Some(Err(Superseded)));
        delay(10 * WAIT).await;
        assert_eq!(runs.get(), 0);
        assert_eq!(save.call(3).await, Ok((3, 1_100)));
    });
}

#[test]
fn a_call_begins_at_its_first_poll() {
    virtually(async {
        let save = debounce(WAIT, stamp);
        let early = save.call(1);
        delay(ms(50)).await;
        assert_eq!(early.await, Ok((1, 150)));
        // One that is never polled supersedes nobody.
        let mut call = Caller::new(save.call(2));
        assert!(call.poll().is_none());
        drop(save.call(3));
        assert!(!call.is_woken());
    });
}

#[test]
fn a_superseded_call_leaves_no_timer() {
    let ((), time) = timed(async {
        let save = debounce(ms(10_000), stamp);
        let mut call = Caller::new(save.call(1));
        assert!(call.poll().is_none());
        call.drop_future();
        delay(ms(1)).await;
    });
    assert_eq!(time, ms(1));
}

#[test]
fn leading_runs_the_first_call_and_none_until_it_is_quiet() {
    let save = debounce(WAIT, stamp).leading();
    let outcomes = virtually(at(&[0, 50, 149, 240, 340, 341], |n| save.call(n)));
    let expected = [
        Ok((0, 0)),
        Err(Superseded),
        Err(Superseded),
        Err(Superseded),
        Ok((4, 340)),
        Err(Superseded),
    ];
    assert_eq!(outcomes, expected);
}

#[test]
fn a_leading_call_that_is_dropped_ends_its_burst() {
    virtually(async {
        let save = debounce(WAIT, async |n: u32| {
            delay(ms(50)).await;
            stamp(n).await
        })
        .leading();
        let mut first = Caller::new(save.call(1));
        assert!(first.poll().is_none());
        assert_eq!(save.call(2).await, Err(Superseded));
        first.drop_future();
        assert_eq!(save.call(3).await, Ok((3, 50)));
        // The burst of a call that has ended well goes on.
        assert_eq!(save.call(4).await, Err(Superseded));
    });
}

#[test]
fn max_wait_ends_a_burst_that_does_not_end() {
    let save = debounce(WAIT, stamp).max_wait(ms(250));
    let times: Vec<u64> = (0..8).map(|n| n * 80).collect();
    let outcomes = virtually(at(&times, |n| save.call(n)));
    let runs: Vec<_> = outcomes.into_iter().flatten().collect();
    // The bursts begin at 0 and 320; the last call comes at 560.
    assert_eq!(runs, [(3, 250), (7, 570)]);
}

#[test]
fn max_wait_lets_a_leading_call_run_again() {
    let save = debounce(WAIT, stamp).leading().max_wait(ms(250));
    let times: Vec<u64> = (0..8).map(|n| n * 80).collect();
    let outcomes = virtually(at(&times, |n| save.call(n)));
    let runs: Vec<_> = outcomes.into_iter().flatten().collect();
    assert_eq!(runs, [(0, 0), (4, 320)]);
}

#[test]
fn shared_all_callers_of_a_burst_get_the_outcome_of_the_last_argument() {
    let runs = Cell::new(0);
    let load = debounce(WAIT, async |n: u32| {
        runs.set(runs.get() + 1);
        stamp(n).await
    })
    .shared();
    let outcomes = virtually(at(&[0, 50, 149, 400], |n| load.call(n)));
    assert_eq!(
        outcomes,
        [Ok((2, 249)), Ok((2, 249)), Ok((2, 249)), Ok((3, 500))]
    );
    assert_eq!(runs.get(), 2);
}

#[test]
fn shared_a_rejection_goes_to_all() {
    let load = debounce(WAIT, async |n: u32| Err::<(u32, u64), _>(format!("no {n}"))).shared();
    let outcomes = virtually(at(&[0, 1], |n| load.call(n)));
    assert_eq!(
        outcomes,
        [Err(Inner("no 1".to_owned())), Err(Inner("no 1".to_owned()))]
    );
}

#[test]
fn shared_calls_during_a_run_begin_another_burst() {
    let load = debounce(WAIT, async |n: u32| {
        let start = now();
        delay(ms(500)).await;
        Ok::<_, String>((n, start))
    })
    .shared();
    let outcomes = virtually(at(&[0, 150, 200], |n| load.call(n)));
    assert_eq!(outcomes, [Ok((0, 100)), Ok((2, 300)), Ok((2, 300))]);
}

#[test]
fn shared_and_leading_all_get_the_outcome_of_the_first() {
    let load = debounce(WAIT, async |n: u32| {
        let start = now();
        delay(ms(10)).await;
        Ok::<_, String>((n, start))
    })
    .leading()
    .shared();
    let outcomes = virtually(at(&[0, 5, 90, 200], |n| load.call(n)));
    assert_eq!(outcomes, [Ok((0, 0)), Ok((0, 0)), Ok((0, 0)), Ok((3, 200))]);
}

#[test]
fn shared_max_wait_counts_from_the_first_call() {
    let load = debounce(WAIT, stamp).shared().max_wait(ms(120));
    let outcomes = virtually(at(&[0, 80, 119, 130], |n| load.call(n)));
    assert_eq!(
        outcomes,
        [Ok((2, 120)), Ok((2, 120)), Ok((2, 120)), Ok((3, 230))]
    );
}

#[test]
fn shared_a_dropped_caller_hands_the_wait_to_the_next() {
    virtually(async {
        let load = debounce(WAIT, stamp).shared();
        let mut callers: Vec<_> = (0..3).map(|n| Caller::new(load.call(n))).collect();
        for caller in &mut callers {
            assert!(caller.poll().is_none());
        }
        delay(ms(60)).await;
        callers[0].drop_future();
        assert!(callers[1].is_woken() && !callers[2].is_woken());
        assert!(callers[1].poll().is_none());
        // The time of the burst does not begin anew, and its last argument stays, whoever brought it.
        callers[2].drop_future();
        delay(ms(40)).await;
        assert_eq!(callers[1].poll(), Some(Ok((2, 100))));
    });
}

#[test]
fn shared_a_caller_dropped_in_its_run_hands_the_run_to_the_next() {
    virtually(async {
        let diary = Diary::new();
        let load = debounce(WAIT, async |n: u32| {
            let _run = diary.token(format!("run of {n}"));
            delay(ms(50)).await;
            stamp(n).await
        })
        .shared();
        let mut first = Caller::new(load.call(1));
        let mut second = Caller::new(load.call(2));
        assert!(first.poll().is_none() && second.poll().is_none());
        delay(WAIT).await;
        assert!(first.poll().is_none());
        assert_eq!(diary.alive(), 1);
        first.drop_future();
        assert_eq!(diary.take(), ["drop run of 2"]);
        assert!(second.is_woken());
        assert!(second.poll().is_none());
        delay(ms(50)).await;
        assert_eq!(second.poll(), Some(Ok((2, 150))));
    });
}

#[test]
fn shared_a_burst_that_everybody_leaves_is_over() {
    for polls in 1..4 {
        virtually(async {
            let runs = RefCell::new(Vec::new());
            let load = debounce(WAIT, async |n: u32| {
                runs.borrow_mut().push(n);
                delay(ms(50)).await;
                stamp(n).await
            })
            .shared();
            let mut first = Caller::new(load.call(1));
            let mut second = Caller::new(load.call(2));
            for _ in 0..polls {
                first.poll();
                second.poll();
                delay(ms(60)).await;
            }
            first.drop_future();
            second.drop_future();
            assert_eq!((first.kept_wakers(), second.kept_wakers()), (0, 0));
            let time = now();
            assert_eq!(load.call(3).await, Ok((3, time + 150)));
        });
    }
}

#[test]
fn settings_do_not_disturb_the_calls_of_a_clone() {
    virtually(async {
        let save = debounce(WAIT, stamp);
        let mut call = Caller::new(save.call(1));
        assert!(call.poll().is_none());
        let other = save.clone().leading();
        assert_eq!(other.call(2).await, Ok((2, 0)));
        assert!(!call.is_woken());
    });
}

#[test]
fn a_run_that_panics_ends_its_burst_and_no_other() {
    virtually(async {
        let handler = async |n: u32| match n {
            1 => panic!("a bug"),
            n => Ok::<_, String>(n),
        };
        let trailing = debounce(WAIT, handler);
        let mut first = Caller::new(trailing.call(1));
        assert!(first.poll().is_none());
        delay(WAIT).await;
        assert_eq!(panic_message(|| drop(first.poll())), "a bug");
        drop(first);
        assert_eq!(trailing.call(2).await, Ok(2));

        let leading = debounce(WAIT, handler).leading();
        let mut first = Caller::new(leading.call(1));
        assert_eq!(panic_message(|| drop(first.poll())), "a bug");
        drop(first);
        assert_eq!(leading.call(2).await, Ok(2));
    });
}

/// The JavaScript notes: three letters typed quickly, one search.
#[test]
fn the_search_of_the_notes() {
    let log = Diary::new();
    virtually(async {
        let debounced_search = debounce(ms(300), async |query: String| {
            log.write(format!("GET /api/search?q={query}"));
            delay(ms(20)).await;
            Ok::<_, String>(vec![query])
        });
        let search = |query: &str, after| {
            let query = query.to_owned();
            let (log, debounced_search) = (&log, &debounced_search);
            promise! { move
                Promise.delay(ms(after))
                    .then(() => debounced_search.call(query))
                    .then(results => log.write(format!("Search results: {results:?}")))
                    .catch(error => {
                        if error != Superseded { log.write(format!("Search failed: {error:?}")) }
                    })
            }
        };
        let Ok(_) = all((search("j", 0), search("ja", 100), search("javascript", 200))).await;
    });
    assert_eq!(
        log.take(),
        [
            "GET /api/search?q=javascript",
            "Search results: [\"javascript\"]"
        ]
    );
}

#[test]
fn handles_and_calls_go_to_other_threads() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    fn assert_sync<T: Sync>(_: &T) {}
    let owned = String::from("hit for ");
    let search: Debounce<_, String> = debounce(ms(0), async move |query: String| {
        std::future::ready(()).await;
        Ok::<_, String>(format!("{owned}{query}"))
    });
    assert_sync(&search);
    let search = assert_send(search).leading();
    assert_eq!(
        settle(assert_send(search.call("a".to_owned()))),
        Ok("hit for a".to_owned())
    );
    let shared = search.shared();
    assert_sync(&shared);
    assert_eq!(
        settle(assert_send(shared.call("b".to_owned()))),
        Ok("hit for b".to_owned())
    );
}

#[derive(Clone, Debug)]
enum Step {
    Call,
    Drop(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Call),
        1 => (0..8_usize).prop_map(Step::Drop),
        4 => (1..40_u64).prop_map(Step::Wait),
    ]
}

/// What the handler is called with, and when.
type Runs = Vec<(usize, u64)>;

type Reason = DebounceError<()>;

struct Model {
    wait: u64,
    max_wait: u64,
    shared: bool,
    /// The callers of the burst that is open, its first and its last call, and the argument.
    callers: Vec<usize>,
    first: u64,
    last: u64,
    argument: usize,
    runs: Runs,
    outcomes: Vec<Option<Result<(usize, u64), Reason>>>,
}

impl Model {
    fn end(&self) -> u64 {
        (self.last + self.wait).min(self.first + self.max_wait)
    }

    fn call(&mut self, now: u64) {
        let number = self.outcomes.len();
        self.outcomes.push(None);
        if self.callers.is_empty() {
            self.first = now;
        } else if !self.shared {
            for caller in self.callers.drain(..) {
                self.outcomes[caller] = Some(Err(Superseded));
            }
        }
        self.callers.push(number);
        self.last = now;
        self.argument = number;
    }

    fn tick(&mut self, now: u64) {
        if !self.callers.is_empty() && now >= self.end() {
            self.runs.push((self.argument, now));
            for caller in self.callers.drain(..) {
                self.outcomes[caller] = Some(Ok((self.argument, now)));
            }
        }
    }
}

/// Polls whoever was woken until nobody is.
fn run_woken<F: Future>(callers: &mut [Caller<F>], outcomes: &mut [Option<F::Output>]) {
    while let Some(index) = callers
        .iter()
        .position(|caller| caller.is_pending() && caller.is_woken())
    {
        outcomes[index] = callers[index].poll();
    }
}

async fn against_the_model<F>(
    mut model: Model,
    runs: &RefCell<Runs>,
    call: impl Fn(usize) -> F,
    steps: Vec<Step>,
) -> Result<(), TestCaseError>
where
    F: Future<Output = Result<(usize, u64), Reason>>,
{
    let (mut callers, mut outcomes) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Call => {
                model.call(now());
                let mut caller = Caller::new(call(callers.len()));
                outcomes.push(caller.poll());
                callers.push(caller);
            }
            Step::Drop(index) => {
                let waiting = callers.iter_mut().filter(|caller| caller.is_pending());
                if let Some(caller) = waiting.rev().nth(index) {
                    caller.drop_future();
                }
                model.callers.retain(|&caller| callers[caller].is_pending());
            }
            Step::Wait(time) => {
                for _ in 0..time {
                    delay(ms(1)).await;
                    run_woken(&mut callers, &mut outcomes);
                    model.tick(now());
                }
            }
        }
        run_woken(&mut callers, &mut outcomes);
        model.tick(now());
        prop_assert_eq!(&*runs.borrow(), &model.runs);
        prop_assert_eq!(&outcomes, &model.outcomes);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_debounce_does_what_its_model_does(
        wait in 1..60_u64,
        max_wait in prop_oneof![Just(1_000_000_u64), 30..120_u64],
        shared in prop::bool::ANY,
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let model = Model {
            wait,
            max_wait,
            shared,
            callers: Vec::new(),
            first: 0,
            last: 0,
            argument: 0,
            runs: Vec::new(),
            outcomes: Vec::new(),
        };
        let runs = RefCell::new(Vec::new());
        let save = debounce(ms(wait), async |n: usize| {
            runs.borrow_mut().push((n, now()));
            Ok::<_, ()>((n, now()))
        })
        .max_wait(ms(max_wait));
        event_loop::run_with(Clock::Virtual, async {
            if shared {
                let save = save.shared();
                against_the_model(model, &runs, |n| save.call(n), steps).await
            } else {
                against_the_model(model, &runs, |n| save.call(n), steps).await
            }
        })?;
    }
}
