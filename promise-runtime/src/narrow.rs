//! `catch` by type: `instanceof`.

use core::convert::Infallible;
use core::marker::PhantomData;

use crate::error::DynamicError;

/// Asks whether a reason of type `E` is, or may be, a `T`.
#[derive(Debug)]
pub struct Narrow<E, T>(PhantomData<fn() -> (E, T)>);

impl<E, T> Narrow<E, T> {
    #[inline(always)]
    pub fn of(_: &E) -> Self {
        Self(PhantomData)
    }
}

/// The chain rejects with `T`: all are caught.
#[derive(Clone, Copy, Debug)]
pub struct AllOf;

/// The chain rejects with a dynamic error: some may be a `T`.
#[derive(Debug)]
pub struct SomeOf<T>(PhantomData<fn() -> T>);

impl<T> Narrow<T, T> {
    #[inline(always)]
    pub fn __how(&self) -> AllOf {
        AllOf
    }
}

pub trait Narrows<T> {
    fn __how(&self) -> SomeOf<T>;
}

impl<E, T> Narrows<T> for Narrow<E, T> {
    #[inline(always)]
    fn __how(&self) -> SomeOf<T> {
        SomeOf(PhantomData)
    }
}

impl AllOf {
    #[inline(always)]
    pub fn narrow<T>(self, reason: T) -> Result<T, Infallible> {
        Ok(reason)
    }
}

impl<T> SomeOf<T> {
    #[inline(always)]
    pub fn narrow<E>(self, reason: E) -> Result<T, E>
    where
        E: DynamicError<T>,
    {
        reason.narrow()
    }
}
