//! Several futures at once: three of a literal, ten of a `Vec`.

use futures::future::{select_all, try_join_all};
use futures_buffered::try_join_all as buffered_try_join_all;
use futures_concurrency::future::{Race as _, TryJoin as _};
use promise_runtime::promise;

use crate::leaf::{Leaf, leaf};
use crate::measure::Case;
use crate::report::{FUTURES, Group, HAND_WRITTEN, Table};

pub(crate) const NAME: &str = "combinators";

const PROMISE: &str = "promise!";
const FUNCTION: &str = "all(…), race(…)";
const TOKIO: &str = "tokio";
const CONCURRENCY: &str = "futures-concurrency";
const BUFFERED: &str = "futures-buffered";

fn all_of_three<const P: bool>() -> Vec<Case> {
    vec![
        Case::new(HAND_WRITTEN, |x| by_hand::All {
            children: [leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)],
            done: [None; 3],
        }),
        Case::new(PROMISE, |x| {
            promise! { move Promise.all([leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)]) }
        }),
        Case::new(FUNCTION, |x| {
            promise_runtime::all((leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)))
        }),
        Case::new(FUTURES, |x| async move {
            futures::try_join!(leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2))
        }),
        Case::new(TOKIO, |x| async move {
            tokio::try_join!(biased; leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2))
        }),
        Case::new(CONCURRENCY, |x| {
            (leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)).try_join()
        }),
    ]
}

fn race_of_three<const P: bool>() -> Vec<Case> {
    vec![
        Case::new(HAND_WRITTEN, |x| by_hand::Race {
            children: [leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)],
        }),
        Case::new(PROMISE, |x| {
            promise! { move Promise.race([leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)]) }
        }),
        Case::new(FUNCTION, |x| {
            promise_runtime::race((leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)))
        }),
        Case::new(FUTURES, |x| async move {
            use futures::FutureExt as _;
            let (mut a, mut b, mut c) = (
                leaf::<P>(x).fuse(),
                leaf::<P>(x + 1).fuse(),
                leaf::<P>(x + 2).fuse(),
            );
            futures::select_biased! { v = a => v, v = b => v, v = c => v }
        }),
        Case::new(TOKIO, |x| async move {
            tokio::select! { biased; v = leaf::<P>(x) => v, v = leaf::<P>(x + 1) => v, v = leaf::<P>(x + 2) => v }
        }),
        Case::new(CONCURRENCY, |x| {
            (leaf::<P>(x), leaf::<P>(x + 1), leaf::<P>(x + 2)).race()
        }),
    ]
}

fn ten<const P: bool>(x: u64) -> Vec<Leaf<P>> {
    (x..x + 10).map(leaf::<P>).collect()
}

/// One allocation in each row is the `Vec` of the inputs.
fn all_of_ten<const P: bool>() -> Vec<Case> {
    vec![
        Case::new(PROMISE, |x| {
            promise! { move Promise.all(ten::<P>(x)) }
        }),
        Case::new(FUNCTION, |x| promise_runtime::all(ten::<P>(x))),
        Case::new(FUTURES, |x| try_join_all(ten::<P>(x))),
        Case::new(CONCURRENCY, |x| ten::<P>(x).try_join()),
        Case::new(BUFFERED, |x| buffered_try_join_all(ten::<P>(x))),
    ]
}

fn race_of_ten<const P: bool>() -> Vec<Case> {
    vec![
        Case::new(PROMISE, |x| {
            promise! { move Promise.race(ten::<P>(x)) }
        }),
        Case::new(FUNCTION, |x| promise_runtime::race(ten::<P>(x))),
        Case::new(FUTURES, |x| select_all(ten::<P>(x))),
        Case::new(CONCURRENCY, |x| ten::<P>(x).race()),
    ]
}

pub(crate) fn table() -> Table {
    let groups = [
        ("all of 3, ready", all_of_three::<false>()),
        ("all of 3, pending", all_of_three::<true>()),
        ("race of 3, ready", race_of_three::<false>()),
        ("race of 3, pending", race_of_three::<true>()),
        ("all of 10 in a Vec, ready", all_of_ten::<false>()),
        ("all of 10 in a Vec, pending", all_of_ten::<true>()),
        ("race of 10 in a Vec, ready", race_of_ten::<false>()),
        ("race of 10 in a Vec, pending", race_of_ten::<true>()),
    ];
    Table {
        name: NAME,
        title: "Combinators",
        groups: groups
            .into_iter()
            .map(|(name, cases)| Group {
                name: name.to_owned(),
                cases,
            })
            .collect(),
    }
}

/// What a person would write for exactly this case: leaves that may be moved, a result that is `Copy`.
mod by_hand {
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use crate::leaf::Leaf;

    pub(super) struct All<const P: bool> {
        pub(super) children: [Leaf<P>; 3],
        pub(super) done: [Option<u64>; 3],
    }

    impl<const P: bool> Future for All<P> {
        type Output = Result<[u64; 3], u32>;

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
            let Self { children, done } = &mut *self;
            for (child, done) in children.iter_mut().zip(done.iter_mut()) {
                if done.is_some() {
                    continue;
                }
                match Pin::new(child).poll(context) {
                    Poll::Ready(Ok(value)) => *done = Some(value),
                    Poll::Ready(Err(reason)) => return Poll::Ready(Err(reason)),
                    Poll::Pending => {}
                }
            }
            match *done {
                [Some(a), Some(b), Some(c)] => Poll::Ready(Ok([a, b, c])),
                _ => Poll::Pending,
            }
        }
    }

    pub(super) struct Race<const P: bool> {
        pub(super) children: [Leaf<P>; 3],
    }

    impl<const P: bool> Future for Race<P> {
        type Output = Result<u64, u32>;

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
            for child in &mut self.children {
                if let Poll::Ready(outcome) = Pin::new(child).poll(context) {
                    return Poll::Ready(outcome);
                }
            }
            Poll::Pending
        }
    }
}
