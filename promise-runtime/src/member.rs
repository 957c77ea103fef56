//! Whether an element of a combinator rejects with the right type, said at the element, once.
//!
//! Without an annotation that is the type of those before it ([`Reasons`]): a method that cannot be called has no type, so
//! that rustc reports nothing that follows from it. With one it converts ([`Converting`]).

use core::convert::Infallible;
use core::future::{Future, IntoFuture, ready};
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::element::{
    Element, FallibleFuture, InfallibleFuture, InfallibleOutcome, Outcome, Value, ValueFuture,
};
use crate::resolve::Tag;

/// What an element rejects with, and what its combinator rejects with.
#[derive(Debug)]
pub struct Reasons<E, R>(Tag<E>, Tag<R>);

/// An element that cannot reject.
#[derive(Debug)]
pub struct NoReason;

impl NoReason {
    #[inline(always)]
    pub fn __agrees<X>(self, element: X) -> X {
        element
    }

    #[inline(always)]
    pub fn __agrees_unconverted<X>(self, element: X) -> X {
        element
    }
}

/// The rejection types of a combinator's elements are equal.
#[diagnostic::on_unimplemented(
    message = "this promise rejects with `{E}`, but those before it reject with `{R}`",
    label = "rejects with `{E}`",
    note = "name the type that both convert into, at the start of the chain: `promise! {{ <_, MyError> … }}`"
)]
pub trait Agree<E, R> {}

impl<E> Agree<E, E> for Reasons<E, E> {}

impl<E, R> Reasons<E, R>
where
    Self: Agree<E, R>,
{
    #[inline(always)]
    pub fn __agrees<X>(self, element: X) -> X {
        element
    }
}

/// The same, where the chain's rejections convert: `any` collects the reasons before one of them becomes the chain's own.
#[diagnostic::on_unimplemented(
    message = "this promise rejects with `{E}`, but those before it reject with `{R}`",
    label = "rejects with `{E}`",
    note = "`any` rejects with all reasons, in one array: make them of one type before, `promise! {{ <_, MyError> … }}` around each promise"
)]
pub trait AgreeUnconverted<E, R> {}

impl<E> AgreeUnconverted<E, E> for Reasons<E, E> {}

impl<E, R> Reasons<E, R>
where
    Self: AgreeUnconverted<E, R>,
{
    #[inline(always)]
    pub fn __agrees_unconverted<X>(self, element: X) -> X {
        element
    }
}

/// An element of this kind.
pub trait Member<X, R>: Copy {
    type Reasons;
    fn reasons(self, element: &X, tag: Tag<R>) -> Self::Reasons;
}

macro_rules! cannot_reject {
    ($($kind:ty)*) => {$(
        impl<X, R> Member<X, R> for $kind {
            type Reasons = NoReason;

            #[inline(always)]
            fn reasons(self, _: &X, _: Tag<R>) -> NoReason {
                NoReason
            }
        }
    )*};
}

cannot_reject! { InfallibleFuture InfallibleOutcome Value ValueFuture }

impl<X, T, E, R> Member<X, R> for FallibleFuture
where
    X: IntoFuture<Output = Result<T, E>>,
{
    type Reasons = Reasons<E, R>;

    #[inline(always)]
    fn reasons(self, _: &X, tag: Tag<R>) -> Reasons<E, R> {
        Reasons(Tag::new(), tag)
    }
}

impl<T, E, R> Member<Result<T, E>, R> for Outcome {
    type Reasons = Reasons<E, R>;

    #[inline(always)]
    fn reasons(self, _: &Result<T, E>, tag: Tag<R>) -> Reasons<E, R> {
        Reasons(Tag::new(), tag)
    }
}

/// An element of this kind, where the user named what the chain rejects with. How its reason converts is a closure at
/// the element's place: there rustc says so, once, if it does not.
pub trait Converting<X, E>: Copy {
    type Reason;
    type Value;
    fn converting(
        self,
        element: X,
        tag: Tag<E>,
        convert: impl FnMut(Self::Reason) -> E,
    ) -> impl Future<Output = Result<Self::Value, E>>;
}

macro_rules! nothing_to_convert {
    ($($kind:ty)*) => {$(
        impl<X, E> Converting<X, E> for $kind
        where
            Self: Element<X, E>,
        {
            type Reason = Infallible;
            type Value = <Self as Element<X, E>>::Value;

            #[inline(always)]
            fn converting(
                self,
                element: X,
                tag: Tag<E>,
                _: impl FnMut(Infallible) -> E,
            ) -> impl Future<Output = Result<Self::Value, E>> {
                self.element(element, tag)
            }
        }
    )*};
}

nothing_to_convert! { InfallibleFuture InfallibleOutcome Value ValueFuture }

impl<X, T, R, E> Converting<X, E> for FallibleFuture
where
    X: IntoFuture<Output = Result<T, R>>,
{
    type Reason = R;
    type Value = T;

    #[inline(always)]
    fn converting(
        self,
        element: X,
        _: Tag<E>,
        convert: impl FnMut(R) -> E,
    ) -> impl Future<Output = Result<T, E>> {
        Converted {
            future: element.into_future(),
            convert,
        }
    }
}

impl<T, R, E> Converting<Result<T, R>, E> for Outcome {
    type Reason = R;
    type Value = T;

    #[inline(always)]
    fn converting(
        self,
        element: Result<T, R>,
        _: Tag<E>,
        convert: impl FnMut(R) -> E,
    ) -> impl Future<Output = Result<T, E>> {
        ready(element.map_err(convert))
    }
}

pin_project! {
    struct Converted<F, C> {
        #[pin]
        future: F,
        convert: C,
    }
}

impl<F, C, T, R, E> Future for Converted<F, C>
where
    F: Future<Output = Result<T, R>>,
    C: FnMut(R) -> E,
{
    type Output = Result<T, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.future.poll(context).map_err(this.convert)
    }
}
