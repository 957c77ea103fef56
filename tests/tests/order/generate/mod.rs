//! From a seed to a program. The golden logs belong to exactly this generator: whoever changes it writes them anew.
//!
//! A block names only promises that stand before it, in itself or around it, so each exists by the time it is used, and
//! no promise can come to adopt itself: there JavaScript rejects with a `TypeError`, and `LocalPromise` panics.

mod choices;
mod handlers;
mod statements;

use crate::program::{Block, Event, Kind, Op, Program, Rule, Slot, Ticker, Timer};
use crate::random::Random;
use choices::{ANY_KIND, Scope, of_kind};

pub(crate) fn generate(seed: u64) -> Program {
    make(seed, false)
}

/// A program in which the same things happen in whatever order its reactions run, as long as causes come before effects: no
/// races, and no promise that is settled in two places.
pub(crate) fn generate_confluent(seed: u64) -> Program {
    make(seed, true)
}

fn make(seed: u64, confluent: bool) -> Program {
    let mut random = Random::new(seed);
    let ticker = random.pick(&[Ticker::Then, Ticker::Microtask, Ticker::Await]);
    let mut weights = WEIGHTS;
    // Some kinds of operation are missing and others frequent, so that rare neighbours meet.
    if random.chance(60) {
        for weight in &mut weights {
            *weight *= random.pick(&[0, 1, 1, 4]);
        }
    }
    if confluent {
        for index in IN_ORDER {
            weights[index] = 0;
        }
    }
    // Without promises there is nothing to do.
    weights[RESOLVE] += 1;
    let longest = random.pick(&[4, 7, 10, 14]);
    let mut generator = Generator {
        fuel: longest * 3,
        random,
        confluent,
        weights,
        events: 0,
        values: 0,
        slots: 0,
        timers: 0,
    };
    let mut body = Vec::new();
    let mut scope = Scope::default();
    generator.block_into(&mut body, &mut scope, longest, |op| op);
    generator.finish(&mut body, &mut scope, 0, 0);
    Program {
        ticker,
        body: body.into(),
    }
}

/// Delays in milliseconds of timers set by the program itself, by its timers, and by theirs. No two timers are due
/// within 40 ms of each other unless Node keeps them in one list, so its order does not depend on the machine's load.
const DELAYS: [&[u64]; 3] = [&[0, 1, 1, 100, 100, 140, 200], &[400, 400, 800], &[1200]];

/// Of an interval, which fires up to two times.
const PERIOD: u64 = 140;

const RESOLVE: usize = 0;

/// In the order of the arms in [`Generator::op`].
const WEIGHTS: [usize; 21] = [
    8, 5, 6, 3, 4, 4, 14, 6, 16, 8, 9, 10, 5, 2, 3, 3, 10, 4, 4, 2, 4,
];

/// Those whose effect depends on the order: a second settling, `all`, `any`, `race`, clearing, and looking at a state.
const IN_ORDER: [usize; 7] = [5, 6, 12, 14, 15, 19, 20];

struct Generator {
    random: Random,
    confluent: bool,
    weights: [usize; WEIGHTS.len()],
    /// How many operations may still be tried in all.
    fuel: usize,
    events: Event,
    values: i64,
    slots: Slot,
    timers: Timer,
}

impl Generator {
    fn block(&mut self, scope: &mut Scope) -> Block {
        let longest = self.random.pick(&[0, 0, 1, 1, 2, 3]);
        let (promises, resolvers) = (scope.promises.len(), scope.resolvers.len());
        let mut ops = Vec::new();
        self.block_into(&mut ops, scope, longest, |op| op);
        self.finish(&mut ops, scope, promises, resolvers);
        ops.into()
    }

    /// Appends up to `longest` operations, each as `wrap` makes it.
    fn block_into<T>(
        &mut self,
        into: &mut Vec<T>,
        scope: &mut Scope,
        longest: usize,
        wrap: impl Fn(Op) -> T,
    ) {
        let mut made = 0;
        while made < longest && self.fuel > 0 {
            self.fuel -= 1;
            match self.op(scope) {
                Some(op) => into.push(wrap(op)),
                None => continue,
            }
            made += 1;
        }
    }

