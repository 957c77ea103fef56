//! `any`: the first fulfilment, or every reason.

use core::{
    fmt,
    future::{Future, IntoFuture},
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{
    markers::{Array, Tuple},
    rule::FirstFulfilment,
    slots::{Advance, Machine, Slot, Slots},
};
use crate::{AggregateError, combine::literal::Uniform};
#[cfg(feature = "alloc")]
use {
    super::{
        many::Many,
        markers::{Collection, Iter},
    },
    alloc::{boxed::Box, collections::VecDeque, vec::Vec},
};

/// Fulfils with the first fulfilment, or rejects with all reasons once every promise has rejected.
///
/// The first fulfilment drops the promises that are still running and the reasons so far, before it is reported. Of nothing, it
/// rejects at once. The promises share one value type and one rejection type; the reasons are an array for tuples and
/// arrays, a `Vec` otherwise, in input order. Panics when polled after it has settled. Cancel-safe: dropping
/// it drops everything it holds. The [module](super) says what all combinators keep to.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::any;
///
/// async fn ask(mirror: &str) -> Result<usize, String> {
///     if mirror.starts_with("eu") { Ok(mirror.len()) } else { Err(format!("{mirror} is down")) }
/// }
///
/// assert_eq!(any((ask("us"), ask("eu-1"))).await, Ok(4));
///
/// let error = any([ask("us"), ask("asia")]).await.unwrap_err();
/// assert_eq!(error.errors, ["us is down", "asia is down"]);
/// assert_eq!(error.to_string(), "all 2 promises were rejected");
/// # });
/// ```
#[inline]
pub fn any<X, M>(xs: X) -> X::Future
where
    X: Any<M>,
{
    xs.any()
}

/// [`any`] of anything that can be iterated over, with the reasons in a `Vec`.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub fn any_iter<I, T, E>(xs: I) -> AnyVec<<I::Item as IntoFuture>::IntoFuture, E>
where
    I: IntoIterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    AnyVec {
        machine: Many::new(xs.into_iter().map(IntoFuture::into_future)),
    }
}

/// What [`any`] takes. `M` is found by inference.
#[diagnostic::on_unimplemented(
    message = "`any` does not take `{Self}`",
    label = "not promises with one value type and one rejection type",
    note = "it takes a tuple of 1 to 12 promises, an array, an iterator, or a `Vec`, `VecDeque` or `Box<[_]>` of promises",
    note = "a promise is a future whose output is a `Result`; all of them have the same value type and the same error type"
)]
pub trait Any<M> {
    /// The future that waits for them.
    type Future: Future;

    /// What [`any`] does.
    fn any(self) -> Self::Future;
}

pin_project! {
    /// The future of [`any`] over a tuple or an array.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct AnyOf<S: Slots> {
        #[pin]
        machine: Machine<S>,
    }
}

impl<S> Future for AnyOf<S>
where
    S: Advance<FirstFulfilment>,
    S::Kept: Uniform,
{
    type Output = Result<S::Stop, AggregateError<<S::Kept as Uniform>::Array>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .machine
            .poll::<FirstFulfilment>(cx)
            .map(|outcome| match outcome {
                ControlFlow::Break(value) => Ok(value),
                ControlFlow::Continue(reasons) => Err(AggregateError {
                    errors: reasons.into_array(),
                }),
            })
    }
}

impl<S: Slots> fmt::Debug for AnyOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyOf").finish_non_exhaustive()
    }
}

macro_rules! tuple {
    ($n:literal; $(($F:ident $T:ident $E:ident $i:tt))+) => {
        #[diagnostic::do_not_recommend]
        impl<T, E, $($F),+> Any<Tuple> for ($($F,)+)
        where
            $($F: IntoFuture<Output = Result<T, E>>),+
        {
            type Future = AnyOf<($(Slot<$F::IntoFuture, E>,)+)>;

            #[inline]
            fn any(self) -> Self::Future {
                AnyOf { machine: Machine::new(($(Slot::new(self.$i.into_future()),)+)) }
            }
        }
    };
}

for_each_arity!(tuple);

#[diagnostic::do_not_recommend]
impl<F, T, E, const N: usize> Any<Array> for [F; N]
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AnyOf<[Slot<F::IntoFuture, E>; N]>;

    #[inline]
    fn any(self) -> Self::Future {
        AnyOf {
            machine: Machine::new(self.map(|x| Slot::new(x.into_future()))),
        }
    }
}

/// The future of [`any`] over an iterator.
#[cfg(feature = "alloc")]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct AnyVec<F, K> {
    machine: Many<F, K>,
}

#[cfg(feature = "alloc")]
impl<F, T, E> Future for AnyVec<F, E>
where
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<T, AggregateError<Vec<E>>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut()
            .machine
            .poll::<FirstFulfilment>(cx)
            .map(|outcome| match outcome {
                ControlFlow::Break(value) => Ok(value),
                ControlFlow::Continue(errors) => Err(AggregateError { errors }),
            })
    }
}

#[cfg(feature = "alloc")]
impl<F, K> Unpin for AnyVec<F, K> {}

#[cfg(feature = "alloc")]
impl<F, K> fmt::Debug for AnyVec<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyVec").finish_non_exhaustive()
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<I, T, E> Any<Iter> for I
where
    I: Iterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    type Future = AnyVec<<I::Item as IntoFuture>::IntoFuture, E>;

    fn any(self) -> Self::Future {
        any_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> Any<Collection> for Vec<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AnyVec<F::IntoFuture, E>;

    fn any(self) -> Self::Future {
        any_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> Any<Collection> for VecDeque<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AnyVec<F::IntoFuture, E>;

    fn any(self) -> Self::Future {
        any_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> Any<Collection> for Box<[F]>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AnyVec<F::IntoFuture, E>;

    fn any(self) -> Self::Future {
        any_iter(self)
    }
}
