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
//! Generated code calls `AskFutureOfResult(&product).__kind()`. Method lookup tries the type it is given first and then what that
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
use core::ops::{Deref, Not, Shl};
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

/// A future that there is none of, of which rustc sees that it cannot exist: behind the operator that returns it nothing is built,
/// neither the await nor a suspension point.
///
/// An operator, because rustc 1.85 warns that what comes after a *call* is unreachable when that returns what cannot exist. The
/// await calls `into_future`, so that returns [`NoFuture`], whose field is private.
#[derive(Debug)]
pub struct Never<O>(pub Infallible, pub PhantomData<fn() -> O>);

impl<O> IntoFuture for Never<O> {
    type Output = O;
    type IntoFuture = NoFuture<O>;

    fn into_future(self) -> NoFuture<O> {
        match self.0 {}
    }
}

/// What there would be to wait for. Never constructed.
#[derive(Debug)]
pub struct NoFuture<O>(Infallible, PhantomData<fn() -> O>);

impl<O> Future for NoFuture<O> {
    type Output = O;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<O> {
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

/// It knows its product: where that is a mistake, so is what the operator makes of it, and rustc says no more.
#[derive(Debug)]
pub struct FutureOfResult<F>(PhantomData<fn() -> F>);

impl<F> Clone for FutureOfResult<F> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for FutureOfResult<F> {}

#[derive(Clone, Copy, Debug)]
pub struct FutureOfValue;
#[derive(Clone, Copy, Debug)]
pub struct ResultValue;
#[derive(Clone, Copy, Debug)]
pub struct PlainValue;
/// Whoever waits for its outcome says what `T` is.
#[derive(Debug)]
pub struct Diverged<T>(PhantomData<fn() -> T>);

impl<T> Clone for Diverged<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Diverged<T> {}

/// What is no outcome. Never constructed.
#[derive(Clone, Copy, Debug)]
pub struct NotNow(Infallible);
/// What is no future, but of kind `K`. Never constructed.
#[derive(Clone, Copy, Debug)]
pub struct NotLater<K>(Infallible, PhantomData<K>);

type IsNow<K> = Kind<K, NotLater<K>>;
type IsLater<K> = Kind<NotNow, K>;

/// A row of the table as a type: the kind it gives, and the row to ask next. (Rows of references
/// would do too; they are four borrows for rustc to check where these are none.)
macro_rules! rows {
    (@Now $kind:ty) => { IsNow<$kind> };
    (@Later $kind:ty) => { IsLater<$kind> };
    ($($(#[$documentation:meta])* $row:ident($visibility:vis $field:ty) $probe:ident [$($known:ident)?] $when:ident $kind:ty = $answer:expr, [$($generic:ident),*] $product:ty [$($bound:tt)*] $(-> $next:ident)?;)*) => {$(
        $(#[$documentation])*
        #[derive(Debug)]
        pub struct $row<T>($visibility $field);

        impl<T> Clone for $row<T> {
            #[inline(always)]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $row<T> {}

        pub trait $probe<$($known)?> {
            // A call of this ABI cannot unwind: rustc emits no destructor of the product for a panic in it.
            extern "C" fn __kind(self) -> rows!(@$when $kind);
        }

        impl<$($generic),*> $probe<$($known)?> for $row<$product>
        where
            $($bound)*
        {
            #[inline(always)]
            #[allow(improper_ctypes_definitions, reason = "it is never called from C")]
            extern "C" fn __kind(self) -> rows!(@$when $kind) {
                Kind::$when($answer)
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
    AskFutureOfResult(pub *const T) ProbeFutureOfResult [F] Later FutureOfResult<F> = FutureOfResult(PhantomData), [F, T, E] F [F: IntoFuture<Output = Result<T, E>>] -> AskFuture;
    AskFuture(PhantomData<fn() -> T>) ProbeFuture [] Later FutureOfValue = FutureOfValue, [F] F [F: IntoFuture] -> AskResult;
    AskResult(PhantomData<fn() -> T>) ProbeResult [] Now ResultValue = ResultValue, [T, E] Result<T, E> [] -> AskPlain;
    AskPlain(PhantomData<fn() -> T>) ProbePlain [] Now PlainValue = PlainValue, [T] T [];
}

/// The type of a product that has none: its expression never returns. rustc names it where one does return, and only an
/// annotation could say what. Never constructed.
#[derive(Debug)]
pub struct AnnotationNeeded<T>(Infallible, PhantomData<T>);

impl<T> AskFutureOfResult<AnnotationNeeded<T>> {
    #[inline(always)]
    pub fn __kind(self) -> IsNow<Diverged<T>> {
        Kind::Now(Diverged(PhantomData))
    }
}

/// Asks about a product that is not there yet.
#[inline(always)]
pub(crate) fn ask_product<T>() -> AskFutureOfResult<T> {
    AskFutureOfResult(core::ptr::null())
}

// `later << product` is the future to await.

impl<F> Shl<F> for FutureOfResult<F> {
    type Output = F;

    #[inline(always)]
    fn shl(self, product: F) -> F {
        product
    }
}

impl<F: IntoFuture> Shl<F> for FutureOfValue {
    type Output = Fulfils<F::IntoFuture, Infallible>;

    #[inline(always)]
    fn shl(self, product: F) -> Fulfils<F::IntoFuture, Infallible> {
        Fulfils::new(product.into_future())
    }
}

impl<K> NotLater<K> {
    #[inline(always)]
    pub(crate) fn never<O>(self) -> Never<O> {
        match self.0 {}
    }
}

impl<T, E> Shl<Result<T, E>> for NotLater<ResultValue> {
    type Output = Never<Result<T, E>>;

    #[inline(always)]
    fn shl(self, _: Result<T, E>) -> Never<Result<T, E>> {
        self.never()
    }
}

impl<T> Shl<T> for NotLater<PlainValue> {
    type Output = Never<Result<T, Infallible>>;

    #[inline(always)]
    fn shl(self, _: T) -> Never<Result<T, Infallible>> {
        self.never()
    }
}

// rustc takes an operator that is given a mistake for one of its own shifts, whose output has the type of its left side.
impl<T> Shl<AnnotationNeeded<T>> for NotLater<Diverged<T>> {
    type Output = Self;

    #[inline(always)]
    fn shl(self, _: AnnotationNeeded<T>) -> Self {
        self
    }
}

impl<T> IntoFuture for NotLater<Diverged<T>> {
    type Output = Result<T, Infallible>;
    type IntoFuture = NoFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        match self.0 {}
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

impl<T> Diverged<T> {
    #[inline(always)]
    pub fn outcome(self, product: AnnotationNeeded<T>) -> Result<T, Infallible> {
        match product.0 {}
    }
}

impl NotNow {
    #[inline(always)]
    pub fn outcome<P, T, E>(self, _: P) -> Result<T, E> {
        match self.0 {}
    }
}

/// Says that a rejection of unknown type is the chain's: the case of `?` in a Rust closure.
macro_rules! same {
    ($([$($generic:ident)?] $kind:ty, $reason:ty => |$it:ident| $same:expr;)*) => {$(
        impl<$($generic)?> $kind {
            #[inline(always)]
            pub fn same<E>(self, $it: $reason, _: Tag<E>) -> E {
                $same
            }
        }
    )*};
}

same! {
    [F] IsLater<FutureOfResult<F>>, E => |reason| reason;
    [] IsLater<FutureOfValue>, Infallible => |never| match never {};
    [] IsNow<ResultValue>, E => |reason| reason;
    [] IsNow<PlainValue>, Infallible => |never| match never {};
    [T] IsNow<Diverged<T>>, Infallible => |never| match never {};
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

    /// On its way into an `async` block, which would borrow what can be copied.
    #[inline(always)]
    pub const fn moved(self) -> MovedTag<E> {
        MovedTag(self)
    }

    /// A value of this type that nobody asked for.
    #[inline(always)]
    pub fn discard(self, _: E) {}
}

/// A [`Tag`] that is no `Copy`.
#[derive(Debug)]
pub struct MovedTag<E>(Tag<E>);

impl<E> MovedTag<E> {
    #[inline(always)]
    pub const fn here(self) -> Tag<E> {
        self.0
    }
}

/// The outcome of a region rejects with the region's type. The tag comes second: as a receiver it would be copied before
/// the region runs, and a local that is alive during every await of the region costs room, be it of size zero.
#[inline(always)]
pub fn outcome<T, E>(outcome: Result<T, E>, _: Tag<E>) -> Result<T, E> {
    outcome
}

/// Nothing. LLVM does not see through its result to the poll that it comes from.
#[inline(always)]
pub fn settled<R>(outcome: R) -> R {
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

impl Tag<()> {
    /// The same of a value that nobody looks at.
    #[inline(always)]
    pub fn __pin_ignored(self) {}
}

pub trait Pinned {
    fn __pin(self);
    fn __pin_ignored(self);
}

impl<E> Pinned for Tag<E> {
    #[inline(always)]
    fn __pin(self) {}

    #[inline(always)]
    fn __pin_ignored(self) {}
}

/// The counterpart of [`Tag::cannot_reject`] for every other rejection type.
pub trait CanReject {
    fn cannot_reject(self);
}

impl<E> CanReject for Tag<E> {
    #[inline(always)]
    fn cannot_reject(self) {}
}

/// What comes after a handler that never has a value. The operator makes it whatever is wanted, which may be what cannot
/// exist (see [`Never`]).
#[derive(Debug)]
pub struct Anything<T>(PhantomData<fn() -> T>);

#[inline(always)]
pub const fn anything<T>() -> Anything<T> {
    Anything(PhantomData)
}

impl<T> Not for Anything<T> {
    type Output = T;

    #[inline(always)]
    #[track_caller]
    fn not(self) -> T {
        unreachable!("a handler that always throws went on")
    }
}
