//! `CircuitBreaker` against a model: calls begin, succeed, fail and are dropped at any time and in any order.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use kit::Caller;
use promise_runtime::event_loop::{self, Clock, delay};
use promise_runtime::{
    BreakerError, BreakerState, CircuitBreaker, Reject, Resolve, with_resolvers,
};
use promise_tests::ms;
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone, Debug)]
enum Step {
    Begin,
    Succeed(usize),
    Fail(usize),
    Drop(usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let call = 0..6_usize;
    prop_oneof![
        6 => Just(Step::Begin),
        3 => call.clone().prop_map(Step::Succeed),
        5 => call.clone().prop_map(Step::Fail),
        2 => call.prop_map(Step::Drop),
        3 => (1..150_u64).prop_map(Step::Wait),
    ]
}

/// What calls have done since the last change of state.
#[derive(Default)]
struct Period {
    /// Numbers of the calls that were let through.
    let_through: Vec<usize>,
    dropped: usize,
    /// `true` for a success.
    ends: Vec<bool>,
}

struct Model {
    threshold: usize,
    probes: usize,
    state: BreakerState,
    period: Period,
    open_until: u64,
    openings: u32,
    changes: Vec<BreakerState>,
}

impl Model {
    fn change(&mut self, state: BreakerState) {
        self.state = state;
        self.period = Period::default();
        self.changes.push(state);
    }

    /// Whether the call is let through.
    fn begin(&mut self, call: usize, now: u64) -> bool {
        if self.state == BreakerState::Open && now >= self.open_until {
            self.change(BreakerState::HalfOpen);
        }
        let permits = match self.state {
            BreakerState::Closed => usize::MAX,
            BreakerState::Open => 0,
            BreakerState::HalfOpen => self.probes,
        };
        let through = self.period.let_through.len() - self.period.dropped < permits;
        if through {
            self.period.let_through.push(call);
        }
        through
    }

    fn end(&mut self, call: usize, success: bool, now: u64) {
        if !self.period.let_through.contains(&call) {
            return;
        }
        self.period.ends.push(success);
        let ends = &self.period.ends;
        let failures_in_a_row = ends.iter().rev().take_while(|success| !**success).count();
        let opens = match self.state {
            BreakerState::Closed => failures_in_a_row >= self.threshold,
            BreakerState::HalfOpen => !success,
            BreakerState::Open => false,
        };
        let closes = self.state == BreakerState::HalfOpen
            && ends.iter().filter(|ok| **ok).count() >= self.probes;
        if opens {
            // A hundred milliseconds, doubled each time, at most four hundred.
            self.open_until = now + 100 * 2_u64.pow(self.openings.min(2));
            self.openings += 1;
            self.change(BreakerState::Open);
        } else if closes {
            self.openings = 0;
            self.change(BreakerState::Closed);
        }
    }

    fn drop(&mut self, call: usize) {
        if self.period.let_through.contains(&call) {
            self.period.dropped += 1;
        }
    }
}

type Outcome = Result<(), BreakerError<()>>;

struct Call<F: Future> {
    number: usize,
    caller: Caller<F>,
    resolve: Resolve<(), ()>,
    reject: Reject<(), ()>,
}

async fn run(threshold: u32, probes: u32, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let changes = Rc::new(RefCell::new(Vec::new()));
    let told = changes.clone();
    let breaker = CircuitBreaker::builder()
        .failure_threshold(threshold)
        .recovery_timeout(ms(100))
        .recovery_growth(2.0, ms(400))
        .half_open_probes(probes)
        .on_state_change(move |_, to| told.borrow_mut().push(to))
        .build();
    let mut model = Model {
        threshold: threshold as usize,
        probes: probes as usize,
        state: BreakerState::Closed,
        period: Period::default(),
        open_until: 0,
        openings: 0,
        changes: Vec::new(),
    };
    let mut calls = Vec::new();
    let mut begun = 0;
    for step in steps {
        let now = event_loop::now().as_millis() as u64;
        match step {
            Step::Begin => {
                begun += 1;
                let (deferred, resolve, reject) = with_resolvers::<(), ()>();
                let mut caller = Caller::new(breaker.execute(|| deferred));
                let outcome: Option<Outcome> = caller.poll();
                let through = model.begin(begun, now);
                prop_assert_eq!(outcome, (!through).then_some(Err(BreakerError::Open)));
                if through {
                    calls.push(Call {
                        number: begun,
                        caller,
                        resolve,
                        reject,
                    });
                }
            }
            Step::Succeed(index) | Step::Fail(index) if index < calls.len() => {
                let Call {
                    number,
                    mut caller,
                    resolve,
                    reject,
                } = calls.remove(index);
                let success = matches!(step, Step::Succeed(_));
                let expected = if success {
                    resolve(());
                    Ok(())
                } else {
                    reject(());
                    Err(BreakerError::Inner(()))
                };
                prop_assert_eq!(caller.poll(), Some(expected));
                model.end(number, success, now);
            }
            Step::Drop(index) if index < calls.len() => {
                let call = calls.remove(index);
                model.drop(call.number);
            }
            Step::Wait(time) => delay(ms(time)).await,
            Step::Succeed(_) | Step::Fail(_) | Step::Drop(_) => {}
        }
        prop_assert_eq!(breaker.state(), model.state);
        prop_assert_eq!(&*changes.borrow(), &model.changes);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn a_breaker_does_what_its_model_does(
        threshold in 1..4_u32,
        probes in 1..4_u32,
        steps in prop::collection::vec(step(), 0..80),
    ) {
        event_loop::run_with(Clock::Virtual, run(threshold, probes, steps))?;
    }
}
