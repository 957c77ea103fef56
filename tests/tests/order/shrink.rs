//! Makes a program that shows a difference as small as it gets.

use super::program::{
    Block, End, Expression, Handler, Op, Program, Settle, Slot, Statement, Statements, Step, Timer,
};
use std::collections::HashSet;

/// The smallest program found by leaving out one thing after the other as long as `differ` holds. It is asked about
/// many at once.
pub(crate) fn shrink(program: &Program, differ: impl Fn(&[Program]) -> Vec<bool>) -> Program {
    let mut smallest = program.clone();
    loop {
        let candidates = smaller(&smallest);
        let found = differ(&candidates).iter().position(|differs| *differs);
        match found {
            Some(index) => smallest = candidates[index].clone(),
            None => return smallest,
        }
    }
}

/// The program without one operation, statement or element, or with a plainer handler, in every way.
fn smaller(program: &Program) -> Vec<Program> {
    let mut programs = Vec::new();
    for place in 0.. {
        let mut cut = Cut {
            left: Some(place),
            promises: HashSet::new(),
            resolvers: HashSet::new(),
            timers: HashSet::new(),
        };
        let body = cut.block(&program.body);
        if cut.left.is_some() {
            break;
        }
        programs.push(Program {
            ticker: program.ticker,
            body,
        });
    }
    programs
}

/// Copies a program without what stands in one place, and without everything that needs that.
struct Cut {
    /// How many places are to be passed before the one.
    left: Option<usize>,
    promises: HashSet<Slot>,
    resolvers: HashSet<Slot>,
    timers: HashSet<Timer>,
}

impl Cut {
    /// Whether this is the place.
    fn here(&mut self) -> bool {
        match self.left {
            Some(0) => {
                self.left = None;
                true
            }
            Some(left) => {
                self.left = Some(left - 1);
                false
            }
            None => false,
        }
    }

    fn block(&mut self, ops: &[Op]) -> Block {
        ops.iter().filter_map(|op| self.op(op)).collect()
    }

    fn op(&mut self, op: &Op) -> Option<Op> {
        if self.here() {
            return None;
        }
        let promise = |cut: &Self, slot: &Slot| cut.promises.contains(slot).then_some(*slot);
        let op = match op {
            Op::Log(_) | Op::Resolve(..) | Op::Reject(..) => op.clone(),
            Op::State(_, of) | Op::Map { of, .. } => {
                promise(self, of)?;
                op.clone()
            }
            Op::New(slot, body) => {
                self.resolvers.insert(*slot);
                Op::New(*slot, self.block(body))
            }
            Op::WithResolvers(slot) => {
                self.resolvers.insert(*slot);
                op.clone()
            }
            Op::Settle(slot, settle) => {
                self.resolvers.get(slot)?;
                Op::Settle(*slot, self.settle(settle))
            }
            Op::Then(slot, of, handler) => {
                Op::Then(*slot, promise(self, of)?, self.handler(handler))
            }
            Op::ThenOrElse(slot, of, one, other) => {
                let of = promise(self, of)?;
                Op::ThenOrElse(*slot, of, self.handler(one), self.handler(other))
            }
            Op::Catch(slot, of, handler) => {
                Op::Catch(*slot, promise(self, of)?, self.handler(handler))
            }
            Op::Finally(slot, of, handler) => {
                Op::Finally(*slot, promise(self, of)?, self.handler(handler))
            }
            Op::Combine(slot, rule, of) => {
                let kept = |slot: &&Slot| promise(self, slot).is_some();
                let kept: Vec<Slot> = of.iter().filter(kept).copied().collect();
                let kept = kept.into_iter().filter(|_| !self.here()).collect();
                Op::Combine(*slot, *rule, kept)
            }
            Op::Chain(slot, of, steps) => {
                let of = promise(self, of)?;
                let steps = steps.iter().filter_map(|step| self.step(step)).collect();
                Op::Chain(*slot, of, steps)
            }
            Op::Async(slot, statements) => Op::Async(*slot, self.statements(statements)),
            Op::Microtask(event, body) => Op::Microtask(*event, self.block(body)),
            Op::Timeout {
                timer,
                event,
                milliseconds,
                body,
            } => {
                self.timers.insert(*timer);
                Op::Timeout {
                    timer: *timer,
                    event: *event,
                    milliseconds: *milliseconds,
                    body: self.block(body),
                }
            }
            Op::Interval {
                timer,
                event,
                milliseconds,
                times,
                body,
            } => {
                self.timers.insert(*timer);
                Op::Interval {
                    timer: *timer,
                    event: *event,
                    milliseconds: *milliseconds,
                    times: *times,
                    body: self.block(body),
                }
            }
            Op::Clear(timer) => {
                self.timers.get(timer)?;
                op.clone()
            }
        };
        self.promises.extend(op.promise());
        Some(op)
    }

    fn statements(&mut self, statements: &[Statement]) -> Statements {
        statements
            .iter()
            .filter_map(|statement| self.statement(statement))
            .collect()
    }

    fn statement(&mut self, statement: &Statement) -> Option<Statement> {
        if let Statement::Op(op) = statement {
            return self.op(op).map(Statement::Op);
        }
        if self.here() {
            return None;
        }
        match statement {
            Statement::Await(_, of) | Statement::ReturnAwait(of) => {
                self.promises.contains(of).then(|| statement.clone())
            }
            Statement::Try {
                body,
                catch,
                finally,
            } => {
                let body = self.statements(body);
                let mut part = |part: &Option<(_, Statements)>| {
                    part.as_ref()
                        .map(|(event, body)| (*event, self.statements(body)))
                };
                Some(Statement::Try {
                    body,
                    catch: part(catch),
                    finally: part(finally),
                })
            }
            _ => Some(statement.clone()),
        }
    }

    fn step(&mut self, step: &Step) -> Option<Step> {
        if self.here() {
            return None;
        }
        Some(match step {
            Step::Then(one) => Step::Then(self.handler(one)),
            Step::ThenOrElse(one, other) => {
                Step::ThenOrElse(self.handler(one), self.handler(other))
            }
            Step::Catch(one) => Step::Catch(self.handler(one)),
            Step::Finally(one) => Step::Finally(self.handler(one)),
        })
    }

    fn handler(&mut self, handler: &Handler) -> Handler {
        let body = self.block(&handler.body);
        let plain = End::Always(Settle::Fulfil(Expression::Constant(0)));
        let end = match handler.end {
            Some(End::Always(Settle::Fulfil(_))) | None => handler.end,
            Some(_) if self.here() => Some(plain),
            Some(End::Always(end)) => Some(End::Always(self.settle(&end))),
            Some(End::IfOdd(one, other)) => {
                Some(End::IfOdd(self.settle(&one), self.settle(&other)))
            }
        };
        Handler {
            event: handler.event,
            body,
            end,
        }
    }

    fn settle(&self, settle: &Settle) -> Settle {
        match settle {
            Settle::Adopt(slot) if !self.promises.contains(slot) => {
                Settle::Fulfil(Expression::Constant(0))
            }
            _ => *settle,
        }
    }
}
