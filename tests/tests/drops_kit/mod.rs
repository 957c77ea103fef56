//! Drives a chain to each of its suspension points, drops it there, and looks at what was written down.
#![allow(dead_code, unused_macros, unused_imports)]

use promise_runtime::TimeoutError;
use promise_runtime::event_loop::{Clock, run_with};
use promise_tests::leaf::Watched;
use promise_tests::{Diary, Token, fulfil, reject};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A reason that is counted, or the one of `timeout`.
#[derive(Debug, PartialEq)]
pub(crate) enum Reason {
    Token(Token),
    Late,
}

impl From<TimeoutError> for Reason {
    fn from(_: TimeoutError) -> Self {
        Self::Late
    }
}

impl<const N: usize> From<promise_runtime::AggregateError<[Self; N]>> for Reason {
    fn from(error: promise_runtime::AggregateError<[Self; N]>) -> Self {
        error
            .errors
            .into_iter()
            .next()
            .expect("an aggregate of none")
    }
}

impl From<promise_runtime::AggregateError<Vec<Self>>> for Reason {
    fn from(error: promise_runtime::AggregateError<Vec<Self>>) -> Self {
        error
            .errors
            .into_iter()
            .next()
            .expect("an aggregate of none")
    }
}

pub(crate) type Step = Watched<Result<Token, Reason>>;

/// Pending twice, then fulfils with a token.
pub(crate) fn fine(diary: &Diary, name: &'static str) -> Step {
    after(diary, name, 2)
}

/// Pending `count` times, then fulfils with a token.
pub(crate) fn after(diary: &Diary, name: &'static str, count: u32) -> Step {
    fulfil(diary.token(format!("value of {name}")))
        .after(count)
        .watched(diary, name)
}

/// Pending twice, then rejects with a token.
pub(crate) fn bad(diary: &Diary, name: &'static str) -> Step {
    bad_after(diary, name, 2)
}

pub(crate) fn bad_after(diary: &Diary, name: &'static str, count: u32) -> Step {
    reject(Reason::Token(diary.token(format!("reason of {name}"))))
        .after(count)
        .watched(diary, name)
}

/// What was written before the chain was dropped (or had settled), and from then on.
pub(crate) struct Record {
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
    pub(crate) settled: bool,
}

/// Polls `count` times, then drops.
pub(crate) fn polled<F: Future>(count: u32, make: impl FnOnce(&'static Diary) -> F) -> Record {
    let diary = Diary::kept();
    let mut chain = Box::pin(make(diary));
    let (settled, before) = run_with(Clock::Virtual, async {
        let mut left = count;
        let output = poll_fn(|cx| {
            if left == 0 {
                return Poll::Ready(None);
            }
            left -= 1;
            match chain.as_mut().poll(cx) {
                Poll::Pending if left == 0 => Poll::Ready(None),
                poll => poll.map(Some),
            }
        })
        .await;
        let before = diary.take();
        let settled = output.is_some();
        drop(output);
        drop(chain);
        (settled, before)
    });
    let after = diary.take();
    assert_eq!(
        diary.alive(),
        0,
        "leaked after {count} polls: {before:?}, {after:?}"
    );
    Record {
        before,
        after,
        settled,
    }
}

/// Drops the chain after every number of polls up to the one that settles it, which must be `polls`.
///
/// `finally inner` and `finally outer` must stand in the diary once each, in this order, if there was a poll. What was in flight must go first.
pub(crate) fn drop_everywhere<F: Future>(polls: u32, make: impl Fn(&'static Diary) -> F) {
    for count in 0..=polls {
        let record = polled(count, &make);
        let written = format!(
            "after {count} polls: {:?}, dropped: {:?}",
            record.before, record.after
        );
        assert_eq!(record.settled, count == polls, "{written}");
        once_each(&record, &written);
        let finallys: Vec<_> = record
            .before
            .iter()
            .chain(&record.after)
            .filter(|line| is_outer_finally(line))
            .collect();
        match count {
            0 => assert!(finallys.is_empty(), "{written}"),
            _ => assert_eq!(finallys, ["finally inner", "finally outer"], "{written}"),
        }
        if !record.settled {
            dropped_in_order(&record, &written);
        }
    }
}

fn is_outer_finally(line: &str) -> bool {
    line == "finally inner" || line == "finally outer"
}

/// Nothing is dropped twice, unless it was made twice.
fn once_each(record: &Record, written: &str) {
    let lines: Vec<_> = record.before.iter().chain(&record.after).collect();
    for line in lines.iter().filter(|line| line.starts_with("drop ")) {
        let times = lines.iter().filter(|other| other == &line).count();
        let made = lines
            .iter()
            .filter(|other| **other == &line.replace("drop ", "make "))
            .count();
        assert_eq!(times, made.max(1), "{line}, {written}");
    }
}

/// Only drops and finallys happen now; and what was polled goes before any finally.
fn dropped_in_order(record: &Record, written: &str) {
    let allowed = |line: &String| line.starts_with("drop ") || line.starts_with("finally ");
    assert!(record.after.iter().all(allowed), "{written}");
    let finally = record.after.iter().position(|line| is_outer_finally(line));
    for polled in record
        .before
        .iter()
        .filter_map(|line| line.strip_prefix("poll "))
    {
        let dropped = record
            .after
            .iter()
            .position(|line| line == &format!("drop {polled}"));
        if let (Some(dropped), Some(finally)) = (dropped, finally) {
            assert!(dropped < finally, "{polled} was in flight, {written}");
        }
    }
}

/// One test for each `name: polls, |diary| [chain]`, under two finallys.
macro_rules! dropped {
    ($($name:ident: $polls:literal, |$diary:ident| [$($chain:tt)*];)*) => {$(
        #[test]
        fn $name() {
            drop_everywhere($polls, |$diary| promise! { move <_, Reason>
                $($chain)*.finally(|| $diary.write("finally inner")).finally(() => $diary.write("finally outer"))
            });
        }
    )*};
}
pub(crate) use dropped;
