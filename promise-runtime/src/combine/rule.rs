//! What the outcome of one child means for all of them.

use core::{convert::Infallible, ops::ControlFlow};

/// Judges the outcome of a child: keep something of it and go on, or stop and drop the rest.
#[doc(hidden)]
pub trait Rule<Output> {
    /// What is kept in the child's place.
    type Keep;
    /// What decides at once.
    type Stop;
    /// Whether `output` decides.
    fn judge(output: Output) -> ControlFlow<Self::Stop, Self::Keep>;
}

/// `all`: a rejection decides, values are kept.
#[derive(Debug)]
#[doc(hidden)]
pub enum FirstRejection {}

/// `any`: a fulfilment decides, reasons are kept.
#[derive(Debug)]
#[doc(hidden)]
pub enum FirstFulfilment {}

/// `all_settled`: nothing decides, outcomes are kept.
#[derive(Debug)]
#[doc(hidden)]
pub enum Everything {}

impl<T, E> Rule<Result<T, E>> for FirstRejection {
    type Keep = T;
    type Stop = E;

    #[inline(always)]
    fn judge(output: Result<T, E>) -> ControlFlow<E, T> {
        match output {
            Ok(value) => ControlFlow::Continue(value),
            Err(reason) => ControlFlow::Break(reason),
        }
    }
}

impl<T, E> Rule<Result<T, E>> for FirstFulfilment {
    type Keep = E;
    type Stop = T;

    #[inline(always)]
    fn judge(output: Result<T, E>) -> ControlFlow<T, E> {
        match output {
            Ok(value) => ControlFlow::Break(value),
            Err(reason) => ControlFlow::Continue(reason),
        }
    }
}

impl<T, E> Rule<Result<T, E>> for Everything {
    type Keep = Result<T, E>;
    type Stop = Infallible;

    #[inline(always)]
    fn judge(output: Result<T, E>) -> ControlFlow<Infallible, Result<T, E>> {
        ControlFlow::Continue(output)
    }
}
