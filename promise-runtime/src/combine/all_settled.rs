//! `all_settled`: every outcome.

use core::{
    convert::Infallible,
    fmt,
    future::{Future, IntoFuture},
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{
    markers::{Array, Tuple},
    rule::Everything,
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

/// Fulfils with the outcomes of all promises, in input order, once each of them has settled.
///
/// It never rejects, so its own rejection type is [`Infallible`], and every promise may have its own. Of nothing, it fulfils at once.
/// Outcomes come in the shape the promises came in: tuple, array, or `Vec`. Panics when polled after it has settled.
/// Cancel-safe: dropping it drops everything it holds. The [module](super) says what all combinators keep to.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::all_settled;
///
/// async fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
///     text.parse()
/// }
///
/// let Ok((answer, other)) = all_settled((parse("42"), async { Err::<u8, _>("no") })).await;
/// assert_eq!(answer, Ok(42));
/// assert_eq!(other, Err("no"));
///
/// let Ok(outcomes) = all_settled(["1", "x"].map(parse)).await;
/// assert!(outcomes[0].is_ok() && outcomes[1].is_err());
/// # });
/// ```
#[inline]
pub fn all_settled<X, M>(xs: X) -> X::Future
where
    X: AllSettled<M>,
{
    xs.all_settled()
}

/// [`all_settled`] of anything that can be iterated over, with the outcomes in a `Vec`.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub fn all_settled_iter<I, T, E>(
    xs: I,
) -> AllSettledVec<<I::Item as IntoFuture>::IntoFuture, Result<T, E>>
where
    I: IntoIterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    AllSettledVec {
        machine: Many::new(xs.into_iter().map(IntoFuture::into_future)),
    }
}

/// What [`all_settled`] takes. `M` is found by inference.
#[diagnostic::on_unimplemented(
    message = "`all_settled` does not take `{Self}`",
    label = "not promises",
    note = "it takes a tuple of 1 to 12 promises, an array, an iterator, or a `Vec`, `VecDeque` or `Box<[_]>` of promises",
    note = "a promise is a future whose output is a `Result`"
)]
pub trait AllSettled<M> {
    /// The future that waits for them.
    type Future: Future;

    /// What [`all_settled`] does.
    fn all_settled(self) -> Self::Future;
}

pin_project! {
    /// The future of [`all_settled`] over a tuple or an array.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct AllSettledOf<S: Slots> {
        #[pin]
        machine: Machine<S>,
    }
}

impl<S> Future for AllSettledOf<S>
where
    S: Advance<Everything, Stop = Infallible>,
{
    type Output = Result<S::Kept, Infallible>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .machine
            .poll::<Everything>(cx)
            .map(|outcome| match outcome {
                ControlFlow::Continue(outcomes) => Ok(outcomes),
                ControlFlow::Break(never) => match never {},
            })
    }
}

impl<S: Slots> fmt::Debug for AllSettledOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllSettledOf").finish_non_exhaustive()
    }
}

macro_rules! tuple {
    ($n:literal; $(($F:ident $T:ident $E:ident $i:tt))+) => {
        #[diagnostic::do_not_recommend]
        impl<$($F, $T, $E),+> AllSettled<Tuple> for ($($F,)+)
        where
            $($F: IntoFuture<Output = Result<$T, $E>>),+
        {
            type Future = AllSettledOf<($(Slot<$F::IntoFuture, Result<$T, $E>>,)+)>;

            #[inline]
            fn all_settled(self) -> Self::Future {
                AllSettledOf { machine: Machine::new(($(Slot::new(self.$i.into_future()),)+)) }
            }
        }
    };
}

for_each_arity!(tuple);

#[diagnostic::do_not_recommend]
impl<F, T, E, const N: usize> AllSettled<Array> for [F; N]
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllSettledOf<[Slot<F::IntoFuture, Result<T, E>>; N]>;

    #[inline]
    fn all_settled(self) -> Self::Future {
        AllSettledOf {
            machine: Machine::new(self.map(|x| Slot::new(x.into_future()))),
        }
    }
}

/// The future of [`all_settled`] over an iterator.
#[cfg(feature = "alloc")]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct AllSettledVec<F, K> {
    machine: Many<F, K>,
}

#[cfg(feature = "alloc")]
impl<F, T, E> Future for AllSettledVec<F, Result<T, E>>
where
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<Vec<Result<T, E>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut()
            .machine
            .poll::<Everything>(cx)
            .map(|outcome| match outcome {
                ControlFlow::Continue(outcomes) => Ok(outcomes),
                ControlFlow::Break(never) => match never {},
            })
    }
}

#[cfg(feature = "alloc")]
impl<F, K> Unpin for AllSettledVec<F, K> {}

#[cfg(feature = "alloc")]
impl<F, K> fmt::Debug for AllSettledVec<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllSettledVec").finish_non_exhaustive()
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<I, T, E> AllSettled<Iter> for I
where
    I: Iterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllSettledVec<<I::Item as IntoFuture>::IntoFuture, Result<T, E>>;

    fn all_settled(self) -> Self::Future {
        all_settled_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> AllSettled<Collection> for Vec<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllSettledVec<F::IntoFuture, Result<T, E>>;

    fn all_settled(self) -> Self::Future {
        all_settled_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> AllSettled<Collection> for VecDeque<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllSettledVec<F::IntoFuture, Result<T, E>>;

    fn all_settled(self) -> Self::Future {
        all_settled_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> AllSettled<Collection> for Box<[F]>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = AllSettledVec<F::IntoFuture, Result<T, E>>;

    fn all_settled(self) -> Self::Future {
        all_settled_iter(self)
    }
}
