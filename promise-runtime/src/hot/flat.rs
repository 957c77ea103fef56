//! Long chains without recursion: what one step of a drop or a cancellation leaves to do is done after that step.

use super::job::AnyJob;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

struct Later {
    active: Cell<bool>,
    work: RefCell<VecDeque<Work>>,
}

enum Work {
    Run(AnyJob, u32),
    Drop(AnyJob),
    Cancel(AnyJob, u32),
}

std::thread_local! {
    static LATER: Later = const {
        Later { active: Cell::new(false), work: RefCell::new(VecDeque::new()) }
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
    let mut work = Some(work);
    let nested = LATER.try_with(|later| {
        if later.active.replace(true) {
            later.work.borrow_mut().extend(work.take());
            return true;
        }
        false
    });
    match nested {
        Ok(true) => return,
        Ok(false) => {}
        // The thread ends, and with it what would keep the work.
        Err(_) => return work.into_iter().for_each(Work::run),
    }
    let _inactive = Inactive;
    work.into_iter().for_each(Work::run);
    while let Some(work) = LATER.with(|later| later.work.borrow_mut().pop_front()) {
        work.run();
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

/// A panic of somebody's `Drop` leaves the rest to the next one who comes.
struct Inactive;

impl Drop for Inactive {
    fn drop(&mut self) {
        // Not reached while the thread ends.
        let _ = LATER.try_with(|later| later.active.set(false));
    }
}
