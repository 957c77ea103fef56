//! What a program needs, and how often it names each of its promises and resolvers. Each mention is carried out at most
//! once.

use super::program::{End, Handler, Op, Settle, Slot, Statement, Step};
use std::collections::HashMap;

#[derive(Default)]
pub(crate) struct Mentions {
    pub(crate) promises: HashMap<Slot, usize>,
    pub(crate) resolvers: HashMap<Slot, usize>,
    pub(crate) timers: bool,
    /// Whether it calls async functions.
    pub(crate) spawns: bool,
}

impl Mentions {
    pub(crate) fn of(ops: &[Op]) -> Self {
        let mut mentions = Self::default();
        mentions.block(ops);
        mentions
    }

    fn block(&mut self, ops: &[Op]) {
        for op in ops {
            self.op(op);
        }
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Log(_) | Op::Resolve(..) | Op::Reject(..) | Op::WithResolvers(_) | Op::Clear(_) => {
            }
            Op::State(_, of) | Op::Map { of, .. } => self.promise(*of),
            Op::Settle(slot, settle) => {
                *self.resolvers.entry(*slot).or_default() += 1;
                self.settle(settle);
            }
            Op::Then(_, of, handler) | Op::Catch(_, of, handler) | Op::Finally(_, of, handler) => {
                self.promise(*of);
                self.handler(handler);
            }
            Op::ThenOrElse(_, of, fulfilled, rejected) => {
                self.promise(*of);
                self.handler(fulfilled);
                self.handler(rejected);
            }
            Op::Chain(_, of, steps) => {
                self.spawns = true;
                self.promise(*of);
                for step in &**steps {
                    match step {
                        Step::Then(one) | Step::Catch(one) | Step::Finally(one) => {
                            self.handler(one)
                        }
                        Step::ThenOrElse(one, other) => {
                            self.handler(one);
                            self.handler(other);
                        }
                    }
                }
            }
            Op::Combine(_, _, of) => of.iter().for_each(|slot| self.promise(*slot)),
            Op::Async(_, statements) => {
                self.spawns = true;
                self.statements(statements);
            }
            Op::New(_, body) | Op::Microtask(_, body) => self.block(body),
            Op::Timeout { body, .. } | Op::Interval { body, .. } => {
                self.timers = true;
                self.block(body);
            }
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Op(op) => self.op(op),
                Statement::Await(_, of) | Statement::ReturnAwait(of) => self.promise(*of),
                Statement::Try {
                    body,
                    catch,
                    finally,
                } => {
                    self.statements(body);
                    for (_, body) in catch.iter().chain(finally) {
                        self.statements(body);
                    }
                }
                Statement::AwaitValue(..) | Statement::Return(_) | Statement::Throw(_) => {}
            }
        }
    }

    fn handler(&mut self, handler: &Handler) {
        self.block(&handler.body);
        match &handler.end {
            Some(End::Always(end)) => self.settle(end),
            Some(End::IfOdd(one, other)) => {
                self.settle(one);
                self.settle(other);
            }
            None => {}
        }
    }

    fn settle(&mut self, settle: &Settle) {
        if let Settle::Adopt(slot) = settle {
            self.promise(*slot);
        }
    }

    fn promise(&mut self, slot: Slot) {
        *self.promises.entry(slot).or_default() += 1;
    }
}
