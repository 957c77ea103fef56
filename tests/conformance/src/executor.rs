//! Where handlers run: the event loop of this thread, or tokio's on this thread. Both are first come, first served.

use crate::{SUBJECT, Subject};
use promise_runtime::event_loop;
use std::cell::Cell;
use tokio::runtime::{Builder, Runtime};

std::thread_local! {
    static TOKIO: Runtime = Builder::new_current_thread().build().expect("a runtime without drivers");
    /// An executor runs on this thread, so it is entered.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Calls `f` with the executor entered, and runs nothing else.
pub(crate) fn enter<R>(f: impl FnOnce() -> R) -> R {
    if RUNNING.get() {
        return f();
    }
    // Both poll the future that they are given before anything else, and this one is ready.
    let once = async { f() };
    if SUBJECT.get() == Subject::Tokio {
        TOKIO.with(|tokio| tokio.block_on(once))
    } else {
        event_loop::run(once)
    }
}

/// Runs all jobs, also those that they make.
pub(crate) fn drain() {
    RUNNING.set(true);
    if SUBJECT.get() == Subject::Tokio {
        TOKIO.with(|tokio| {
            let metrics = tokio.metrics();
            tokio.block_on(async {
                // Each task is one job, and none waits for anything.
                while metrics.num_alive_tasks() > 0 {
                    tokio::task::yield_now().await;
                }
            });
        });
    } else {
        event_loop::run_until_idle();
    }
    RUNNING.set(false);
}

/// Puts a job in the queue of the executor, which is entered.
pub(crate) fn queue(job: impl FnOnce() + Send + 'static) {
    if SUBJECT.get() == Subject::Tokio {
        tokio::spawn(async { job() });
    } else {
        event_loop::queue_microtask(job);
    }
}
