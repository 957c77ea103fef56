//! The thread's own loop as JavaScript runs it: turn by turn, and timer by timer.

#![cfg_attr(
    not(all(target_arch = "wasm32", target_os = "unknown")),
    allow(dead_code, reason = "only JavaScript calls these")
)]

use super::executor::{Entered, Executor, current_loop, is_entered};
use super::hosted::{self, Kind};
use super::own;
use super::timers::Sleeper;
use crate::browser;
use crate::hot::jobs;
use std::cell::Cell;
use std::rc::Rc;

std::thread_local! {
    /// A task of JavaScript's is going to decide about unhandled rejections.
    static REPORT_QUEUED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what is in the queue.
pub(crate) fn turn() {
    jobs::attend(false);
    let own = own();
    let _entered = Entered::from_host(&own);
    own.run_ready();
}

/// Decides about unhandled rejections.
pub(crate) fn report_turn() {
    REPORT_QUEUED.set(false);
    let own = own();
    let _entered = Entered::from_host(&own);
    jobs::report_suspects();
}

/// Wakes or calls whom a timer is for.
pub(crate) fn timer_is_due(name: u32, number: u64) {
    let own = own();
    let _entered = Entered::from_host(&own);
    match hosted::named(name) {
        (Kind::Call, slot) => {
            let over = own.callbacks.borrow_mut().is_over(slot, number);
            if over {
                own.call(slot);
            }
        }
        (Kind::Sleep, slot) => match own.timers.fire_hosted(slot, number) {
            Some(Sleeper::Task(task)) => task.wake(),
            Some(Sleeper::Waker(waker)) => waker.wake(),
            None => {}
        },
    }
}

/// Calls `run` with the loop that runs here, which is entered meanwhile.
pub(super) fn enter(run: impl FnOnce(&Rc<Executor>)) {
    let Some(executor) = current_loop() else {
        return;
    };
    let _entered = (!is_entered()).then(|| Entered::from_host(&executor));
    run(&executor);
}

/// The last loop that was entered is left: JavaScript goes on with its own.
pub(super) fn leave() {
    own().fetch();
    jobs::hand_over();
    if jobs::any_suspects() && !REPORT_QUEUED.replace(true) {
        browser::queue_report();
    }
}
