//! Long chains without recursion: what one step of a drop or a cancellation leaves to do is done after that step.

use super::job::AnyJob;
use super::panics::Panics;
use core::mem::{self, ManuallyDrop};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

struct Later {
    active: Cell<bool>,
    /// Empty and without memory unless it is active, so it need not be dropped. So it is there until the very end of the thread, when
    /// the drop of other things still comes here.
    work: RefCell<ManuallyDrop<VecDeque<Work>>>,
}

enum Work {
    Run(AnyJob, u32),
    Drop(AnyJob),
    Cancel(AnyJob, u32),
}

crate::sync::thread_local! {
    static LATER: Later = const {
        Later { active: Cell::new(false), work: RefCell::new(ManuallyDrop::new(VecDeque::new())) }
    };
}

/// Runs the job now, or after the step that is being done. For jobs that run no handlers.
pub(super) fn run_job(job: AnyJob, index: u32) {
    later(Work::Run(job, index));
}

/// Drops the job now, or after the step that is being done.
pub(super) fn drop_job(job: AnyJob) {
    later(Work::Drop(job));
}

/// Cancels the job now, or after the step that is being done.
pub(super) fn cancel_job(job: AnyJob, index: u32) {
    later(Work::Cancel(job, index));
}

fn later(work: Work) {
    let mut next = Some(work);
    LATER.with(|later| {
        if later.active.replace(true) {
            later.work.borrow_mut().extend(next.take());
        }
    });
    if next.is_none() {
        return;
    }
    let mut panics = Panics::default();
    while let Some(work) = next {
        panics.guard(|| work.run());
        next = LATER.with(|later| later.work.borrow_mut().pop_front());
    }
    LATER.with(|later| {
        later.active.set(false);
        drop(mem::take(&mut **later.work.borrow_mut()));
    });
    panics.resume();
}

/// A step that is being done runs an event loop, which may not wait for what that step has left to do.
#[cfg(feature = "event_loop")]
pub(crate) struct Suspended {
    active: bool,
}

/// Does what is left to do, and lets steps be done at once again, until what it gives is dropped.
#[cfg(feature = "event_loop")]
pub(crate) fn suspend() -> Suspended {
    while let Some(work) = LATER.with(|later| later.work.borrow_mut().pop_front()) {
        work.run();
    }
    Suspended {
        active: LATER.with(|later| later.active.replace(false)),
    }
}

#[cfg(feature = "event_loop")]
impl Drop for Suspended {
    fn drop(&mut self) {
        LATER.with(|later| later.active.set(self.active));
    }
}

impl Work {
    fn run(self) {
        match self {
            Self::Run(job, index) => job.run(index),
            Self::Drop(job) => drop(job),
            Self::Cancel(job, index) => job.cancel(index),
        }
    }
}
