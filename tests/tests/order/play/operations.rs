//! The operations, one after the other.

use super::super::kind::{HotPromise, Shared};
use super::asynchronous;
use super::chain;
use super::handlers::{
    Shape, as_is, as_promise, as_result, by_shape, finisher, handler, then_or_else,
};
use super::world::{Handle, World, evaluate};
use crate::program::{Op, Rule, Settle, Slot};
use crate::value::{Value, ZERO};
use promise_runtime::event_loop::{
    clear_interval, clear_timeout, queue_microtask, set_interval, set_timeout,
};
use promise_runtime::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// Does the same with a handle of whatever kind.
macro_rules! with_promise {
    ($handle:expr, $promise:ident => $result:expr) => {
        match $handle {
            Handle::Plain($promise) => $result,
            Handle::List($promise) => $result,
            Handle::Outcomes($promise) => $result,
            Handle::First($promise) => $result,
        }
    };
}

impl World {
    pub(super) fn run(self: &Shared<Self>, ops: &[Op], argument: &Value) {
        if self.is_over() {
            return;
        }
        for op in ops {
            self.run_one(op, argument);
        }
    }

    pub(super) fn run_one(self: &Shared<Self>, op: &Op, argument: &Value) {
        match op {
            Op::Log(event) => self.log(format_args!("{event}")),
            Op::State(event, slot) => {
                let state = self.state(*slot);
                self.log(format_args!("{event}?{state}"));
            }
            Op::Resolve(slot, value) => {
                self.set(
                    *slot,
                    HotPromise::<Value, Value>::resolve(evaluate(*value, argument)),
                );
            }
            Op::Reject(slot, value) => {
                self.set(
                    *slot,
                    HotPromise::<Value, Value>::reject(evaluate(*value, argument)),
                );
            }
            Op::New(slot, body) => {
                let promise = HotPromise::<Value, Value>::new(|resolve, reject| {
                    self.set_resolvers(*slot, (resolve, reject));
                    self.run(body, &ZERO);
                });
                self.set(*slot, promise);
            }
            Op::WithResolvers(slot) => {
                let (promise, resolve, reject) = HotPromise::<Value, Value>::with_resolvers();
                self.set_resolvers(*slot, (resolve, reject));
                self.set(*slot, promise);
            }
            Op::Settle(slot, settle) => self.settle(*slot, *settle, argument),
            Op::Map {
                slot,
                of,
                event,
                value,
            } => {
                let (world, event, value) = (Shared::clone(self), *event, *value);
                let mapped = self.plain(*of).map(move |argument| {
                    world.log(format_args!("{event}+{argument}"));
                    evaluate(value, &argument)
                });
                self.set(*slot, mapped);
            }
            Op::Then(slot, of, fulfilled) => {
                let (shape, fulfilled) = (Shape::of(fulfilled), handler(self, fulfilled, "+"));
                let then = match self.get(*of) {
                    Handle::Plain(promise) => {
                        by_shape!(shape, product => promise.then(move |value| product(fulfilled(value))))
                    }
                    Handle::List(promise) => {
                        by_shape!(shape, product => promise.then(move |list| product(fulfilled(list.into()))))
                    }
                    Handle::Outcomes(_) | Handle::First(_) => {
                        unreachable!("the generator uses `then_or_else` here")
                    }
                };
                self.set(*slot, then);
            }
            Op::ThenOrElse(slot, of, fulfilled, rejected) => {
                let fulfilled = (Shape::of(fulfilled), handler(self, fulfilled, "+"));
                let rejected = (Shape::of(rejected), handler(self, rejected, "-"));
                let then = with_promise!(self.get(*of), promise => then_or_else(&promise, fulfilled, rejected));
                self.set(*slot, then);
            }
            Op::Catch(slot, of, rejected) => {
                let (shape, rejected) = (Shape::of(rejected), handler(self, rejected, "-"));
                let caught = match self.get(*of) {
                    Handle::Plain(promise) => {
                        by_shape!(shape, product => promise.catch(move |reason| product(rejected(reason))))
                    }
                    Handle::First(promise) => {
                        by_shape!(shape, product => promise.catch(move |error| product(rejected(error.into()))))
                    }
                    Handle::List(_) | Handle::Outcomes(_) => {
                        unreachable!("their values are lists, what a handler gives is none")
                    }
                };
                self.set(*slot, caught);
            }
            Op::Finally(slot, of, finished) if finished.end.is_none() => {
                let finished = finisher(self, finished);
                with_promise!(self.get(*of), promise => self.set(*slot, promise.finally(finished)));
            }
            Op::Finally(slot, of, finished) => {
                let (shape, finished) = (Shape::of(finished), handler(self, finished, ""));
                let promise = self.plain(*of);
                let after =
                    by_shape!(shape, product => promise.finally(move || product(finished(ZERO))));
                self.set(*slot, after);
            }
            Op::Combine(slot, rule, of) => self.combine(*slot, *rule, of),
            Op::Async(slot, statements) => {
                self.set(*slot, asynchronous::call(self, statements));
            }
            Op::Chain(slot, of, steps) => {
                let source = self.plain(*of);
                self.set(*slot, chain::spawn_chain(self, source, steps));
            }
            Op::Microtask(event, body) => {
                let (world, event, body) = (Shared::clone(self), *event, Arc::clone(body));
                queue_microtask(move || {
                    world.log(format_args!("{event}"));
                    world.run(&body, &ZERO);
                });
            }
            Op::Timeout {
                timer,
                event,
                milliseconds,
                body,
            } => {
                let (world, event, body) = (Shared::clone(self), *event, Arc::clone(body));
                let fired = move || {
                    world.enter_macrotask();
                    world.log(format_args!("{event}"));
                    world.run(&body, &ZERO);
                };
                self.set_timer(
                    *timer,
                    set_timeout(fired, Duration::from_millis(*milliseconds)),
                );
            }
            Op::Interval {
                timer,
                event,
                milliseconds,
                times,
                body,
            } => {
                let (world, id, event) = (Shared::clone(self), *timer, *event);
                let (mut fired, times, body) = (0, *times, Arc::clone(body));
                let fire = move || {
                    world.enter_macrotask();
                    world.log(format_args!("{event}"));
                    fired += 1;
                    assert!(fired <= times, "an interval goes on after it was cleared");
                    if fired == times {
                        clear_interval(world.timer(id));
                        world.run(&body, &ZERO);
                    }
                };
                self.set_timer(
                    *timer,
                    set_interval(fire, Duration::from_millis(*milliseconds)),
                );
            }
            Op::Clear(timer) => clear_timeout(self.timer(*timer)),
        }
    }

