//! Every combinator in every form against a model: what is polled and dropped, in which order, and what comes out.

mod combine_kit;

use combine_kit::{Child, Diary, End, Fulfil, Reject, Value, poll_once};
use promise_runtime::{all, all_settled, any, race};
use proptest::prelude::*;
use std::{future::Future, task::Poll};

const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    All,
    AllSettled,
    Any,
    Race,
}

type Plan = (u32, End);

/// The lines of the diary and the outcome; no outcome if dropped after `polls` polls.
fn model(kind: Kind, plans: &[Plan], polls: u32) -> (Vec<String>, Option<String>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Place {
        Running,
        Kept,
        Empty,
    }
    let mut lines = Vec::new();
    let mut places = vec![Place::Running; plans.len()];
    let clear = |lines: &mut Vec<String>, places: &[Place]| {
        for (name, place) in NAMES.iter().zip(places) {
            match place {
                Place::Running => lines.push(format!("drop {name}")),
                Place::Kept => lines.push(format!("drop value {name}")),
                Place::Empty => {}
            }
        }
    };
    for round in 0..polls {
        for (i, &(after, end)) in plans.iter().enumerate() {
            if places[i] != Place::Running {
                continue;
            }
            lines.push(format!("poll {}", NAMES[i]));
            if after > round {
                continue;
            }
            let decides = match kind {
                Kind::All => end == Reject,
                Kind::Any => end == Fulfil,
                Kind::AllSettled => false,
                Kind::Race => true,
            };
            if kind != Kind::Race {
                lines.push(format!("drop {}", NAMES[i]));
                places[i] = Place::Empty;
            }
            if decides {
                clear(&mut lines, &places);
                return (lines, Some(format!("{end:?} {}", NAMES[i])));
            }
            places[i] = Place::Kept;
        }
        if kind != Kind::Race && !places.contains(&Place::Running) {
            let values: Vec<_> = plans
                .iter()
                .zip(NAMES)
                .map(|((_, end), name)| format!("{end:?} {name}"))
                .collect();
            return (lines, Some(values.join(", ")));
        }
    }
    clear(&mut lines, &places);
    (lines, None)
}

fn reality<F: Future>(
    diary: &Diary,
    future: F,
    polls: u32,
    show: impl Fn(&F::Output) -> String,
) -> (Vec<String>, Option<String>) {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        if let Poll::Ready(output) = poll_once(&mut future) {
            drop(future);
            let result = (diary.take(), Some(show(&output)));
            drop(output);
            assert_eq!(diary.alive(), 0);
            return result;
        }
    }
    drop(future);
    assert_eq!(diary.alive(), 0);
    (diary.take(), None)
}

fn outcome(outcome: &Result<Value, Value>) -> String {
    match outcome {
        Ok(value) => format!("Fulfil {}", value.name),
        Err(value) => format!("Reject {}", value.name),
    }
}

fn list<'a>(end: &str, values: impl IntoIterator<Item = &'a Value>) -> String {
    let values: Vec<_> = values
        .into_iter()
        .map(|value| format!("{end} {}", value.name))
        .collect();
    values.join(", ")
}

fn rejected(reason: &Value) -> String {
    format!("Reject {}", reason.name)
}

/// Runs one form of one combinator; `$values` turns what the form gives into something to iterate over.
macro_rules! run {
    ($kind:expr, $diary:expr, $polls:expr, $children:expr, |$v:ident| $values:expr) => {{
        let (diary, polls) = ($diary, $polls);
        match $kind {
            Kind::All => reality(diary, all($children), polls, |r| match r {
                Ok($v) => list("Fulfil", $values),
                Err(reason) => rejected(reason),
            }),
            Kind::AllSettled => reality(diary, all_settled($children), polls, |r| match r {
                Ok($v) => {
                    let outcomes: Vec<String> = $values.into_iter().map(outcome).collect();
                    outcomes.join(", ")
                }
                Err(never) => match *never {},
            }),
            Kind::Any => reality(diary, any($children), polls, |r| match r {
                Ok(value) => format!("Fulfil {}", value.name),
                Err(reasons) => list("Reject", reasons.errors()),
            }),
            Kind::Race => reality(diary, race($children), polls, outcome),
        }
    }};
}

fn children(diary: &Diary, plans: &[Plan]) -> Vec<Child> {
    plans
        .iter()
        .zip(NAMES)
        .map(|(&(after, end), name)| diary.child(name, after, end))
        .collect()
}

fn plan() -> impl Strategy<Value = Plan> {
    (0..4_u32, prop::bool::ANY)
        .prop_map(|(after, fulfil)| (after, if fulfil { Fulfil } else { Reject }))
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::All),
        Just(Kind::AllSettled),
        Just(Kind::Any),
        Just(Kind::Race)
    ]
}

fn array<const N: usize>(diary: &Diary, plans: &[Plan]) -> [Child; N] {
    children(diary, plans)
        .try_into()
        .unwrap_or_else(|_| panic!("not {N} plans"))
}

proptest! {
    #[test]
    fn tuples_behave_like_the_model(kind in kind(), plans in prop::collection::vec(plan(), 3), polls in 0..6_u32) {
        let diary = Diary::default();
        let [a, b, c] = array(&diary, &plans);
        let real = run!(kind, &diary, polls, (a, b, c), |v| [&v.0, &v.1, &v.2]);
        prop_assert_eq!(real, model(kind, &plans, polls));
    }

    #[test]
    fn tuples_of_twelve_behave_like_the_model(kind in kind(), plans in prop::collection::vec(plan(), 12), polls in 0..6_u32) {
        let diary = Diary::default();
        let [a, b, c, d, e, f, g, h, i, j, k, l] = array(&diary, &plans);
        let real = run!(kind, &diary, polls, (a, b, c, d, e, f, g, h, i, j, k, l), |v| [
            &v.0, &v.1, &v.2, &v.3, &v.4, &v.5, &v.6, &v.7, &v.8, &v.9, &v.10, &v.11
        ]);
        prop_assert_eq!(real, model(kind, &plans, polls));
    }

    #[test]
    fn arrays_behave_like_the_model(kind in kind(), plans in prop::collection::vec(plan(), 5), polls in 0..6_u32) {
        let diary = Diary::default();
        let real = run!(kind, &diary, polls, array::<5>(&diary, &plans), |v| v);
        prop_assert_eq!(real, model(kind, &plans, polls));
    }

    #[test]
    fn iterators_behave_like_the_model(kind in kind(), plans in prop::collection::vec(plan(), 1..12), polls in 0..6_u32) {
        let diary = Diary::default();
        let real = run!(kind, &diary, polls, children(&diary, &plans), |v| v);
        prop_assert_eq!(real, model(kind, &plans, polls));
    }
}
