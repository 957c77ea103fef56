//! The variables of a running program, and its log.

use super::super::kind::{HotPromise, HotReject, HotResolve, Shared, spawn};
use super::lock;
use super::log::Log;
use super::variables::Variables;
use crate::mentions::Mentions;
use crate::program::{Expression, Program, Slot, Ticker, Timer};
use crate::setting::Setting;
use crate::value::Value;
use promise_runtime::event_loop::{TimerId, queue_microtask};
use promise_runtime::prelude::*;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Arguments;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a variable holds, by [`Kind`](crate::program::Kind).
#[derive(Clone)]
pub(super) enum Handle {
    Plain(HotPromise<Value, Value>),
    List(HotPromise<Vec<Value>, Value>),
    Outcomes(HotPromise<Vec<Result<Value, Value>>, Infallible>),
    First(HotPromise<Value, AggregateError<Vec<Value>>>),
}

pub(super) type Resolvers = (HotResolve<Value, Value>, HotReject<Value, Value>);

pub(super) struct World {
    pub(super) setting: Setting,
    over: AtomicBool,
    log: Mutex<Log>,
    ticker: Ticker,
    promises: Variables<Handle>,
    resolvers: Variables<Resolvers>,
    timers: Mutex<HashMap<Timer, TimerId>>,
}

impl World {
    pub(super) fn new(program: &Program, setting: Setting) -> Self {
        let mentions = (setting == Setting::Dropped).then(|| Mentions::of(&program.body));
        let (promises, resolvers) = match mentions {
            Some(mentions) => (Some(mentions.promises), Some(mentions.resolvers)),
            None => (None, None),
        };
        Self {
            setting,
            over: AtomicBool::new(false),
            log: Mutex::default(),
            ticker: program.ticker,
            promises: Variables::new(promises),
            resolvers: Variables::new(resolvers),
            timers: Mutex::default(),
        }
    }

    pub(super) fn log(&self, event: Arguments<'_>) {
        lock(&self.log).write(event);
    }

    /// Gives the log. What runs from now on does nothing: Node stops, but a loop that ends runs the pending `finally`s.
    pub(super) fn end(&self) -> String {
        self.over.store(true, Ordering::Relaxed);
        lock(&self.log).take()
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Lets go of everything: promises whose handlers hold the world would keep it alive.
    pub(super) fn clear(&self) {
        self.promises.clear();
        self.resolvers.clear();
    }

    pub(super) fn set(&self, slot: Slot, promise: impl Into<Handle>) {
        self.promises.set(slot, promise.into());
    }

    pub(super) fn get(&self, slot: Slot) -> Handle {
        self.promises.get(slot)
    }

    pub(super) fn plain(&self, slot: Slot) -> HotPromise<Value, Value> {
        match self.get(slot) {
            Handle::Plain(promise) => promise,
            _ => unreachable!("the generator takes plain promises here"),
        }
    }

    pub(super) fn set_resolvers(&self, slot: Slot, resolvers: Resolvers) {
        self.resolvers.set(slot, resolvers);
    }

    pub(super) fn resolvers(&self, slot: Slot) -> Resolvers {
        self.resolvers.get(slot)
    }

    pub(super) fn set_timer(&self, timer: Timer, id: TimerId) {
        lock(&self.timers).insert(timer, id);
    }

    pub(super) fn timer(&self, timer: Timer) -> TimerId {
        lock(&self.timers)[&timer]
    }

    /// What a timer does first.
    pub(super) fn enter_macrotask(self: &Shared<Self>) {
        lock(&self.log).next_macrotask();
        self.start_ticker();
    }

    /// Counts the turns of this macrotask from here on.
    pub(super) fn start_ticker(self: &Shared<Self>) {
        let world = Shared::clone(self);
        match self.ticker {
            Ticker::Then => world.next_then(),
            Ticker::Microtask => world.next_microtask(),
            Ticker::Await => {
                let ticker = async move {
                    loop {
                        let Ok(()) = HotPromise::<(), Infallible>::resolve(()).await;
                        if !world.tick() {
                            return Ok::<_, Infallible>(());
                        }
                    }
                };
                drop(spawn(promise! { ticker }));
            }
        }
    }

    fn next_then(self: Shared<Self>) {
        let turn = HotPromise::<(), Infallible>::resolve(());
        drop(turn.map(move |()| {
            if self.tick() {
                self.next_then();
            }
        }));
    }

    fn next_microtask(self: Shared<Self>) {
        queue_microtask(move || {
            if self.tick() {
                self.next_microtask();
            }
        });
    }

    fn tick(&self) -> bool {
        lock(&self.log).tick()
    }
}

/// What an expression is worth where the innermost argument is this one.
pub(super) fn evaluate(expression: Expression, argument: &Value) -> Value {
    match expression {
        Expression::Constant(number) => Value::Number(number),
        Expression::Argument => argument.clone(),
    }
}

impl From<HotPromise<Value, Value>> for Handle {
    fn from(promise: HotPromise<Value, Value>) -> Self {
        Self::Plain(promise)
    }
}

impl From<HotPromise<Vec<Value>, Value>> for Handle {
    fn from(promise: HotPromise<Vec<Value>, Value>) -> Self {
        Self::List(promise)
    }
}

impl From<HotPromise<Vec<Result<Value, Value>>, Infallible>> for Handle {
    fn from(promise: HotPromise<Vec<Result<Value, Value>>, Infallible>) -> Self {
        Self::Outcomes(promise)
    }
}

impl From<HotPromise<Value, AggregateError<Vec<Value>>>> for Handle {
    fn from(promise: HotPromise<Value, AggregateError<Vec<Value>>>) -> Self {
        Self::First(promise)
    }
}
