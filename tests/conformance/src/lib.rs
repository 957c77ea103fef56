//! The hot promises as a Node addon, for Promises/A+'s own test suite.
//!
//! Each promise, value and function crosses the border as a number. The values of a promise are handles of what the
//! JavaScript side keeps in a table, and a promise is an index into a table of this side. What is ours and under test:
//! state, queueing, order, settling once, adoption. What `js/adapter.cjs` does: everything that is JavaScript's own
//! about a value (is it a thenable? does its `then` getter throw? is it the very promise that it resolves?), which it
//! tells by the tag of a `Completion`.
//!
//! The executor runs whenever JavaScript's microtask queue says so: the adapter calls `drain` in `queueMicrotask`.

mod border;
mod executor;
mod kinds;

use std::cell::Cell;

/// A value of JavaScript's, known by its index in the adapter's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle(u32);

/// An index into the table of promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id(u32);

/// How a JavaScript function ended, or what a resolver is called with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Completion {
    Fulfil(Handle),
    Reject(Handle),
    /// A promise of this addon's.
    Adopt(Id),
    /// Any other object with a callable `then`, kept together with that function.
    Thenable(Handle),
}

impl Completion {
    /// The adapter counts the tags in the same way.
    fn decode(tag: u32, payload: u32) -> Self {
        match tag {
            0 => Self::Fulfil(Handle(payload)),
            1 => Self::Reject(Handle(payload)),
            2 => Self::Adopt(Id(payload)),
            3 => Self::Thenable(Handle(payload)),
            _ => panic!("the adapter sent a completion with the tag {tag}"),
        }
    }
}

/// Calls a reaction, a handler of JavaScript's, with `argument`.
pub(crate) fn call(reaction: Handle, argument: Handle) -> Completion {
    const CALL: u32 = 0;
    let packed = border::host(CALL, reaction.0, argument.0);
    Completion::decode(packed & 3, packed >> 2)
}

/// Calls the `then` of a thenable with the two functions that settle the promise.
pub(crate) fn call_then(thenable: Handle, promise: Id) {
    const CALL_THEN: u32 = 1;
    border::host(CALL_THEN, thenable.0, promise.0);
}

/// What is under test, in the order of the adapter's `subjects`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// `LocalPromise`, on the event loop.
    Local,
    /// `Promise`, on the event loop.
    Shared,
    /// `Promise`, on tokio.
    Tokio,
}

std::thread_local! {
    static SUBJECT: Cell<Subject> = const { Cell::new(Subject::Local) };
}

/// Calls a function of the module that `SUBJECT` says, where handlers can be registered.
macro_rules! subject {
    ($function:ident($($argument:expr),*)) => {
        match SUBJECT.get() {
            Subject::Local => kinds::local::$function($($argument),*),
            Subject::Shared | Subject::Tokio => executor::enter(|| kinds::shared::$function($($argument),*)),
        }
    };
}

/// What the adapter can call. All numbers; a missing argument is 0.
const EXPORTS: &[(&str, border::Export)] = &[
    // test(subject): to be called first
    ("test", |[subject, ..]| {
        let subjects = [Subject::Local, Subject::Shared, Subject::Tokio];
        SUBJECT.set(subjects[subject as usize]);
        // The suite rejects many promises that it never looks at.
        promise_runtime::on_unhandled_rejection(|_| ());
        0
    }),
    ("deferred", |_| subject!(deferred()).0),
    ("resolved", |[value, ..]| {
        subject!(resolved(Handle(value))).0
    }),
    ("rejected", |[reason, ..]| {
        subject!(rejected(Handle(reason))).0
    }),
    // settle(promise, tag, payload)
    ("settle", |[promise, tag, payload]| {
        subject!(settle(Id(promise), Completion::decode(tag, payload)));
        0
    }),
    // then(promise, onFulfilled, onRejected): 0 for a handler that is not a function
    ("then", |[promise, on_fulfilled, on_rejected]| {
        let handler = |reaction| (reaction != 0).then_some(Handle(reaction));
        subject!(then(
            Id(promise),
            handler(on_fulfilled),
            handler(on_rejected)
        ))
        .0
    }),
    ("drain", |_| {
        executor::drain();
        0
    }),
];
