//! Work that is done later, in the span in which it was handed over.
//!
//! The span is the caller's own; none is made per promise. What ends without having run is dropped in its span too, as tracing's
//! [`Instrumented`] does, and the span is let go of with it: no promise that has settled keeps one open.

use tracing::instrument::Instrumented;
use tracing::{Instrument as _, Span, dispatcher};

/// The span that is current here.
#[inline]
fn here() -> Span {
    // A subscriber is asked through a table of functions; this is one load.
    if dispatcher::has_been_set() {
        Span::current()
    } else {
        Span::none()
    }
}

/// What an executor polls.
pub(crate) fn future<F: Future>(future: F) -> Instrumented<F> {
    future.instrument(here())
}

/// What is called once, with an outcome.
pub(crate) fn handler<A, O, F: FnOnce(A) -> O>(handler: F) -> impl FnOnce(A) -> O + use<A, O, F> {
    let handler = handler.instrument(here());
    move |argument| {
        let span = handler.span().clone();
        let handler = handler.into_inner();
        span.in_scope(|| handler(argument))
    }
}

/// What is called once.
pub(crate) fn callback<O, F: FnOnce() -> O>(callback: F) -> impl FnOnce() -> O + use<O, F> {
    let callback = handler(|()| callback());
    || callback(())
}

/// What is called again and again.
pub(crate) fn repeated<F: FnMut()>(callback: F) -> impl FnMut() + use<F> {
    let mut callback = callback.instrument(here());
    move || {
        let span = callback.span().clone();
        span.in_scope(callback.inner_mut());
    }
}
