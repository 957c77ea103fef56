//! Runs a program on the event loop with one kind of hot promise, and writes the log that Node writes of it.
//!
//! This text is there twice, once for each `kind`.

mod asynchronous;
mod chain;
mod foreign;
mod handlers;
mod log;
mod operations;
mod variables;
mod world;

use super::kind::Shared;
use crate::program::Program;
use crate::rejections::{self, Listening};
use crate::setting::Setting;
use crate::value::ZERO;
use promise_runtime::event_loop::{self, Clock, EventLoop};
use std::sync::{Mutex, MutexGuard};
use world::World;

pub(crate) fn play(program: &Program, setting: Setting) -> String {
    let running = Running::new(program, setting);
    if setting == Setting::Outside {
        running.start(program);
        event_loop::run_until_idle();
        running.end()
    } else {
        let event_loop = EventLoop::with_clock(Clock::Virtual);
        event_loop.run(async { running.start(program) });
        event_loop.run_until_idle();
        running.end()
    }
}

/// A program that runs on whatever loop there is.
pub(crate) struct Running {
    world: Shared<World>,
    _listening: Listening,
}

impl Running {
    pub(crate) fn new(program: &Program, setting: Setting) -> Self {
        let world = Shared::new(World::new(program, setting));
        let reporter = Shared::clone(&world);
        let listening = rejections::listen(move |reason| reporter.log(format_args!("!{reason}")));
        Self {
            world,
            _listening: listening,
        }
    }

    pub(crate) fn start(&self, program: &Program) {
        self.world.start_ticker();
        self.world.run(&program.body, &ZERO);
    }

    /// Gives the log.
    pub(crate) fn end(self) -> String {
        let log = self.world.end();
        self.world.clear();
        log
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while it is locked")
}
