//! The value of a statement in an arrow, which nobody uses.

use core::future::IntoFuture;

use crate::resolve::Probe;

/// Never implemented: it is the bound of what must not be called.
#[diagnostic::on_unimplemented(
    message = "this future is dropped before it has run",
    label = "a future does nothing until it is awaited",
    note = "return it, or write `await` before it in an `async` arrow; to drop it on purpose write `let _ = …`"
)]
pub trait Returned {}

/// What never returns has the type `!`, which stable Rust cannot name but through this.
pub trait Returns {
    type Output;
}

impl<R> Returns for fn() -> R {
    type Output = R;
}

type Never = <fn() -> ! as Returns>::Output;

/// `exit(1);`: rustc has not decided its type yet, and would take the first kind that it is asked about.
pub trait ProbeNever {
    fn __unused(&self);
}

impl ProbeNever for &&&Probe<Never> {
    #[inline(always)]
    fn __unused(&self) {}
}

/// A handle of what goes on without it.
pub trait ProbeHandle {
    fn __unused(&self);
}

macro_rules! handles {
    ($(#[$condition:meta] $handle:ty: $($generic:ident)*;)*) => {$(
        #[$condition]
        impl<$($generic),*> ProbeHandle for &&Probe<$handle> {
            #[inline(always)]
            fn __unused(&self) {}
        }
    )*};
}

handles! {
    #[cfg(feature = "std")] crate::Promise<T, E>: T E;
    #[cfg(any(feature = "event_loop", feature = "tokio"))] crate::LocalPromise<T, E>: T E;
    #[cfg(feature = "tokio")] tokio::task::JoinHandle<T>: T;
}

/// A future as a statement: a forgotten `return` or `await`.
pub trait ProbeForgotten<F> {
    fn __unused(&self)
    where
        F: Returned;
}

impl<F: IntoFuture> ProbeForgotten<F> for &Probe<F> {
    #[inline(always)]
    fn __unused(&self)
    where
        F: Returned,
    {
    }
}

pub trait ProbeUnused {
    fn __unused(&self);
}

impl<T> ProbeUnused for Probe<T> {
    #[inline(always)]
    fn __unused(&self) {}
}
