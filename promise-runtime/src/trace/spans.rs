//! Work that is done later, in the span in which it was handed over.
//!
//! The span is the caller's own; none is made per promise. What ends without having run is dropped in its span too, and the span is
//! let go of with it: no promise that has settled keeps one open.

use core::cell::Cell;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use pin_project_lite::pin_project;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tracing::{Span, dispatcher};

std::thread_local! {
    /// What this thread keeps for a subscriber may be gone, and who asks for it then aborts the process.
    static ENDS: Cell<bool> = const { Cell::new(false) };

    /// What a thread uses first it loses last. This is used after what a subscriber keeps, so it is lost before.
    static SENTRY: Sentry = const { Sentry };
}

struct Sentry;

impl Drop for Sentry {
    fn drop(&mut self) {
        thread_ends();
    }
}

/// The thread ends: work that it still has is run or dropped in no span.
pub(crate) fn thread_ends() {
    ENDS.set(true);
}

/// Whether this thread may come to a subscriber.
#[inline]
pub(super) fn is_open() -> bool {
    // Where no subscriber was ever set it is this load.
    dispatcher::has_been_set() && !ENDS.get()
}

#[inline]
fn within<O>(span: &Span, work: impl FnOnce() -> O) -> O {
    if span.is_none() || ENDS.get() {
        work()
    } else {
        span.in_scope(work)
    }
}

/// Lets go of a span while the thread ends. A subscriber that cannot log that it is closed panics, and goes on without.
#[cold]
fn close(span: Span) {
    drop(catch_unwind(AssertUnwindSafe(|| drop(span))));
}

pin_project! {
    /// Work with its span.
    ///
    /// Not tracing's own `Instrumented`, which enters the span also while the thread ends.
    pub(crate) struct Carried<W> {
        // `None` once it was called.
        #[pin]
        work: Option<W>,
        span: Span,
    }

    impl<W> PinnedDrop for Carried<W> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.work.is_some() {
                within(this.span, || this.work.set(None));
            }
            if !this.span.is_none() && ENDS.get() {
                close(mem::replace(this.span, Span::none()));
            }
        }
    }
}

impl<W> Carried<W> {
    #[inline]
    fn new(work: W) -> Self {
        let span = if is_open() {
            Span::current()
        } else {
            Span::none()
        };
        if !span.is_none() {
            // Nothing is lost if it is gone: then the thread ends.
            let _ = SENTRY.try_with(|_| ());
        }
        Self {
            work: Some(work),
            span,
        }
    }

    #[inline]
    fn call<A, O>(mut self, argument: A) -> O
    where
        W: FnOnce(A) -> O,
    {
        // This ends it, so nobody has called it before.
        let work = self.work.take().expect("it is called once");
        within(&self.span, || work(argument))
    }
}

impl<F: Future> Future for Carried<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        // Only a call takes it out.
        let future = this.work.as_pin_mut().expect("it is there");
        within(this.span, || future.poll(cx))
    }
}

/// What an executor polls.
#[inline]
pub(crate) fn future<F: Future>(future: F) -> Carried<F> {
    Carried::new(future)
}

/// What is called once, with an outcome.
#[inline]
pub(crate) fn handler<A, O, F: FnOnce(A) -> O>(handler: F) -> impl FnOnce(A) -> O + use<A, O, F> {
    let handler = Carried::new(handler);
    move |argument| handler.call(argument)
}

/// What is called once.
#[inline]
pub(crate) fn callback<O, F: FnOnce() -> O>(callback: F) -> impl FnOnce() -> O + use<O, F> {
    let callback = Carried::new(|()| callback());
    move || callback.call(())
}

/// What is called again and again.
pub(crate) fn repeated<F: FnMut()>(callback: F) -> impl FnMut() + use<F> {
    let mut callback = Carried::new(callback);
    move || {
        let Carried { work, span } = &mut callback;
        within(span, || work.as_mut().map_or((), |work| work()));
    }
}
