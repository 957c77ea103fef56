//! How a rejection becomes one of its region's type.
//!
//! Without an annotation it is of that type or cannot happen ([`Rejection`]); with `<T, E>` it converts by `From`
//! ([`Conversion`]). In both, an inherent method is found before a trait's, which decides the types that nothing else
//! has fixed.

use core::convert::Infallible;

use crate::resolve::Tag;

/// A reason on its way into a region that rejects with `R`. Generated code writes it out: a call would cost a step a tenth of
/// what rustc does for it.
#[derive(Debug)]
pub struct Rejection<E, R>(pub E, pub Tag<R>);

impl<R> Rejection<Infallible, R> {
    #[inline(always)]
    pub fn __reject(self) -> R {
        match self.0 {}
    }
}

pub trait Reject<E, R> {
    fn __reject(self) -> R
    where
        E: RejectsAs<R>;
}

impl<E, R> Reject<E, R> for Rejection<E, R> {
    #[inline(always)]
    fn __reject(self) -> R
    where
        E: RejectsAs<R>,
    {
        self.0.rejects_as()
    }
}

/// The rejection types of a region are equal.
#[diagnostic::on_unimplemented(
    message = "this step rejects with `{Self}`, but the steps before it reject with `{R}`",
    label = "rejects with `{Self}`",
    note = "name the type that both convert into, at the start of the chain: `promise! {{ <_, MyError> … }}`"
)]
pub trait RejectsAs<R> {
    fn rejects_as(self) -> R;
}

impl<E> RejectsAs<E> for E {
    #[inline(always)]
    fn rejects_as(self) -> E {
        self
    }
}

/// A reason that has entered a region which rejects with `R`, for a handler that sees the `E` it was.
#[derive(Debug)]
pub struct Shown<'a, E, R>(pub &'a R, pub Tag<E>);

impl<'a, R> Shown<'a, Infallible, R> {
    /// There was none, so nobody asks.
    #[inline(always)]
    pub fn __as_it_was(self) -> &'a Infallible {
        unreachable!("a step that cannot reject has rejected")
    }
}

pub trait ShownAsItWas<'a, E> {
    fn __as_it_was(self) -> &'a E;
}

impl<'a, E> ShownAsItWas<'a, E> for Shown<'a, E, E> {
    #[inline(always)]
    fn __as_it_was(self) -> &'a E {
        self.0
    }
}

/// A reason on its way into a region whose type the user named.
#[derive(Debug)]
pub struct Conversion<E, R>(E, Tag<R>);

// Unlike those of `Rejection` its fields are private: with `Infallible` the call would look uninhabited, and rustc 1.85
// would call what follows unreachable.
impl<E, R> Conversion<E, R> {
    #[inline(always)]
    pub fn new(reason: E, tag: Tag<R>) -> Self {
        Self(reason, tag)
    }
}

/// A reason that is of the region's type already.
#[derive(Debug)]
pub struct Same<R>(R);

/// A reason of another type.
#[derive(Debug)]
pub struct Other<E, R>(E, Tag<R>);

impl<R> Conversion<R, R> {
    #[inline(always)]
    pub fn __same(self) -> Same<R> {
        Same(self.0)
    }
}

pub trait IsOther<E, R> {
    fn __same(self) -> Other<E, R>;
}

impl<E, R> IsOther<E, R> for Conversion<E, R> {
    #[inline(always)]
    fn __same(self) -> Other<E, R> {
        Other(self.0, self.1)
    }
}

impl<R> Same<R> {
    #[inline(always)]
    pub fn __reject(self) -> R {
        self.0
    }
}

impl<R> Other<Infallible, R> {
    #[inline(always)]
    pub fn __reject(self) -> R {
        match self.0 {}
    }
}

pub trait Convert<E, R> {
    fn __reject(self) -> R
    where
        E: ConvertsTo<R>;
}

impl<E, R> Convert<E, R> for Other<E, R> {
    #[inline(always)]
    fn __reject(self) -> R
    where
        E: ConvertsTo<R>,
    {
        self.0.converts_to()
    }
}

/// `R: From<E>`, with a message of its own.
#[diagnostic::on_unimplemented(
    message = "this step rejects with `{Self}`, which does not convert into the chain's `{R}`",
    label = "rejects with `{Self}`",
    note = "implement `From<{Self}> for {R}`, or convert it before this step"
)]
pub trait ConvertsTo<R> {
    fn converts_to(self) -> R;
}

#[diagnostic::do_not_recommend]
impl<E, R: From<E>> ConvertsTo<R> for E {
    #[inline(always)]
    fn converts_to(self) -> R {
        R::from(self)
    }
}

/// `?` in an arrow.
#[diagnostic::on_unimplemented(
    message = "`?` in an arrow works on a `Result`, not on `{Self}`",
    label = "not a `Result`",
    note = "for an `Option` name the rejection: `option.ok_or(reason)?`"
)]
pub trait Question<T, E> {
    fn question(self) -> Result<T, E>;
}

impl<T, E> Question<T, E> for Result<T, E> {
    #[inline(always)]
    fn question(self) -> Self {
        self
    }
}

#[inline(always)]
pub fn question<T, E, Q: Question<T, E>>(value: Q) -> Result<T, E> {
    value.question()
}
