//! `from_callback` and `promisify` against a model: callbacks that are called, dropped or kept at any time, and promises dropped at any time.

use promise_runtime::event_loop::{Clock, EventLoop, now, set_timeout};
use promise_runtime::{Callback, CallbackError, Done, from_callback, promisify, with_timeout};
use promise_tests::ms;
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

/// What becomes of one clone of the callback.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Called {
        error: Option<&'static str>,
        value: Option<u32>,
    },
    Dropped,
    /// Nobody ever calls it, and it outlives the promise.
    Kept,
}

#[derive(Clone, Debug)]
struct Plan {
    /// One clone each, and when it meets its fate; at 0 that is inside the function.
    clones: Vec<(u64, Fate)>,
    /// When the promise is dropped.
    dropped: u64,
}

type Outcome = Result<u32, CallbackError<&'static str>>;

#[derive(Debug, Default, PartialEq)]
struct Course {
    outcome: Option<(u64, Outcome)>,
    /// When what the function returned is dropped.
    released: u64,
}

fn model(plan: &Plan) -> Course {
    let said = |&(at, fate): &(u64, Fate)| match fate {
        Fate::Called { error, value } => {
            let outcome = match (error, value) {
                (Some(error), _) => Err(CallbackError::Inner(error)),
                (None, Some(value)) => Ok(value),
                (None, None) => Err(CallbackError::CallbackDropped),
            };
            Some((at, outcome))
        }
        Fate::Dropped | Fate::Kept => None,
    };
    // The first of several at one moment is the first that was given its clone.
    let first_call = plan
        .clones
        .iter()
        .filter_map(said)
        .min_by_key(|call| call.0);
    let is_kept = plan
        .clones
        .iter()
        .any(|(_, fate)| matches!(fate, Fate::Kept));
    let last_drop = plan.clones.iter().map(|(at, _)| *at).max().unwrap_or(0);
    let forgotten = (!is_kept).then_some((last_drop, Err(CallbackError::CallbackDropped)));
    let outcome = first_call
        .or(forgotten)
        .filter(|(at, _)| *at < plan.dropped);
    Course {
        released: outcome.as_ref().map_or(plan.dropped, |(at, _)| *at),
        outcome,
    }
}

fn milliseconds() -> u64 {
    now().as_millis() as u64
}

/// Does it now, or when its time has come.
fn does_at(time: u64, act: impl FnOnce() + 'static) {
    match time {
        0 => act(),
        time => {
            set_timeout(act, ms(time));
        }
    }
}

/// Says when it is dropped.
struct Returned(Rc<Cell<u64>>);

impl Drop for Returned {
    fn drop(&mut self) {
        self.0.set(milliseconds());
    }
}

/// When and how the promise settles, if nobody drops it before.
fn settled(plan: &Plan, promise: impl Future<Output = Outcome>) -> Option<(u64, Outcome)> {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let outcome = event_loop.run(async {
        let outcome = with_timeout(promise, ms(plan.dropped)).await.ok()?;
        Some((milliseconds(), outcome))
    });
    // Calls that come too late do nothing.
    event_loop.run_until_idle();
    outcome
}

fn by_from_callback(plan: &Plan) -> Course {
    let kept = Rc::new(RefCell::new(Vec::new()));
    let released = Rc::new(Cell::new(u64::MAX));
    let promise = {
        let (kept, released, clones) = (kept.clone(), released.clone(), plan.clones.clone());
        from_callback(move |done: Done<u32, &'static str>| {
            let dones: Vec<_> = clones.iter().map(|_| done.clone()).collect();
            drop(done);
            for ((at, fate), done) in clones.into_iter().zip(dones) {
                match fate {
                    Fate::Called { error, value } => does_at(at, move || done(error, value)),
                    Fate::Dropped => does_at(at, move || drop(done)),
                    Fate::Kept => kept.borrow_mut().push(done),
                }
            }
            Returned(released)
        })
    };
    Course {
        outcome: settled(plan, promise),
        released: released.get(),
    }
}

/// The function has one callback, which can be called once.
fn by_promisify(plan: &Plan) -> Option<(u64, Outcome)> {
    thread_local! {
        static KEPT: RefCell<Vec<Callback<u32, &'static str>>> = const { RefCell::new(Vec::new()) };
    }
    let (at, fate) = plan.clones[0];
    let function = promisify(move |callback: Callback<u32, &'static str>| match fate {
        Fate::Called { error, value } => does_at(at, move || callback(error, value)),
        Fate::Dropped => does_at(at, move || drop(callback)),
        Fate::Kept => KEPT.with_borrow_mut(|kept| kept.push(callback)),
    });
    let outcome = settled(plan, function());
    KEPT.take();
    outcome
}

fn fate() -> impl Strategy<Value = Fate> {
    let error = prop::option::of(prop::sample::select(&["no disk", "no memory"][..]));
    prop_oneof![
        4 => (error, prop::option::of(0..9_u32)).prop_map(|(error, value)| Fate::Called { error, value }),
        2 => Just(Fate::Dropped),
        1 => Just(Fate::Kept),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    // At even moments, and the drop at odd ones, so that no two things happen at once by chance.
    let clone = (0..10_u64, fate()).prop_map(|(at, fate)| (at * 2, fate));
    (prop::collection::vec(clone, 1..5), 0..12_u64).prop_map(|(clones, dropped)| Plan {
        clones,
        dropped: dropped * 2 + 1,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn the_first_call_counts_or_else_the_last_drop(plan in plan()) {
        prop_assert_eq!(by_from_callback(&plan), model(&plan));
    }

    #[test]
    fn a_promisified_function_is_the_same_with_one_callback(plan in plan()) {
        let plan = Plan { clones: plan.clones[..1].to_vec(), ..plan };
        prop_assert_eq!(by_promisify(&plan), model(&plan).outcome);
    }
}
