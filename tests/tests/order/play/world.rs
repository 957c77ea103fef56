//! The variables of a running program, and its log.

use super::Setting;
use super::log::Log;
use super::value::Value;
use super::variables::Variables;
use crate::mentions::Mentions;
use crate::program::{Expression, Program, Slot, Ticker, Timer};
use promise_runtime::event_loop::{TimerId, queue_microtask};
use promise_runtime::hot::{LocalReject, LocalResolve};
use promise_runtime::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Arguments;
use std::rc::Rc;

/// What a variable holds, by [`Kind`](crate::program::Kind).
#[derive(Clone)]
pub(super) enum Handle {
    Plain(LocalPromise<Value, Value>),
    List(LocalPromise<Vec<Value>, Value>),
    Outcomes(LocalPromise<Vec<Result<Value, Value>>, Infallible>),
    First(LocalPromise<Value, AggregateError<Vec<Value>>>),
}

pub(super) type Resolvers = (LocalResolve<Value, Value>, LocalReject<Value, Value>);

pub(super) struct World {
    pub(super) setting: Setting,
    over: Cell<bool>,
    log: RefCell<Log>,
    ticker: Ticker,
    promises: Variables<Handle>,
    resolvers: Variables<Resolvers>,
    timers: RefCell<HashMap<Timer, TimerId>>,
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
            over: Cell::new(false),
            log: RefCell::default(),
            ticker: program.ticker,
            promises: Variables::new(promises),
            resolvers: Variables::new(resolvers),
            timers: RefCell::default(),
        }
    }

    pub(super) fn log(&self, event: Arguments<'_>) {
        self.log.borrow_mut().write(event);
    }

    /// Gives the log. What runs from now on does nothing: Node stops, but a loop that ends runs the pending `finally`s.
    pub(super) fn end(&self) -> String {
        self.over.set(true);
        self.log.borrow_mut().take()
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.get()
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

    pub(super) fn plain(&self, slot: Slot) -> LocalPromise<Value, Value> {
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
        self.timers.borrow_mut().insert(timer, id);
    }

    pub(super) fn timer(&self, timer: Timer) -> TimerId {
        self.timers.borrow()[&timer]
    }

    /// What a timer does first.
    pub(super) fn enter_macrotask(self: &Rc<Self>) {
        self.log.borrow_mut().next_macrotask();
        self.start_ticker();
    }

    /// Counts the turns of this macrotask from here on.
    pub(super) fn start_ticker(self: &Rc<Self>) {
        let world = Rc::clone(self);
        match self.ticker {
            Ticker::Then => world.next_then(),
            Ticker::Microtask => world.next_microtask(),
            Ticker::Await => {
                let ticker = async move {
                    loop {
                        let Ok(()) = LocalPromise::<(), Infallible>::resolve(()).await;
                        if !world.tick() {
                            return Ok::<_, Infallible>(());
                        }
                    }
                };
                drop(promise! { ticker }.spawn_local());
            }
        }
    }

    fn next_then(self: Rc<Self>) {
        let turn = LocalPromise::<(), Infallible>::resolve(());
        drop(turn.map(move |()| {
            if self.tick() {
                self.next_then();
            }
        }));
    }

    fn next_microtask(self: Rc<Self>) {
        queue_microtask(move || {
            if self.tick() {
                self.next_microtask();
            }
        });
    }

    fn tick(&self) -> bool {
        self.log.borrow_mut().tick()
    }
}

/// What an expression is worth where the innermost argument is this one.
pub(super) fn evaluate(expression: Expression, argument: &Value) -> Value {
    match expression {
        Expression::Constant(number) => Value::Number(number),
        Expression::Argument => argument.clone(),
    }
}

impl From<LocalPromise<Value, Value>> for Handle {
    fn from(promise: LocalPromise<Value, Value>) -> Self {
        Self::Plain(promise)
    }
}

impl From<LocalPromise<Vec<Value>, Value>> for Handle {
    fn from(promise: LocalPromise<Vec<Value>, Value>) -> Self {
        Self::List(promise)
    }
}

impl From<LocalPromise<Vec<Result<Value, Value>>, Infallible>> for Handle {
    fn from(promise: LocalPromise<Vec<Result<Value, Value>>, Infallible>) -> Self {
        Self::Outcomes(promise)
    }
}

impl From<LocalPromise<Value, AggregateError<Vec<Value>>>> for Handle {
    fn from(promise: LocalPromise<Value, AggregateError<Vec<Value>>>) -> Self {
        Self::First(promise)
    }
}
