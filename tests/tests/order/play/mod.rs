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
use crate::rejections;
use crate::setting::Setting;
use crate::value::ZERO;
use promise_runtime::event_loop::{self, Clock, EventLoop};
use std::sync::{Mutex, MutexGuard};
use world::World;

pub(crate) fn play(program: &Program, setting: Setting) -> String {
    let world = Shared::new(World::new(program, setting));
    let reporter = Shared::clone(&world);
    let _listening = rejections::listen(move |reason| reporter.log(format_args!("!{reason}")));
    let main = || {
        world.start_ticker();
        world.run(&program.body, &ZERO);
    };
    let log = if setting == Setting::Outside {
        main();
        event_loop::run_until_idle();
        world.end()
    } else {
        let event_loop = EventLoop::with_clock(Clock::Virtual);
        event_loop.run(async { main() });
        event_loop.run_until_idle();
        world.end()
    };
    world.clear();
    log
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while it is locked")
}
