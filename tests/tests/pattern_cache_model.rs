//! `Cache` against a model: random callers come, are polled, load, fail and are dropped, and the cache forgets, at any time.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use kit::Caller;
use promise_runtime::event_loop::{self, Clock, delay};
use promise_runtime::{Cache, Reject, Resolve, with_resolvers};
use promise_tests::ms;
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

const TTL: u64 = 50;

#[derive(Clone, Debug)]
enum Step {
    Get(u32),
    Refresh(u32),
    Poll(usize),
    Drop(usize),
    Fulfil(usize),
    Reject(usize),
    Delete(u32),
    Clear,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (key, caller) = (0..3_u32, 0..10_usize);
    prop_oneof![
        6 => key.clone().prop_map(Step::Get),
        2 => key.clone().prop_map(Step::Refresh),
        12 => caller.clone().prop_map(Step::Poll),
        3 => caller.clone().prop_map(Step::Drop),
        4 => caller.clone().prop_map(Step::Fulfil),
        2 => caller.prop_map(Step::Reject),
        1 => key.prop_map(Step::Delete),
        1 => Just(Step::Clear),
        2 => (1..60_u64).prop_map(Step::Wait),
    ]
}

type Outcome = Result<usize, usize>;

/// A flight of the model: who is aboard, in order; the first one leads.
struct Flight {
    key: u32,
    /// Whether its value is wanted.
    known: bool,
    aboard: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    New,
    Aboard,
    Landed(Outcome),
    Over,
}

struct Known {
    key: u32,
    refresh: bool,
    stage: Stage,
    /// What its promise says, once it is asked.
    says: Option<Outcome>,
    asleep: bool,
}

#[derive(Default)]
struct Model {
    callers: Vec<Known>,
    flights: Vec<Flight>,
    values: BTreeMap<u32, (usize, u64)>,
    loads: Vec<usize>,
}

impl Model {
    fn value(&self, key: u32, now: u64) -> Option<usize> {
        let (value, since) = self.values.get(&key)?;
        (now - since < TTL).then_some(*value)
    }

    fn flight_of(&mut self, caller: usize) -> Option<usize> {
        self.flights
            .iter()
            .position(|flight| flight.aboard.contains(&caller))
    }

    fn poll(&mut self, caller: usize, now: u64) -> Option<Outcome> {
        let key = self.callers[caller].key;
        self.callers[caller].asleep = false;
        if self.callers[caller].stage == Stage::New {
            if let (false, Some(value)) = (self.callers[caller].refresh, self.value(key, now)) {
                self.callers[caller].stage = Stage::Over;
                return Some(Ok(value));
            }
            self.callers[caller].stage = Stage::Aboard;
            match self
                .flights
                .iter_mut()
                .find(|flight| flight.known && flight.key == key)
            {
                Some(flight) => flight.aboard.push(caller),
                None => self.flights.push(Flight {
                    key,
                    known: true,
                    aboard: vec![caller],
                }),
            }
        }
        match self.callers[caller].stage {
            Stage::Landed(outcome) => {
                self.callers[caller].stage = Stage::Over;
                Some(outcome)
            }
            Stage::Aboard => {
                let index = self.flight_of(caller)?;
                if self.flights[index].aboard[0] != caller {
                    self.callers[caller].asleep = true;
                    return None;
                }
                if !self.loads.contains(&caller) {
                    self.loads.push(caller);
                }
                let outcome = self.callers[caller].says?;
                let flight = self.flights.remove(index);
                if let (true, Ok(value)) = (flight.known, outcome) {
                    self.values.insert(key, (value, now));
                }
                for other in flight.aboard {
                    self.callers[other].stage = Stage::Landed(outcome);
                }
                self.callers[caller].stage = Stage::Over;
                Some(outcome)
            }
            Stage::New | Stage::Over => None,
        }
    }

    fn drop(&mut self, caller: usize) {
        if let Some(index) = self.flight_of(caller) {
            self.flights[index].aboard.retain(|other| *other != caller);
            if self.flights[index].aboard.is_empty() {
                self.flights.remove(index);
            }
        }
        self.callers[caller].stage = Stage::Over;
    }

