//! Runs a program on `LocalPromise` and the event loop, and writes the log that Node writes of it.

mod asynchronous;
mod chain;
mod foreign;
mod handlers;
mod log;
mod operations;
mod value;
mod variables;
mod world;

use super::mentions::Mentions;
use super::program::{Program, Ticker};
use promise_runtime::event_loop::{self, Clock, EventLoop};
use promise_runtime::{AggregateError, on_unhandled_rejection};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Once;
use value::{Value, ZERO};
use world::World;

/// How a program runs. JavaScript cannot tell these apart, so the log must not either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// In a virtual loop, with all handles kept until the end.
    Kept,
    /// In a virtual loop, each handle dropped by the last operation that names it; awaited as the only handle, if it is.
    Dropped,
    /// In a virtual loop, with async functions that await with wakers of somebody else's, as in a `join!`.
    ForeignWakers,
    /// Outside: everything is set up before this thread's own loop runs until it is idle.
    Outside,
}

impl Setting {
    /// Those that are possible: nothing can be spawned outside a loop, and this thread's own one has a real clock.
    pub(crate) fn of(program: &Program) -> &'static [Self] {
        let mentions = Mentions::of(&program.body);
        if mentions.spawns {
            &[Self::Kept, Self::Dropped, Self::ForeignWakers]
        } else if mentions.timers || program.ticker == Ticker::Await {
            &[Self::Kept, Self::Dropped]
        } else {
            &[Self::Kept, Self::Dropped, Self::Outside]
        }
    }
}

std::thread_local! {
    /// The program that runs on this thread.
    static CURRENT: RefCell<Option<Rc<World>>> = const { RefCell::new(None) };
}

pub(crate) fn play(program: &Program, setting: Setting) -> String {
    report_rejections();
    let world = Rc::new(World::new(program, setting));
    CURRENT.set(Some(Rc::clone(&world)));
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
    CURRENT.set(None);
    world.clear();
    log
}

/// Has the unhandled rejections of all programs written into their logs.
fn report_rejections() {
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
            CURRENT.with_borrow(|world| {
                let world = world.as_ref().expect("a program runs on this thread");
                world.log(format_args!("!{reason}"));
            });
        });
    });
}
