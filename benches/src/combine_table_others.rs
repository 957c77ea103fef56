//! The rows of `all_settled`, `any` and `race`, and futures-concurrency's own shapes.

use std::hint::black_box;

use futures::future::{join_all, select_all, select_ok, try_join_all};
use futures::{FutureExt as _, TryFutureExt as _};
use futures_buffered::{join_all as buffered_join_all, try_join_all as buffered_try_join_all};
use futures_concurrency::future::{Join as _, Race as _, RaceOk as _, TryJoin as _};
use promise_runtime::{all, all_settled, any, race};

use crate::combine_table::{Case, Group, OURS};
use crate::combine_table_leaves::{
    Countdown, Leaves, Waits, Wakes, countdown, drive_woken, rejects, wakes,
};

const KINDS: [(u64, &str); 2] = [(0, "ready"), (1, "second poll")];

pub(crate) fn add(cases: &mut Vec<Case>) {
    fixed!(cases, 2, [a b]);
    fixed!(cases, 3, [a b c]);
    fixed!(cases, 8, [a b c d e f g h]);
    fixed!(cases, 12, [a b c d e f g h i j k l]);
    for n in [10, 30, 31, 100, 1_000, 10_000] {
        settled_of_vec(cases, n);
        race_of_vec(cases, n);
        any_of_vec(cases, n);
    }
    array_one_by_one::<2>(cases);
    array_one_by_one::<3>(cases);
    array_one_by_one::<8>(cases);
    array_one_by_one::<12>(cases);
    countdowns(cases);
}

/// A group of a combinator of `n`.
fn group<'a>(cases: &'a mut Vec<Case>, n: usize, pending: u64, name: String) -> Group<'a> {
    Group {
        name,
        leaves: n,
        pending,
        cases,
    }
}

macro_rules! fixed {
    ($cases:ident, $n:literal, [$($one:tt)*]) => {
        for (pending, when) in KINDS {
            let settled = &mut group($cases, $n, pending, format!("all_settled of {}, {when}", $n));
            settled.case(OURS, |p| all_settled(($(leaf!($one wakes p),)*)));
            settled.case("futures join!", |p| async move { futures::join!($(leaf!($one wakes p)),*) });
            settled.case("tokio join!", |p| async move { tokio::join!($(leaf!($one wakes p)),*) });
            settled.case("tokio join!, biased", |p| async move { tokio::join!(biased; $(leaf!($one wakes p)),*) });
            settled.case("futures-concurrency", |p| ($(leaf!($one wakes p),)*).join());
            let first = &mut group($cases, $n, pending, format!("race of {}, {when}", $n));
            first.case(OURS, |p| race(($(leaf!($one wakes p),)*)));
            first.case("futures select!", |p| async move {
                $(let mut $one = wakes(p).fuse();)*
                futures::select! { $(v = $one => v,)* }
            });
            first.case("futures select_biased!", |p| async move {
                $(let mut $one = wakes(p).fuse();)*
                futures::select_biased! { $(v = $one => v,)* }
            });
            first.case("tokio select!", |p| async move { tokio::select! { $(v = leaf!($one wakes p) => v,)* } });
            first.case("tokio select!, biased", |p| async move { tokio::select! { biased; $(v = leaf!($one wakes p) => v,)* } });
            first.case("futures-concurrency", |p| ($(leaf!($one wakes p),)*).race());
            let fails = &mut group($cases, $n, pending, format!("any of {}, all reject, {when}", $n));
            fails.case(OURS, |p| any(($(leaf!($one rejects p),)*)));
            fails.case("futures-concurrency", |p| ($(leaf!($one rejects p),)*).race_ok());
            fails.case("futures select_ok", |p| select_ok([$(leaf!($one rejects p)),*].into_iter().map(Box::pin)));
        }
    };
}
use fixed;

macro_rules! leaf {
    ($one:tt $leaf:ident $pending:ident) => {
        $leaf($pending)
    };
}
use leaf;

fn settled_of_vec(cases: &mut Vec<Case>, n: usize) {
    for (pending, when) in KINDS {
        let group = &mut group(
            cases,
            n,
            pending,
            format!("all_settled of a Vec of {n}, {when}"),
        );
        let leaves = move |p| (0..n).map(move |_| wakes(p));
        group.case(OURS, move |p| all_settled(leaves(p)));
        group.case("futures join_all", move |p| join_all(leaves(p)));
        group.case("futures-concurrency", move |p| {
            leaves(p).collect::<Vec<Wakes>>().join()
        });
        group.case("futures-buffered", move |p| buffered_join_all(leaves(p)));
    }
    for (is_shuffled, when) in [(false, "in order"), (true, "shuffled")] {
        let name = format!("all_settled of a Vec of {n}, one by one {when}");
        let group = &mut group(cases, n, 0, name);
        group.driven(OURS, is_shuffled, all_settled);
        group.driven("futures join_all", is_shuffled, join_all);
        group.driven("futures-concurrency", is_shuffled, |leaves: Leaves| {
            leaves.collect::<Vec<Waits>>().join()
        });
        group.driven("futures-buffered", is_shuffled, buffered_join_all);
    }
}

