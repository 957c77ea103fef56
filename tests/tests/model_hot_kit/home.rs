//! An executor: handlers run on the thread that waits, one after the other.

use super::engine::DynJob;
use loom::sync::{Condvar, Mutex};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// The executor of a model, whichever thread asks.
pub(crate) struct Home(Arc<Executor>);

#[derive(Default)]
pub(crate) struct Executor {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<(DynJob, u32)>,
    woken: bool,
}

std::thread_local! {
    /// Loom runs all threads of a model on one.
    static ENTERED: RefCell<Option<Arc<Executor>>> = const { RefCell::new(None) };
}

impl Executor {
    /// Makes it the one that `then` finds, in `run`.
    pub(crate) fn enter(run: impl FnOnce(&Arc<Self>)) {
        struct Leave;

        impl Drop for Leave {
            fn drop(&mut self) {
                ENTERED.set(None);
            }
        }

        let executor = Arc::default();
        ENTERED.set(Some(Arc::clone(&executor)));
        let _leave = Leave;
        run(&executor);
        // Handlers that are left would keep it alive, and themselves.
        executor.run_jobs();
    }

    /// Runs what is queued.
    pub(crate) fn run_jobs(&self) {
        loop {
            let job = self.state.lock().unwrap().jobs.pop_front();
            let Some((job, index)) = job else { return };
            job.run(index);
        }
    }

    /// Drops what is queued, as an executor does that shuts down.
    pub(crate) fn shut_down(&self) {
        loop {
            let job = self.state.lock().unwrap().jobs.pop_front();
            let Some((job, index)) = job else { return };
            job.cancel(index);
        }
    }

    /// Runs what is queued, and polls when woken, until the future is ready. If nobody wakes it, loom reports a deadlock.
    pub(crate) fn wait<F: IntoFuture>(self: &Arc<Self>, future: F) -> F::Output {
        let waker = Waker::from(Arc::clone(self));
        let mut future = pin!(future.into_future());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            loop {
                self.run_jobs();
                let mut state = self.state.lock().unwrap();
                if std::mem::take(&mut state.woken) {
                    break;
                }
                if state.jobs.is_empty() {
                    drop(self.changed.wait(state).unwrap());
                }
            }
        }
    }
}

impl Wake for Executor {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.state.lock().unwrap().woken = true;
        self.changed.notify_one();
    }
}

impl Home {
    pub(crate) fn here() -> Self {
        Self(ENTERED.with_borrow(Clone::clone).expect("an executor"))
    }

    /// Whoever runs the jobs may be on another thread.
    pub(crate) fn is_here(&self) -> bool {
        false
    }

    pub(crate) fn push_here(_: DynJob, _: u32) {
        unreachable!("nothing is here");
    }

    pub(crate) fn push(&self, job: DynJob, index: u32) {
        self.0.state.lock().unwrap().jobs.push_back((job, index));
        self.0.changed.notify_one();
    }
}

/// The task that polls a spawned future.
pub(crate) struct Seat(pub(crate) Waker);

impl Seat {
    pub(crate) fn give_up(&self) {
        self.0.wake_by_ref();
    }
}
