//! What a source, a handler or an element may produce, decided by its type.
//!
//! | produced value | kind | meaning |
//! |---|---|---|
//! | `IntoFuture<Output = Result<T, E>>` | [`FutureOfResult`] | adopted: fulfils with `T` or rejects with `E` |
//! | any other `IntoFuture` | [`FutureOfValue`] | adopted: fulfils with its output |
//! | `Result<T, E>` | [`ResultValue`] | `Ok` fulfils, `Err` rejects |
//! | anything else | [`PlainValue`] | fulfils with it |
//! | never anything | [`Diverged`] | |
//!
//! Generated code calls `ask(&product).__kind()`. Method lookup tries the type it is given first and then what that
//! dereferences to, row by row, so the first row whose bounds hold is taken; there is no test at run time. The answer is a
//! [`Kind`] with one of its two variants uninhabited, so it has no size and rustc builds one arm of the `match` on it:
//! the outcome at once, or the future to await. The product itself is only moved in that arm. (Moving it into an enum
//! of outcome and future, and out again, cost a quarter of the time of a release build.)
//!
//! The last row is no step of that search but a method of [`AskFutureOfResult`] itself, found before all others: of what never
//! returns rustc has not decided the type yet, and would take the first row it is asked about. It becomes [`AnnotationNeeded`].

use core::convert::Infallible;
use core::future::{Future, IntoFuture};
use core::marker::PhantomData;
use core::ops::Deref;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

/// Stands for a value of type `T` in method lookup, without holding a borrow of it.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

#[inline(always)]
pub fn probe<T>(_: &T) -> Probe<T> {
    Probe::new()
}

/// Whether a product is an outcome now or a future for later. One of the two cannot exist.
#[derive(Clone, Copy, Debug)]
pub enum Kind<N, L> {
    Now(N),
    Later(L),
}

/// The future of a product that is none. Never constructed. Its fields are public so that rustc sees, at the call that
/// returns it, that nothing comes after, and builds neither the await nor a suspension point.
#[derive(Debug)]
pub struct NoFuture<T, E>(pub Infallible, pub PhantomData<fn() -> Result<T, E>>);

impl<T, E> Future for NoFuture<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0 {}
    }
}

pin_project! {
    /// A future that cannot reject, as one of a `Result`.
    #[derive(Debug)]
    pub struct Fulfils<F, E> {
        #[pin]
        future: F,
        rejection: PhantomData<fn() -> E>,
    }
}

impl<F, E> Fulfils<F, E> {
    pub(crate) fn new(future: F) -> Self {
        Self {
            future,
            rejection: PhantomData,
        }
    }
}

