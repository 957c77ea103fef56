//! What an operation can name, and which of it is taken.

use super::Generator;
use crate::program::{Event, Expression, Kind, Slot, Timer};

#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) promises: Vec<(Slot, Kind)>,
    pub(super) resolvers: Vec<Slot>,
    pub(super) timers: Vec<Timer>,
    /// How many handlers, functions and timers stand around it.
    pub(super) depth: usize,
    /// How many timers stand around it.
    pub(super) generation: usize,
}

impl Scope {
    pub(super) fn inner(&self) -> Self {
        let mut inner = self.clone();
        inner.depth += 1;
        inner
    }
}

impl Generator {
    pub(super) fn expression(&mut self, scope: &Scope) -> Expression {
        if scope.depth > 0 && self.random.chance(30) {
            Expression::Argument
        } else {
            Expression::Constant(self.value())
        }
    }

    pub(super) fn argument(&mut self) -> Expression {
        if self.random.chance(50) {
            Expression::Argument
        } else {
            Expression::Constant(self.value())
        }
    }

    pub(super) fn promise(&mut self, scope: &Scope, kinds: &[Kind]) -> Option<Slot> {
        self.recent(&of_kind(scope, kinds)).copied()
    }

    pub(super) fn promise_of_any_kind(&mut self, scope: &Scope) -> Option<(Slot, Kind)> {
        self.recent(&scope.promises).copied()
    }

    /// One of them, more often one of the last three: chains get long.
    pub(super) fn recent<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let choices = if self.random.chance(60) {
            &all[all.len().saturating_sub(3)..]
        } else {
            all
        };
        (!choices.is_empty()).then(|| &choices[self.random.below(choices.len())])
    }

    pub(super) fn slot(&mut self, scope: &mut Scope, kind: Kind) -> Slot {
        let slot = self.fresh_slot();
        scope.promises.push((slot, kind));
        slot
    }

    pub(super) fn fresh_slot(&mut self) -> Slot {
        self.slots += 1;
        self.slots - 1
    }

    pub(super) fn fresh_timer(&mut self) -> Timer {
        self.timers += 1;
        self.timers - 1
    }

    pub(super) fn event(&mut self) -> Event {
        self.events += 1;
        self.events
    }

    /// A number of its own, so that a log shows where a value came from.
    pub(super) fn value(&mut self) -> i64 {
        self.values += 1;
        self.values
    }
}

pub(super) const ANY_KIND: [Kind; 4] = [Kind::Plain, Kind::List, Kind::Outcomes, Kind::First];

pub(super) fn of_kind(scope: &Scope, kinds: &[Kind]) -> Vec<Slot> {
    let fits = |promise: &&(Slot, Kind)| kinds.contains(&promise.1);
    scope
        .promises
        .iter()
        .filter(fits)
        .map(|promise| promise.0)
        .collect()
}
