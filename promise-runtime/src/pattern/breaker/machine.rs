//! The states of a breaker and what leads from one to the other. Plain data under the breaker's lock; it is told the time.

use super::window::{Recent, Window};
use core::time::Duration;

/// Where a breaker stands.
///
/// ```
/// use promise_runtime::{BreakerState, CircuitBreaker};
/// assert_eq!(CircuitBreaker::builder().build().state(), BreakerState::Closed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// Calls are turned away. It ends with the first call after the recovery time.
    Open,
    /// A few calls go through, as probes; the others are turned away.
    HalfOpen,
}

/// What opens a closed breaker.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// So many failures with no success between them.
    Consecutive(u32),
    /// This part of the calls in a window, which has at least so many.
    Rate {
        rate: f64,
        window: Window,
        minimum: usize,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) rule: Rule,
    pub(super) recovery: Duration,
    /// What `recovery` is multiplied by with each probe that fails.
    pub(super) growth: f64,
    pub(super) longest_recovery: Duration,
    pub(super) probes: u32,
}

/// From one state to another.
pub(super) type Change = (BreakerState, BreakerState);

/// Which period between two changes of state a call belongs to. What it does after that period does not count.
pub(super) type Period = usize;

impl Settings {
    /// Whether [`Machine::leave`] needs the time. It costs more than all the rest.
    pub(super) fn needs_time(&self, failed: bool) -> bool {
        let timed = matches!(
            self.rule,
            Rule::Rate {
                window: Window::Time(_),
                ..
            }
        );
        failed || timed
    }
}

/// What a call mostly finds: then it needs no lock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance {
    pub(super) period: Period,
    /// Every call goes through.
    pub(super) closed: bool,
    /// A success of this period changes nothing.
    pub(super) calm: bool,
}

impl Glance {
    const CLOSED: usize = 1;
    const CALM: usize = 2;
    const FLAGS: u32 = 2;

    pub(super) fn to_word(self) -> usize {
        let closed = if self.closed { Self::CLOSED } else { 0 };
        let calm = if self.calm { Self::CALM } else { 0 };
        self.period << Self::FLAGS | closed | calm
    }

    pub(super) fn from_word(word: usize) -> Self {
        Self {
            period: word >> Self::FLAGS,
            closed: word & Self::CLOSED != 0,
            calm: word & Self::CALM != 0,
        }
    }
}

#[derive(Debug)]
pub(super) struct Machine {
    settings: Settings,
    state: BreakerState,
    period: Period,
    /// Closed, with the first rule: failures with no success between them.
    consecutive: u32,
    /// Closed, with the second rule.
    recent: Option<Recent>,
    /// Open: until when.
    opens_until: Duration,
    /// How often it has opened since it was closed last.
    openings: i32,
    /// Half-open: probes under way, and those that succeeded.
    probing: u32,
    succeeded: u32,
}

impl Machine {
    pub(super) fn new(settings: Settings) -> Self {
        let recent = match settings.rule {
            Rule::Consecutive(_) => None,
            Rule::Rate { window, .. } => Some(Recent::new(window)),
        };
        Self {
            settings,
            state: BreakerState::Closed,
            period: 0,
            consecutive: 0,
            recent,
            opens_until: Duration::ZERO,
            openings: 0,
            probing: 0,
            succeeded: 0,
        }
    }

    pub(super) fn state(&self) -> BreakerState {
        self.state
    }

    fn change(&mut self, to: BreakerState) -> Change {
        let from = core::mem::replace(&mut self.state, to);
        self.period += 1;
        (from, to)
    }

    /// What can be known of the state without the lock.
    pub(super) fn glance(&self) -> Glance {
        let closed = self.state == BreakerState::Closed;
        let counts = matches!(self.settings.rule, Rule::Consecutive(_));
        Glance {
            period: self.period,
            closed,
            calm: closed && counts && self.consecutive == 0,
        }
    }

    /// A call wants to go through: `None` turns it away. The time matters only to an open breaker.
    pub(super) fn enter(&mut self, now: Duration) -> (Option<Period>, Option<Change>) {
        match self.state {
            BreakerState::Closed => (Some(self.period), None),
            BreakerState::Open if now < self.opens_until => (None, None),
            BreakerState::Open => {
                self.probing = 1;
                self.succeeded = 0;
                let change = self.change(BreakerState::HalfOpen);
                (Some(self.period), Some(change))
            }
            // Those that succeeded keep their permit: it takes `probes` calls to decide, and never more.
            BreakerState::HalfOpen if self.probing + self.succeeded < self.settings.probes => {
                self.probing += 1;
                (Some(self.period), None)
            }
            BreakerState::HalfOpen => (None, None),
        }
    }

    /// A call of this period is dropped: it says nothing about the service.
    pub(super) fn give_back(&mut self, period: Period) {
        if period == self.period && self.state == BreakerState::HalfOpen {
            self.probing -= 1;
        }
    }

    /// A call of this period has ended. Whether the time matters, [`Settings::needs_time`] says.
    pub(super) fn leave(&mut self, period: Period, failed: bool, now: Duration) -> Option<Change> {
        if period != self.period {
            return None;
        }
        match self.state {
            BreakerState::Closed => self.tips(failed, now).then(|| self.open(now)),
            BreakerState::HalfOpen if failed => Some(self.open(now)),
            BreakerState::HalfOpen => {
                self.probing -= 1;
                self.succeeded += 1;
                (self.succeeded >= self.settings.probes).then(|| self.close())
            }
            BreakerState::Open => None,
        }
    }

    /// Takes a call into account, and says whether it was one failure too many.
    fn tips(&mut self, failed: bool, now: Duration) -> bool {
        match self.settings.rule {
            Rule::Consecutive(threshold) => {
                self.consecutive = if failed { self.consecutive + 1 } else { 0 };
                self.consecutive >= threshold
            }
            Rule::Rate { rate, minimum, .. } => self.recent.as_mut().is_some_and(|recent| {
                let tally = recent.add(failed, now);
                failed
                    && tally.calls >= minimum
                    && tally.failures as f64 >= rate * tally.calls as f64
            }),
        }
    }

    fn open(&mut self, now: Duration) -> Change {
        let Settings {
            recovery,
            growth,
            longest_recovery,
            ..
        } = self.settings;
        // Finite, so that nothing times it is nothing.
        let factor = growth.powi(self.openings).min(f64::MAX);
        // Floats would round a time that has not grown.
        let time = if factor == 1.0 {
            recovery
        } else {
            let grown = recovery.as_secs_f64() * factor;
            Duration::try_from_secs_f64(grown).unwrap_or(Duration::MAX)
        };
        self.opens_until = now.saturating_add(time.min(longest_recovery));
        self.openings = self.openings.saturating_add(1);
        self.change(BreakerState::Open)
    }

    fn close(&mut self) -> Change {
        self.openings = 0;
        self.consecutive = 0;
        if let Some(recent) = &mut self.recent {
            recent.clear();
        }
        self.change(BreakerState::Closed)
    }
}