fn race_of_vec(cases: &mut Vec<Case>, n: usize) {
    for (pending, when) in KINDS {
        let group = &mut group(cases, n, pending, format!("race of a Vec of {n}, {when}"));
        let leaves = move |p| (0..n).map(move |_| wakes(p));
        group.case(OURS, move |p| race(leaves(p)));
        group.case("futures select_all", move |p| select_all(leaves(p)));
        group.case("futures-concurrency", move |p| {
            leaves(p).collect::<Vec<Wakes>>().race()
        });
    }
}

fn any_of_vec(cases: &mut Vec<Case>, n: usize) {
    for (pending, when) in KINDS {
        let group = &mut group(
            cases,
            n,
            pending,
            format!("any of a Vec of {n}, all reject, {when}"),
        );
        let leaves = move |p| (0..n).map(move |_| rejects(p));
        group.case(OURS, move |p| any(leaves(p)));
        group.case("futures select_ok", move |p| select_ok(leaves(p)));
        group.case("futures-concurrency", move |p| {
            leaves(p).collect::<Vec<_>>().race_ok()
        });
    }
    for (is_shuffled, when) in [(false, "in order"), (true, "shuffled")] {
        let name = format!("any of a Vec of {n}, all reject, one by one {when}");
        let group = &mut group(cases, n, 0, name);
        let rejecting = |leaves: Leaves| {
            leaves.map(|leaf| {
                leaf.and_then(|value| async move { Err::<u64, u64>(value) })
                    .boxed_local()
            })
        };
        group.driven(OURS, is_shuffled, move |leaves| any(rejecting(leaves)));
        group.driven("futures select_ok", is_shuffled, move |leaves| {
            select_ok(rejecting(leaves))
        });
        group.driven("futures-concurrency", is_shuffled, move |leaves| {
            rejecting(leaves).collect::<Vec<_>>().race_ok()
        });
    }
}

fn array_one_by_one<const N: usize>(cases: &mut Vec<Case>) {
    for (is_shuffled, when) in [(false, "in order"), (true, "shuffled")] {
        let group = &mut group(cases, N, 0, format!("array of {N}, one by one {when}"));
        let array =
            |mut leaves: Leaves| [(); N].map(|()| leaves.next().expect("there are as many"));
        group.driven(OURS, is_shuffled, move |leaves| all(array(leaves)));
        group.driven("futures try_join_all", is_shuffled, move |leaves| {
            try_join_all(array(leaves))
        });
        group.driven("futures-concurrency", is_shuffled, move |leaves| {
            array(leaves).try_join()
        });
        group.driven("futures-buffered", is_shuffled, move |leaves| {
            buffered_try_join_all(array(leaves))
        });
    }
}

/// futures-concurrency's own benchmarks: join, try_join and race of a `Vec` and of an array.
fn countdowns(cases: &mut Vec<Case>) {
    for n in [10, 100, 1_000] {
        let vec = move || countdown(n).collect::<Vec<Countdown>>();
        let join = &mut group(cases, n, 0, format!("countdown: join of a Vec of {n}"));
        join.counted(OURS, move || all_settled(vec()));
        join.counted("futures-concurrency", move || vec().join());
        join.counted("futures join_all", move || join_all(vec()));
        join.counted("futures-buffered", move || buffered_join_all(vec()));
        let try_join = &mut group(cases, n, 0, format!("countdown: try_join of a Vec of {n}"));
        try_join.counted(OURS, move || all(vec()));
        try_join.counted("futures-concurrency", move || vec().try_join());
        try_join.counted("futures try_join_all", move || try_join_all(vec()));
        try_join.counted("futures-buffered", move || buffered_try_join_all(vec()));
        let first = &mut group(cases, n, 0, format!("countdown: race of a Vec of {n}"));
        first.counted(OURS, move || race(vec()));
        first.counted("futures-concurrency", move || vec().race());
        first.counted("futures select_all", move || select_all(vec()));
    }
    countdown_of_array::<10>(cases);
    countdown_of_array::<100>(cases);
    countdown_of_array::<1_000>(cases);
}

fn countdown_of_array<const N: usize>(cases: &mut Vec<Case>) {
    let array = || {
        let mut leaves = countdown(N);
        [(); N].map(|()| leaves.next().expect("there are as many"))
    };
    let join = &mut group(cases, N, 0, format!("countdown: join of an array of {N}"));
    join.counted(OURS, move || all_settled(array()));
    join.counted("futures-concurrency", move || array().join());
    let first = &mut group(cases, N, 0, format!("countdown: race of an array of {N}"));
    first.counted(OURS, move || race(array()));
    first.counted("futures-concurrency", move || array().race());
}

impl Group<'_> {
    fn counted<F: Future>(&mut self, peer: &'static str, make: impl Fn() -> F + Copy + 'static) {
        let bytes = move || size_of_val(&make());
        self.add(peer, bytes, move |times| {
            for _ in 0..times {
                drive_woken(black_box(make)());
            }
        });
    }
}
