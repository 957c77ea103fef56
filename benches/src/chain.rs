//! Chains of 1 to 20 steps: a source and so many `then`s, each of which starts a future. Plain, and with a `catch` and a
//! `finally` at the end.

use std::convert::Infallible;
use std::hint::black_box;

use futures::future::{FutureExt as _, TryFutureExt as _, ready};
use promise_runtime::promise;

use crate::leaf::request;
use crate::measure::Case;
use crate::report::{FUTURES, Group, HAND_WRITTEN, Table};

pub(crate) const NAME: &str = "chain";

const ARROWS: &str = "promise!, arrows";
const CLOSURES: &str = "promise!, closures";
const BOXED: &str = "futures, boxed";
const NESTED: &str = "nested async block";

/// What `finally` does.
#[inline(always)]
fn finished() {
    black_box(());
}

/// `finally` by hand.
struct Guard;

impl Drop for Guard {
    #[inline(always)]
    fn drop(&mut self) {
        finished();
    }
}

/// The cases of one length, each step with a number of its own. Every case does the same work in the same order.
macro_rules! length {
    ($plain:ident, $caught:ident, [$($step:literal)*]) => {
        fn $plain<const P: bool>() -> Vec<Case> {
            vec![
                Case::new(HAND_WRITTEN, |x| async move {
                    let v = request::<P>(x).await?;
                    $(let v = request::<P>(v ^ $step).await?;)*
                    Ok::<u64, u32>(v)
                }),
                Case::new(ARROWS, |x| promise! { move request::<P>(x)$(.then(v => request::<P>(v ^ $step)))* }),
                Case::new(CLOSURES, |x| promise! { move request::<P>(x)$(.then(|v| request::<P>(v ^ $step)))* }),
                Case::new(FUTURES, |x| request::<P>(x)$(.and_then(|v| request::<P>(v ^ $step)))*),
                Case::new(BOXED, |x| request::<P>(x).boxed()$(.and_then(|v| request::<P>(v ^ $step)).boxed())*),
            ]
        }

        fn $caught<const P: bool>() -> Vec<Case> {
            vec![
                Case::new(HAND_WRITTEN, |x| async move {
                    let _guard = Guard;
                    let outcome = 'steps: {
                        let v = match request::<P>(x).await { Ok(v) => v, Err(e) => break 'steps Err(e) };
                        $(let v = match request::<P>(v ^ $step).await { Ok(v) => v, Err(e) => break 'steps Err(e) };)*
                        Ok(v)
                    };
                    Ok::<u64, Infallible>(match outcome { Ok(v) => v, Err(e) => u64::from(e) })
                }),
                Case::new(NESTED, |x| async move {
                    let _guard = Guard;
                    let outcome = async {
                        let v = request::<P>(x).await?;
                        $(let v = request::<P>(v ^ $step).await?;)*
                        Ok::<u64, u32>(v)
                    };
                    Ok::<u64, Infallible>(match outcome.await { Ok(v) => v, Err(e) => u64::from(e) })
                }),
                Case::new(ARROWS, |x| promise! { move
                    request::<P>(x)$(.then(v => request::<P>(v ^ $step)))*.catch(e => u64::from(e)).finally(() => finished())
                }),
                Case::new(CLOSURES, |x| promise! { move
                    request::<P>(x)$(.then(|v| request::<P>(v ^ $step)))*.catch(|e| u64::from(e)).finally(|| finished())
                }),
                Case::new(FUTURES, |x| {
                    request::<P>(x)$(.and_then(|v| request::<P>(v ^ $step)))*
                        .or_else(|e| ready(Ok::<u64, Infallible>(u64::from(e))))
                        .inspect(|_| finished())
                }),
                Case::new(BOXED, |x| {
                    request::<P>(x).boxed()$(.and_then(|v| request::<P>(v ^ $step)).boxed())*
                        .or_else(|e| ready(Ok::<u64, Infallible>(u64::from(e)))).boxed()
                        .inspect(|_| finished()).boxed()
                }),
            ]
        }
    };
}

length!(plain_1, caught_1, [1]);
length!(plain_3, caught_3, [1 2 3]);
length!(plain_5, caught_5, [1 2 3 4 5]);
length!(plain_8, caught_8, [1 2 3 4 5 6 7 8]);
length!(plain_20, caught_20, [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20]);

pub(crate) fn table() -> Table {
    type Cases = fn() -> Vec<Case>;
    let plain: [(usize, Cases, Cases); 5] = [
        (1, plain_1::<false>, plain_1::<true>),
        (3, plain_3::<false>, plain_3::<true>),
        (5, plain_5::<false>, plain_5::<true>),
        (8, plain_8::<false>, plain_8::<true>),
        (20, plain_20::<false>, plain_20::<true>),
    ];
    let caught: [(usize, Cases, Cases); 5] = [
        (1, caught_1::<false>, caught_1::<true>),
        (3, caught_3::<false>, caught_3::<true>),
        (5, caught_5::<false>, caught_5::<true>),
        (8, caught_8::<false>, caught_8::<true>),
        (20, caught_20::<false>, caught_20::<true>),
    ];
    let mut groups = Vec::new();
    for (shape, lengths) in [("", plain), (", catch, finally", caught)] {
        for (steps, ready, pending) in lengths {
            for (leaf, cases) in [("ready", ready), ("pending", pending)] {
                groups.push(Group {
                    name: format!("{steps} {leaf}{shape}"),
                    cases: cases(),
                });
            }
        }
    }
    Table {
        name: NAME,
        title: "Chains: a source and n `then`s, each a future",
        groups,
    }
}
