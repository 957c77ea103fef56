//! A subscriber that keeps a log: who said what in which span, and which spans were closed.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::mem;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Subscriber, info};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// What was logged, line by line: `span: message field=value`, with `-` for no span.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Runs `work`, with what is logged on this thread meanwhile, and hands the log to it.
    pub(crate) fn keep<O>(work: impl FnOnce(&Log) -> O) -> O {
        let log = Self::default();
        tracing::dispatcher::with_default(&log.dispatch(), || work(&log))
    }

    /// Keeps what is logged from here on, on every thread.
    pub(crate) fn of_the_process() -> Self {
        let log = Self::default();
        tracing::dispatcher::set_global_default(log.dispatch()).expect("the only one");
        log
    }

    fn dispatch(&self) -> Dispatch {
        Dispatch::new(tracing_subscriber::registry().with(Keep(self.clone())))
    }

    /// What was logged since it was last asked.
    pub(crate) fn take(&self) -> Vec<String> {
        mem::take(&mut self.0.lock().unwrap())
    }

    /// The same, where the order is that of threads.
    pub(crate) fn take_sorted(&self) -> Vec<String> {
        let mut lines = self.take();
        lines.sort();
        lines
    }
}

struct Keep(Log);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let span = context.event_span(event);
        LINE.with_borrow_mut(|line| {
            line.0.push_str(span.map_or("-", |span| span.name()));
            event.record(line);
            self.0.0.lock().unwrap().push(mem::take(&mut line.0));
        });
    }

    fn on_close(&self, id: tracing::Id, context: Context<'_, S>) {
        let name = context.span(&id).expect("the span").name();
        LINE.with_borrow_mut(|line| {
            line.0.push_str(name);
            line.0.push_str(" is closed");
            self.0.0.lock().unwrap().push(mem::take(&mut line.0));
        });
    }
}

#[derive(Default)]
struct Line(String);

std::thread_local! {
    /// Kept for the next one, as the formatter of tracing-subscriber does: a thread that ends loses it.
    static LINE: RefCell<Line> = RefCell::default();
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, ": {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

/// The subscriber of this thread, for another one.
pub(crate) fn subscriber() -> Dispatch {
    tracing::dispatcher::get_default(Dispatch::clone)
}

/// Logs that it is dropped.
pub(crate) struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        info!("dropped");
    }
}