    /// `None` if what was chosen cannot be here.
    fn op(&mut self, scope: &mut Scope) -> Option<Op> {
        let choice = self.random.weighted(&self.weights);
        if scope.depth > 4 && matches!(choice, 4 | 16..=18) {
            return None;
        }
        Some(match choice {
            RESOLVE => {
                let value = self.expression(scope);
                Op::Resolve(self.slot(scope, Kind::Plain), value)
            }
            1 => {
                let value = self.expression(scope);
                Op::Reject(self.slot(scope, Kind::Plain), value)
            }
            2 => self.pending(scope),
            3 => {
                let slot = self.fresh_slot();
                // Whatever is registered later finds a promise that is settled or locked in.
                let settle = self.settle(scope, slot);
                scope.promises.push((slot, Kind::Plain));
                if !self.confluent {
                    scope.resolvers.push(slot);
                }
                Op::New(slot, [Op::Settle(slot, settle)].into())
            }
            4 => {
                let mut inner = scope.inner();
                let slot = self.fresh_slot();
                inner.resolvers.push(slot);
                let body = self.block(&mut inner);
                scope.promises.push((slot, Kind::Plain));
                scope.resolvers.push(slot);
                Op::New(slot, body)
            }
            5 | 6 => {
                let slot = *self.recent(&scope.resolvers)?;
                Op::Settle(slot, self.settle(scope, slot))
            }
            7 => {
                let of = self.promise(scope, &[Kind::Plain])?;
                let (event, value) = (self.event(), self.argument());
                let slot = self.slot(scope, Kind::Plain);
                Op::Map {
                    slot,
                    of,
                    event,
                    value,
                }
            }
            8 => {
                let of = self.promise(scope, &[Kind::Plain, Kind::List])?;
                let handler = self.handler(scope);
                Op::Then(self.slot(scope, Kind::Plain), of, handler)
            }
            9 => {
                let of = self.promise(scope, &ANY_KIND)?;
                let (fulfilled, rejected) = (self.handler(scope), self.handler(scope));
                Op::ThenOrElse(self.slot(scope, Kind::Plain), of, fulfilled, rejected)
            }
            10 => {
                let of = self.promise(scope, &[Kind::Plain, Kind::First])?;
                let handler = self.handler(scope);
                Op::Catch(self.slot(scope, Kind::Plain), of, handler)
            }
            11 => {
                let (of, kind) = self.promise_of_any_kind(scope)?;
                let mut handler = self.handler(scope);
                // The others reject with something else than what a handler here makes.
                if kind != Kind::Plain || self.random.chance(40) {
                    handler.end = None;
                }
                Op::Finally(self.slot(scope, kind), of, handler)
            }
            12..=15 => self.combine(scope, choice)?,
            16 if self.random.chance(30) => {
                let of = self.promise(scope, &[Kind::Plain])?;
                let length = 1 + self.random.below(4);
                let steps = (0..length).map(|_| self.step(scope)).collect();
                Op::Chain(self.slot(scope, Kind::Plain), of, steps)
            }
            16 => {
                let mut inner = scope.inner();
                let length = 1 + self.random.below(4);
                let body = self.statements(&mut inner, length);
                Op::Async(self.slot(scope, Kind::Plain), body)
            }
            17 => {
                let event = self.event();
                Op::Microtask(event, self.block(&mut scope.inner()))
            }
            18 => self.timer(scope)?,
            19 => Op::Clear(*self.recent(&scope.timers)?),
            _ => {
                let event = self.event();
                match self.promise(scope, &ANY_KIND) {
                    Some(of) if self.random.chance(70) => Op::State(event, of),
                    _ => Op::Log(event),
                }
            }
        })
    }

    fn pending(&mut self, scope: &mut Scope) -> Op {
        let slot = self.slot(scope, Kind::Plain);
        scope.resolvers.push(slot);
        if self.random.chance(50) {
            Op::WithResolvers(slot)
        } else {
            Op::New(slot, [].into())
        }
    }

    fn combine(&mut self, scope: &mut Scope, choice: usize) -> Option<Op> {
        let (rule, kind) = match choice {
            12 => (Rule::All, Kind::List),
            13 => (Rule::AllSettled, Kind::Outcomes),
            14 => (Rule::Any, Kind::First),
            _ => (Rule::Race, Kind::Plain),
        };
        let mut of = Vec::new();
        let mut result = kind;
        if rule == Rule::Race && self.random.chance(15) {
            // `race` takes every kind, and gives the same.
            let (slot, kind) = self.promise_of_any_kind(scope)?;
            of = vec![slot];
            result = kind;
            let alike: Vec<Slot> = of_kind(scope, &[kind]);
            of.push(self.random.pick(&alike));
        } else {
            for _ in 0..self.random.pick(&[0, 1, 2, 2, 3, 3, 4]) {
                of.push(self.promise(scope, &[Kind::Plain])?);
            }
        }
        Some(Op::Combine(self.slot(scope, result), rule, of.into()))
    }

    fn timer(&mut self, scope: &mut Scope) -> Option<Op> {
        let delays = DELAYS.get(scope.generation)?;
        let (event, timer) = (self.event(), self.fresh_timer());
        let mut inner = scope.inner();
        inner.generation += 1;
        inner.timers.push(timer);
        let interval = scope.generation == 0 && self.random.chance(15);
        let milliseconds = if interval {
            PERIOD
        } else {
            self.random.pick(delays)
        };
        let times = 1 + self.random.below(2) as u32;
        let body = self.block(&mut inner);
        scope.timers.push(timer);
        Some(if interval {
            Op::Interval {
                timer,
                event,
                milliseconds,
                times,
                body,
            }
        } else {
            Op::Timeout {
                timer,
                event,
                milliseconds,
                body,
            }
        })
    }
}