    fn settle(&self, slot: Slot, settle: Settle, argument: &Value) {
        let (resolve, reject) = self.resolvers(slot);
        match settle {
            Settle::Fulfil(value) => resolve.call(evaluate(value, argument)),
            Settle::Reject(value) => reject.call(evaluate(value, argument)),
            Settle::Adopt(other) => resolve.adopt(self.plain(other)),
        }
    }

    fn combine(&self, slot: Slot, rule: Rule, of: &[Slot]) {
        if rule == Rule::Race && !of.is_empty() {
            let all: Vec<Handle> = of.iter().map(|slot| self.get(*slot)).collect();
            return self.race(slot, all);
        }
        let all = of.iter().map(|slot| self.plain(*slot));
        match rule {
            Rule::All => self.set(slot, HotPromise::all(all)),
            Rule::AllSettled => self.set(slot, HotPromise::all_settled(all)),
            Rule::Any => self.set(slot, HotPromise::any(all)),
            Rule::Race => self.set(slot, HotPromise::race(all)),
        }
    }

    /// The only rule that the generator gives promises of any kind, but all of one.
    fn race(&self, slot: Slot, all: Vec<Handle>) {
        macro_rules! race {
            ($kind:ident) => {
                self.set(
                    slot,
                    HotPromise::race(all.into_iter().map(|handle| match handle {
                        Handle::$kind(promise) => promise,
                        _ => unreachable!("all of one kind"),
                    })),
                )
            };
        }
        match all[0] {
            Handle::Plain(_) => race!(Plain),
            Handle::List(_) => race!(List),
            Handle::Outcomes(_) => race!(Outcomes),
            Handle::First(_) => race!(First),
        }
    }

    fn state(&self, slot: Slot) -> &'static str {
        with_promise!(self.get(slot), promise => {
            let state = promise.state();
            let peeked = match promise.peek() {
                None => PromiseState::Pending,
                Some(Ok(_)) => PromiseState::Fulfilled,
                Some(Err(_)) => PromiseState::Rejected,
            };
            assert_eq!(state, peeked, "`state` and `peek` agree");
            match state {
                PromiseState::Pending => "pending",
                PromiseState::Fulfilled => "fulfilled",
                PromiseState::Rejected => "rejected",
                PromiseState::Cancelled => "cancelled",
            }
        })
    }
}
