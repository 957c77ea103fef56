//! `all`: every value, or the first rejection.

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
    rule::FirstRejection,
    slots::{Advance, Machine, Slot, Slots},
};
#[cfg(feature = "alloc")]
use {
    super::{
        many::Many,
        markers::{Collection, Iter},
    },
    alloc::{boxed::Box, collections::VecDeque, vec::Vec},
};

/// Fulfils with the values of all promises, in input order, or rejects with the first reason.
///
/// The first rejection drops the promises that are still running and the values so far, before it is reported. Of nothing, it
/// fulfils at once. Values come in the shape the promises came in: tuple, array, or `Vec`. Panics when polled after it
/// has settled. Cancel-safe: dropping it drops everything it holds. The [module](super) says what all combinators keep to.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::all;
///
/// async fn price(of: &str) -> Result<u32, String> {
///     if of == "moon" { Err(format!("no price for the {of}")) } else { Ok(of.len() as u32) }
/// }
/// async fn stock() -> Result<bool, String> {
///     Ok(true)
/// }
///
/// assert_eq!(all((price("tea"), stock())).await, Ok((3, true)));
/// assert_eq!(all([price("tea"), price("water")]).await, Ok([3, 5]));
/// assert_eq!(all(["tea", "moon"].into_iter().map(price)).await, Err("no price for the moon".to_owned()));
/// # });
/// ```
#[inline]
pub fn all<X, M>(xs: X) -> X::Future
where
    X: All<M>,
{
    xs.all()
}

/// [`all`] of anything that can be iterated over, with `Vec` results.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub fn all_iter<I, T, E>(xs: I) -> AllVec<<I::Item as IntoFuture>::IntoFuture, T>
where
    I: IntoIterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    AllVec {
        machine: Many::new(xs.into_iter().map(IntoFuture::into_future)),
    }
}

/// What [`all`] takes. `M` is found by inference.
#[diagnostic::on_unimplemented(
    message = "`all` does not take `{Self}`",
    label = "not promises with one rejection type",
    note = "it takes a tuple of 1 to 12 promises, an array, an iterator, or a `Vec`, `VecDeque` or `Box<[_]>` of promises",
    note = "a promise is a future whose output is a `Result`; all of them have the same error type"
)]
pub trait All<M> {
    /// The future that waits for them.
    type Future: Future;

    /// What [`all`] does.
    fn all(self) -> Self::Future;
}

pin_project! {
    /// The future of [`all`] over a tuple or an array.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct AllOf<S: Slots> {
        #[pin]
        machine: Machine<S>,
    }
}

impl<S> Future for AllOf<S>
where
    S: Advance<FirstRejection>,
{
    type Output = Result<S::Kept, S::Stop>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .machine
            .poll::<FirstRejection>(cx)
            .map(|outcome| match outcome {
                ControlFlow::Continue(values) => Ok(values),
                ControlFlow::Break(reason) => Err(reason),
            })
    }
}

impl<S: Slots> fmt::Debug for AllOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllOf").finish_non_exhaustive()
    }
}

macro_rules! tuple {
    ($n:literal; $(($F:ident $T:ident $E:ident $i:tt))+) => {
        #[diagnostic::do_not_recommend]
        impl<E, $($F, $T),+> All<Tuple> for ($($F,)+)
        where
            $($F: IntoFuture<Output = Result<$T, E>>),+
        {
            type Future = AllOf<($(Slot<$F::IntoFuture, $T>,)+)>;

            #[inline]
            fn all(self) -> Self::Future {
                AllOf { machine: Machine::new(($(Slot::new(self.$i.into_future()),)+)) }
            }
        }
    };
}

for_each_arity!(tuple);

#[diagnostic::do_not_recommend]
impl<F, T, E, const N: usize> All<Array> for [F; N]
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllOf<[Slot<F::IntoFuture, T>; N]>;

    #[inline]
    fn all(self) -> Self::Future {
        AllOf {
            machine: Machine::new(self.map(|x| Slot::new(x.into_future()))),
        }
    }
}

/// The future of [`all`] over an iterator.
#[cfg(feature = "alloc")]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct AllVec<F, K> {
    machine: Many<F, K>,
}

#[cfg(feature = "alloc")]
impl<F, T, E> Future for AllVec<F, T>
where
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<Vec<T>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut()
            .machine
            .poll::<FirstRejection>(cx)
            .map(|outcome| match outcome {
                ControlFlow::Continue(values) => Ok(values),
                ControlFlow::Break(reason) => Err(reason),
            })
    }
}

#[cfg(feature = "alloc")]
impl<F, K> Unpin for AllVec<F, K> {}

#[cfg(feature = "alloc")]
impl<F, K> fmt::Debug for AllVec<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllVec").finish_non_exhaustive()
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<I, T, E> All<Iter> for I
where
    I: Iterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllVec<<I::Item as IntoFuture>::IntoFuture, T>;

    fn all(self) -> Self::Future {
        all_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> All<Collection> for Vec<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllVec<F::IntoFuture, T>;

    fn all(self) -> Self::Future {
        all_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> All<Collection> for VecDeque<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllVec<F::IntoFuture, T>;

    fn all(self) -> Self::Future {
        all_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> All<Collection> for Box<[F]>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllVec<F::IntoFuture, T>;

    fn all(self) -> Self::Future {
        all_iter(self)
    }
}