impl<F: Future, E> Future for Fulfils<F, E> {
    type Output = Result<F::Output, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(context).map(Ok)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct FutureOfResult;
#[derive(Clone, Copy, Debug)]
pub struct FutureOfValue;
#[derive(Clone, Copy, Debug)]
pub struct ResultValue;
#[derive(Clone, Copy, Debug)]
pub struct PlainValue;
#[derive(Clone, Copy, Debug)]
pub struct Diverged;

/// What is no outcome. Never constructed.
#[derive(Clone, Copy, Debug)]
pub struct NotNow(Infallible);
/// What is no future. Never constructed.
#[derive(Clone, Copy, Debug)]
pub struct NotLater(Infallible);

type IsNow<K> = Kind<K, NotLater>;
type IsLater<K> = Kind<NotNow, K>;

/// A row of the table as a type: the kind it gives, and the row to ask next. (Rows of references, as in
/// [`element`](crate::element), would do too; they are four borrows for rustc to check where these are none.)
macro_rules! rows {
    (@Now $kind:ident) => { IsNow<$kind> };
    (@Later $kind:ident) => { IsLater<$kind> };
    ($($(#[$documentation:meta])* $row:ident $probe:ident $when:ident $kind:ident [$($generic:ident),*] $product:ty [$($bound:tt)*] $(-> $next:ident)?;)*) => {$(
        $(#[$documentation])*
        #[derive(Debug)]
        pub struct $row<T>(PhantomData<fn() -> T>);

        impl<T> Clone for $row<T> {
            #[inline(always)]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $row<T> {}

        pub trait $probe {
            fn __kind(self) -> rows!(@$when $kind);
        }

        impl<$($generic),*> $probe for $row<$product>
        where
            $($bound)*
        {
            #[inline(always)]
            fn __kind(self) -> rows!(@$when $kind) {
                Kind::$when($kind)
            }
        }

        $(impl<T> Deref for $row<T> {
            type Target = $next<T>;

            #[inline(always)]
            fn deref(&self) -> &$next<T> {
                &$next(PhantomData)
            }
        })?
    )*};
}

rows! {
    AskFutureOfResult ProbeFutureOfResult Later FutureOfResult [F, T, E] F [F: IntoFuture<Output = Result<T, E>>] -> AskFuture;
    AskFuture ProbeFuture Later FutureOfValue [F] F [F: IntoFuture] -> AskResult;
    AskResult ProbeResult Now ResultValue [T, E] Result<T, E> [] -> AskPlain;
    AskPlain ProbePlain Now PlainValue [T] T [];
}

/// The type of a product that has none: its expression never returns. rustc names it where one does return, and only an
/// annotation could say what. Never constructed.
#[derive(Debug)]
pub struct AnnotationNeeded(Infallible);

impl AskFutureOfResult<AnnotationNeeded> {
    #[inline(always)]
    pub fn __kind(self) -> IsNow<Diverged> {
        Kind::Now(Diverged)
    }
}

/// Where the question begins.
#[inline(always)]
pub fn ask<T>(_: &T) -> AskFutureOfResult<T> {
    ask_product()
}

/// The same of a product that is not there yet.
#[inline(always)]
pub(crate) fn ask_product<T>() -> AskFutureOfResult<T> {
    AskFutureOfResult(PhantomData)
}

impl FutureOfResult {
    #[inline(always)]
    pub fn future<F>(self, product: F) -> F {
        product
    }
}

impl FutureOfValue {
    #[inline(always)]
    pub fn future<F: IntoFuture>(self, product: F) -> Fulfils<F::IntoFuture, Infallible> {
        Fulfils::new(product.into_future())
    }
}

impl ResultValue {
    #[inline(always)]
    pub fn outcome<T, E>(self, product: Result<T, E>) -> Result<T, E> {
        product
    }
}

impl PlainValue {
    #[inline(always)]
    pub fn outcome<T>(self, product: T) -> Result<T, Infallible> {
        Ok(product)
    }
}

impl Diverged {
    #[inline(always)]
    pub fn outcome<T>(self, product: AnnotationNeeded) -> Result<T, Infallible> {
        match product.0 {}
    }
}

impl NotNow {
    #[inline(always)]
    pub fn outcome<P, T, E>(self, _: P) -> Result<T, E> {
        match self.0 {}
    }
}

impl NotLater {
    #[inline(always)]
    pub fn future<P, T, E>(self, _: P) -> NoFuture<T, E> {
        match self.0 {}
    }
}

/// Says that a rejection of unknown type is the chain's: the case of `?` in a Rust closure.
macro_rules! same {
    ($($kind:ty, $reason:ty => |$it:ident| $same:expr;)*) => {$(
        impl $kind {
            #[inline(always)]
            pub fn same<E>(self, $it: $reason, _: Tag<E>) -> E {
                $same
            }
        }
    )*};
}

same! {
    IsLater<FutureOfResult>, E => |reason| reason;
    IsLater<FutureOfValue>, Infallible => |never| match never {};
    IsNow<ResultValue>, E => |reason| reason;
    IsNow<PlainValue>, Infallible => |never| match never {};
    IsNow<Diverged>, Infallible => |never| match never {};
}

/// Carries the rejection type of a region, so that type checking has a name for it before and after.
#[derive(Debug)]
pub struct Tag<E>(PhantomData<fn() -> E>);

impl<E> Clone for Tag<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Tag<E> {}

impl<E> Tag<E> {
    #[inline(always)]
    #[expect(clippy::new_without_default, reason = "generated code calls it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// A value of this type that nobody asked for.
    #[inline(always)]
    pub fn discard(self, _: E) {}
}

/// The outcome of a region rejects with the region's type. The tag comes second: as a receiver it would be copied before
/// the region runs, and a local that is alive during every await of the region costs room, be it of size zero.
#[inline(always)]
pub fn outcome<T, E>(outcome: Result<T, E>, _: Tag<E>) -> Result<T, E> {
    outcome
}

/// A rejection type that nothing has fixed is [`Infallible`]: an inherent method is found before a trait's, and calling
/// it decides the type.
impl Tag<Infallible> {
    #[inline(always)]
    pub fn __pin(self) {}

    #[deprecated(note = "nothing before this step can reject, so it does nothing: leave it out")]
    #[inline(always)]
    pub fn cannot_reject(self) {}
}

pub trait Pinned {
    fn __pin(self);
}

impl<E> Pinned for Tag<E> {
    #[inline(always)]
    fn __pin(self) {}
}

/// The counterpart of [`Tag::cannot_reject`] for every other rejection type.
pub trait CanReject {
    fn cannot_reject(self);
}

impl<E> CanReject for Tag<E> {
    #[inline(always)]
    fn cannot_reject(self) {}
}

/// What comes after a handler that never has a value. The code is unreachable, its type is whatever is wanted.
#[inline(always)]
#[track_caller]
pub fn anything<T>() -> T {
    unreachable!("a handler that always throws went on")
}