    /// Callers whose turn it is, though they are asleep.
    fn must_be_woken(&self) -> Vec<usize> {
        let leads = |caller: usize| self.flights.iter().any(|flight| flight.aboard[0] == caller);
        let due = |caller: &usize| match self.callers[*caller].stage {
            Stage::Landed(_) => self.callers[*caller].asleep,
            Stage::Aboard => self.callers[*caller].asleep && leads(*caller),
            Stage::New | Stage::Over => false,
        };
        (0..self.callers.len()).filter(due).collect()
    }

    fn forget(&mut self, key: u32, now: u64) -> bool {
        let mut known = self.value(key, now).is_some();
        for flight in &mut self.flights {
            if flight.key == key {
                known |= flight.known;
                flight.known = false;
            }
        }
        self.values.remove(&key);
        known
    }
}

struct Promise {
    resolve: Resolve<usize, usize>,
    reject: Reject<usize, usize>,
}

async fn against_the_model(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let cache: Cache<u32, usize, usize> = Cache::new(ms(TTL));
    let loads: Rc<RefCell<Vec<usize>>> = Rc::default();
    let (mut callers, mut promises) = (Vec::new(), Vec::new());
    let mut model = Model::default();
    for step in steps {
        let now = event_loop::now().as_millis() as u64;
        match step {
            Step::Get(key) | Step::Refresh(key) => {
                let (number, loads) = (callers.len(), loads.clone());
                let (deferred, resolve, reject) = with_resolvers();
                promises.push(Promise { resolve, reject });
                let load = move || {
                    loads.borrow_mut().push(number);
                    deferred
                };
                let refresh = matches!(step, Step::Refresh(_));
                callers.push(Caller::new(if refresh {
                    cache.refresh(key, load)
                } else {
                    cache.get(key, load)
                }));
                model.callers.push(Known {
                    key,
                    refresh,
                    stage: Stage::New,
                    says: None,
                    asleep: false,
                });
            }
            Step::Poll(caller) if caller < callers.len() && callers[caller].is_pending() => {
                prop_assert_eq!(
                    callers[caller].poll(),
                    model.poll(caller, now),
                    "caller {}",
                    caller
                );
            }
            Step::Drop(caller) if caller < callers.len() && callers[caller].is_pending() => {
                callers[caller].drop_future();
                model.drop(caller);
            }
            Step::Fulfil(caller) if caller < callers.len() => {
                (promises[caller].resolve)(caller);
                model.callers[caller].says.get_or_insert(Ok(caller));
            }
            Step::Reject(caller) if caller < callers.len() => {
                (promises[caller].reject)(caller);
                model.callers[caller].says.get_or_insert(Err(caller));
            }
            Step::Delete(key) => {
                prop_assert_eq!(cache.delete(&key), model.forget(key, now));
            }
            Step::Clear => {
                cache.clear();
                for key in 0..3 {
                    model.forget(key, now);
                }
            }
            Step::Wait(time) => delay(ms(time)).await,
            Step::Poll(_) | Step::Drop(_) | Step::Fulfil(_) | Step::Reject(_) => {}
        }
        let now = event_loop::now().as_millis() as u64;
        for key in 0..3 {
            prop_assert_eq!(cache.peek(&key), model.value(key, now));
            prop_assert_eq!(cache.has(&key), model.value(key, now).is_some());
        }
        prop_assert_eq!(&*loads.borrow(), &model.loads);
        for caller in model.must_be_woken() {
            prop_assert!(
                callers[caller].is_woken(),
                "nobody has woken caller {}",
                caller
            );
        }
    }
    for caller in &mut callers {
        caller.drop_future();
        prop_assert_eq!(caller.kept_wakers(), 0);
    }
    // No flight is left: whoever comes now loads.
    cache.clear();
    let mut fresh = Caller::new(cache.get(0, async || Ok(7)));
    prop_assert_eq!(fresh.poll(), Some(Ok(7)));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn a_cache_does_what_its_model_does(steps in prop::collection::vec(step(), 0..80)) {
        event_loop::run_with(Clock::Virtual, against_the_model(steps))?;
    }
}
