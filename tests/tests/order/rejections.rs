//! Who is told of unhandled rejections: the program that runs on this thread.

use crate::value::Value;
use promise_runtime::{AggregateError, on_unhandled_rejection};
use std::cell::RefCell;
use std::sync::Once;

type Listener = Box<dyn Fn(Value)>;

std::thread_local! {
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Until this is dropped.
pub(crate) struct Listening;

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENER.set(None);
    }
}

/// Calls `listener` with the reason of each unhandled rejection on this thread.
pub(crate) fn listen(listener: impl Fn(Value) + 'static) -> Listening {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        on_unhandled_rejection(|rejection| {
            // JavaScript has no word for resolvers that are gone.
            if rejection.is_abandoned() {
                return;
            }
            let reason = match rejection.downcast_ref::<AggregateError<Vec<Value>>>() {
                Some(errors) => Value::from(errors.clone()),
                None => match rejection.downcast_ref::<Value>() {
                    Some(value) => value.clone(),
                    None => panic!("a reason of another type: {rejection}"),
                },
            };
            LISTENER.with_borrow(|listener| {
                let listener = listener.as_ref().expect("a program runs on this thread");
                listener(reason);
            });
        });
    });
    LISTENER.set(Some(Box::new(listener)));
    Listening
}
