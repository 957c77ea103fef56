//! Starting a chain on the executor that is entered: the event loop of this thread, which is always there in a browser, else tokio.

#[cfg(any(feature = "event_loop", feature = "tokio"))]
use crate::trace;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
use core::future::Future;

#[cfg(feature = "event_loop")]
use alloc::boxed::Box;

const NO_EXECUTOR: &str = "no executor is entered here: call this on an event loop (inside `event_loop::run`) or, with feature `tokio`, inside a tokio runtime \
     (a `LocalSet` for what stays on its thread); in a browser or Node switch feature `wasm` on; a chain can also be handed to any other executor with `spawn_with`";

#[cfg(any(feature = "event_loop", feature = "tokio"))]
#[track_caller]
pub(crate) fn detach<T, E>(chain: impl Future<Output = Result<T, E>> + Send + 'static) {
    let task = trace::future(async move { drop(chain.await) });
    #[cfg(feature = "event_loop")]
    if crate::event_loop::entered() {
        return crate::event_loop::spawn_detached(Box::pin(task));
    }
    #[cfg(feature = "tokio")]
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        drop(runtime.spawn(task));
        return;
    }
    drop(task);
    panic!("{NO_EXECUTOR}");
}

#[cfg(any(feature = "event_loop", feature = "tokio"))]
#[track_caller]
pub(crate) fn detach_local<T, E>(chain: impl Future<Output = Result<T, E>> + 'static) {
    let task = trace::future(async move { drop(chain.await) });
    #[cfg(feature = "event_loop")]
    if crate::event_loop::entered() {
        return crate::event_loop::spawn_detached_local(Box::pin(task));
    }
    #[cfg(feature = "tokio")]
    if tokio::runtime::Handle::try_current().is_ok() {
        return on_local_set(task);
    }
    drop(task);
    panic!("{NO_EXECUTOR}");
}

#[cfg(feature = "tokio")]
const NO_LOCAL_SET: &str = "a tokio runtime is entered here, but no `LocalSet`, and this stays on its thread: call it inside a `LocalSet`, or on an event loop (inside \
     `event_loop::run`), or use `.spawn()` and `Promise`, which may run on any thread";

/// Starts a task on the tokio `LocalSet`; a runtime is entered.
#[cfg(feature = "tokio")]
#[track_caller]
pub(crate) fn on_local_set(task: impl Future<Output = ()> + 'static) {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    // Tokio does not say beforehand whether there is one.
    let spawned = catch_unwind(AssertUnwindSafe(|| drop(tokio::task::spawn_local(task))));
    if let Err(payload) = spawned {
        match payload.downcast_ref::<&str>() {
            Some(message) if message.contains("outside of a `task::LocalSet`") => {
                panic!("{NO_LOCAL_SET}")
            }
            _ => resume_unwind(payload),
        }
    }
}

/// Panics with the executors that there are.
#[track_caller]
pub(crate) fn no_executor() -> ! {
    panic!("{NO_EXECUTOR}");
}
