//! How handlers and promises end.

use super::choices::{Scope, of_kind};
use super::{DELAYS, Generator};
use crate::program::{End, Expression, Handler, Kind, Op, Settle, Slot, Step};

impl Generator {
    /// Settles most of what is pending, and logs the outcome of most promises, from these places of the scope on.
    pub(super) fn finish(
        &mut self,
        ops: &mut Vec<Op>,
        scope: &mut Scope,
        promises: usize,
        resolvers: usize,
    ) {
        for index in resolvers..scope.resolvers.len() {
            if self.random.chance(30) {
                continue;
            }
            let slot = scope.resolvers[index];
            let settle = Op::Settle(slot, self.settle(scope, slot));
            ops.push(match self.random.below(5) {
                0 => Op::Microtask(self.event(), [settle].into()),
                1 if scope.generation < DELAYS.len() => Op::Timeout {
                    timer: self.fresh_timer(),
                    event: self.event(),
                    milliseconds: self.random.pick(DELAYS[scope.generation]),
                    body: [settle].into(),
                },
                _ => settle,
            });
        }
        for index in promises..scope.promises.len() {
            let of = scope.promises[index].0;
            let mut handler = || Handler {
                event: self.event(),
                body: [].into(),
                end: Some(End::Always(Settle::Fulfil(Expression::Argument))),
            };
            let (fulfilled, rejected) = (handler(), handler());
            if self.random.chance(50) {
                ops.push(Op::ThenOrElse(self.fresh_slot(), of, fulfilled, rejected));
            }
        }
    }

    pub(super) fn handler(&mut self, scope: &Scope) -> Handler {
        let mut inner = scope.inner();
        let event = self.event();
        let body = self.block(&mut inner);
        let end = if self.random.chance(12) {
            let (one, other) = (self.ending(&inner), self.ending(&inner));
            End::IfOdd(one, other)
        } else {
            End::Always(self.ending(&inner))
        };
        Handler {
            event,
            body,
            end: Some(end),
        }
    }

    pub(super) fn step(&mut self, scope: &Scope) -> Step {
        let choice = self.random.below(4);
        let mut handler = || {
            let mut handler = self.handler(scope);
            if let Some(End::IfOdd(end, _)) = handler.end {
                handler.end = Some(End::Always(end));
            }
            handler
        };
        let one = handler();
        match choice {
            0 => Step::Then(one),
            1 => Step::Catch(one),
            2 => Step::Finally(one),
            _ => Step::ThenOrElse(one, handler()),
        }
    }

    fn ending(&mut self, scope: &Scope) -> Settle {
        match self.random.below(10) {
            0..=3 => Settle::Fulfil(self.expression(scope)),
            4..=5 => Settle::Reject(self.expression(scope)),
            _ => self.adopt(scope, None),
        }
    }

    pub(super) fn settle(&mut self, scope: &Scope, own: Slot) -> Settle {
        match self.random.below(10) {
            0..=3 => Settle::Fulfil(self.expression(scope)),
            4..=5 => Settle::Reject(self.expression(scope)),
            _ => self.adopt(scope, Some(own)),
        }
    }

    /// Not `own`: no promise can adopt itself.
    fn adopt(&mut self, scope: &Scope, own: Option<Slot>) -> Settle {
        let mut others = of_kind(scope, &[Kind::Plain]);
        others.retain(|slot| Some(*slot) != own);
        match self.recent(&others) {
            Some(slot) => Settle::Adopt(*slot),
            None => Settle::Fulfil(self.expression(scope)),
        }
    }
}
