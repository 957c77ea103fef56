//! `Pool` against a model that is obviously right: random callers come, are polled, end, panic and are dropped in any order.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use kit::Caller;
use promise_runtime::pattern::pool::{Add, Clearable, UntilCalm};
use promise_runtime::{Deferred, Pool, PoolError, Resolve, with_resolvers};
use proptest::prelude::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

#[derive(Clone, Debug)]
enum Step {
    /// Somebody comes, with this priority.
    Come(i32),
    /// Somebody comes who takes a place without being polled.
    TryCome,
    Poll(usize),
    Drop(usize),
    /// The promise of a caller fulfils.
    Fulfil(usize),
    /// The promise of a caller panics when it is polled next.
    Panic(usize),
    SetConcurrency(usize),
    Pause,
    Resume,
    Clear,
    AwaitIdle,
    AwaitEmpty,
}

fn step() -> impl Strategy<Value = Step> {
    let caller = 0..12_usize;
    prop_oneof![
        4 => (-1..=1).prop_map(Step::Come),
        1 => Just(Step::TryCome),
        12 => caller.clone().prop_map(Step::Poll),
        3 => caller.clone().prop_map(Step::Drop),
        4 => caller.clone().prop_map(Step::Fulfil),
        1 => caller.prop_map(Step::Panic),
        1 => (1..4_usize).prop_map(Step::SetConcurrency),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        1 => Just(Step::Clear),
        1 => Just(Step::AwaitIdle),
        1 => Just(Step::AwaitEmpty),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    New,
    InLine,
    /// Has a slot and has not noticed.
    Called,
    Cleared,
    Running,
    Over,
}

/// A caller as the model sees it.
struct Known {
    priority: i32,
    /// When it joined the line.
    joined: usize,
    stage: Stage,
    fulfilled: bool,
    panics: bool,
    /// It was polled in line, so somebody must wake it.
    asleep: bool,
}

struct Model {
    callers: Vec<Known>,
    concurrency: usize,
    room: usize,
    paused: bool,
    clock: usize,
}

impl Model {
    fn count(&self, stages: &[Stage]) -> usize {
        let counted = |known: &&Known| stages.contains(&known.stage);
        self.callers.iter().filter(counted).count()
    }

    fn running(&self) -> usize {
        self.count(&[Stage::Called, Stage::Running])
    }

    fn waiting(&self) -> usize {
        self.count(&[Stage::InLine])
    }

    fn join(&mut self, caller: usize) {
        self.clock += 1;
        self.callers[caller].joined = self.clock;
        self.callers[caller].stage = Stage::InLine;
    }

    /// Gives free slots to whoever goes first.
    fn call(&mut self) {
        while !self.paused && self.running() < self.concurrency {
            let line = self
                .callers
                .iter_mut()
                .filter(|known| known.stage == Stage::InLine);
            let Some(first) = line.min_by_key(|known| (-known.priority, known.joined)) else {
                return;
            };
            first.stage = Stage::Called;
        }
    }
}

type Task = Box<dyn FnOnce() -> Promise>;

struct Promise {
    deferred: Deferred<u32, String>,
    panics: Rc<RefCell<bool>>,
}

impl Future for Promise {
    type Output = Result<u32, String>;
    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        assert!(!*self.panics.borrow(), "as told");
        std::pin::Pin::new(&mut self.deferred).poll(cx)
    }
}

struct World {
    pool: Pool,
    callers: Vec<Caller<Clearable<Task, Promise>>>,
    resolves: Vec<Resolve<u32, String>>,
    panics: Vec<Rc<RefCell<bool>>>,
    /// Who was started, in order.
    started: Rc<RefCell<Vec<usize>>>,
    model: Model,
    model_started: Vec<usize>,
    calms: Vec<(bool, bool, Caller<UntilCalm>)>,
}

impl World {
    fn new(concurrency: usize, room: usize) -> Self {
        Self {
            pool: Pool::bounded(concurrency, room),
            callers: Vec::new(),
            resolves: Vec::new(),
            panics: Vec::new(),
            started: Rc::default(),
            model: Model {
                callers: Vec::new(),
                concurrency,
                room,
                paused: false,
                clock: 0,
            },
            model_started: Vec::new(),
            calms: Vec::new(),
        }
    }

    fn task(&mut self) -> Task {
        let number = self.resolves.len();
        let (deferred, resolve, _) = with_resolvers();
        let panics = Rc::new(RefCell::new(false));
        self.resolves.push(resolve);
        self.panics.push(panics.clone());
        let started = self.started.clone();
        Box::new(move || {
            started.borrow_mut().push(number);
            Promise { deferred, panics }
        })
    }

    fn come(
        &mut self,
        priority: i32,
        make: impl FnOnce(&Pool, Task) -> Option<Add<Task, Promise>>,
    ) -> bool {
        let task = self.task();
        let Some(add) = make(&self.pool, task) else {
            self.resolves.pop();
            self.panics.pop();
            return false;
        };
        self.callers.push(Caller::new(add.clearable()));
        self.model.callers.push(Known {
            priority,
            joined: 0,
            stage: Stage::New,
            fulfilled: false,
            panics: false,
            asleep: false,
        });
        true
    }

    fn poll(&mut self, number: usize) -> Result<(), TestCaseError> {
        let caller = &mut self.callers[number];
        if !caller.is_pending() {
            return Ok(());
        }
        if self.model.callers[number].stage == Stage::New {
            self.model.join(number);
            self.model.call();
        }
        let known = &mut self.model.callers[number];
        known.asleep = false;
        let expected = match known.stage {
            Stage::Cleared => Some(Ok(Err(PoolError::Cleared))),
            Stage::Called | Stage::Running => {
                if known.stage == Stage::Called {
                    self.model_started.push(number);
                    known.stage = Stage::Running;
                }
                match (known.panics, known.fulfilled) {
                    (true, _) => Some(Err(())),
                    (false, true) => Some(Ok(Ok(7))),
                    (false, false) => None,
                }
            }
            Stage::New | Stage::InLine | Stage::Over => {
                known.asleep = true;
                None
            }
        };
        if expected.is_some() {
            known.stage = Stage::Over;
        }
        let caller = &mut self.callers[number];
        let outcome = match catch_unwind(AssertUnwindSafe(|| caller.poll())) {
            Ok(outcome) => outcome.map(Ok),
            Err(_) => {
                caller.drop_future();
                Some(Err(()))
            }
        };
        prop_assert_eq!(outcome, expected, "the outcome of caller {}", number);
        self.model.call();
        Ok(())
    }

    fn run(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let count = self.callers.len();
        match *step {
            Step::Come(priority) => {
                self.come(priority, |pool, task| {
                    Some(pool.add_with_priority(priority, task))
                });
            }
            Step::TryCome => {
                let free = !self.model.paused && self.model.running() < self.model.concurrency;
                let expected = free || self.model.waiting() < self.model.room;
                let came = self.come(0, |pool, task| pool.try_add(task).ok());
                prop_assert_eq!(came, expected);
                if came {
                    self.model.join(count);
                    self.model.call();
                }
            }
            Step::Poll(number) if number < count => self.poll(number)?,
            Step::Drop(number) if number < count => {
                self.callers[number].drop_future();
                self.model.callers[number].stage = Stage::Over;
                self.model.call();
            }
            Step::Fulfil(number) if number < count => {
                self.resolves[number](7);
                self.model.callers[number].fulfilled = true;
            }
            Step::Panic(number) if number < count => {
                self.panics[number].replace(true);
                self.model.callers[number].panics = true;
            }
            Step::SetConcurrency(concurrency) => {
                self.pool.set_concurrency(concurrency);
                self.model.concurrency = concurrency;
                self.model.call();
            }
            Step::Pause => {
                self.pool.pause();
                self.model.paused = true;
            }
            Step::Resume => {
                self.pool.resume();
                self.model.paused = false;
                self.model.call();
            }
            Step::Clear => {
                let mut cleared = 0;
                for known in &mut self.model.callers {
                    if known.stage == Stage::InLine {
                        known.stage = Stage::Cleared;
                        cleared += 1;
                    }
                }
                prop_assert_eq!(self.pool.clear(), cleared);
            }
            Step::AwaitIdle | Step::AwaitEmpty => {
                let idle = matches!(step, Step::AwaitIdle);
                let future = if idle {
                    self.pool.on_idle()
                } else {
                    self.pool.on_empty()
                };
                let mut caller = Caller::new(future);
                let ready = caller.poll().is_some();
                prop_assert_eq!(ready, self.is_calm(idle));
                if !ready {
                    self.calms.push((idle, false, caller));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn is_calm(&self, idle: bool) -> bool {
        self.model.waiting() == 0 && (!idle || self.model.running() == 0)
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.pool.running(), self.model.running(), "running");
        prop_assert_eq!(self.pool.waiting(), self.model.waiting(), "waiting");
        prop_assert_eq!(&*self.started.borrow(), &self.model_started, "started");
        for (number, known) in self.model.callers.iter().enumerate() {
            let called = matches!(known.stage, Stage::Called | Stage::Cleared);
            if called && known.asleep {
                prop_assert!(
                    self.callers[number].is_woken(),
                    "nobody has woken caller {}",
                    number
                );
            }
            if known.stage == Stage::InLine {
                prop_assert!(
                    !self.callers[number].is_woken(),
                    "caller {} was woken too early",
                    number
                );
            }
        }
        for index in 0..self.calms.len() {
            let calm = self.is_calm(self.calms[index].0);
            let (_, was_calm, caller) = &mut self.calms[index];
            *was_calm |= calm;
            prop_assert_eq!(caller.is_woken(), *was_calm, "calm");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_pool_does_what_its_model_does(
        concurrency in 1..4_usize,
        room in 0..3_usize,
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut world = World::new(concurrency, room);
        for step in &steps {
            world.run(step)?;
            world.check()?;
        }
        for (_, was_calm, caller) in &mut world.calms {
            prop_assert_eq!(caller.poll().is_some(), *was_calm);
        }
        // Whatever has happened, nothing is left behind.
        for caller in &mut world.callers {
            caller.drop_future();
            prop_assert_eq!(caller.kept_wakers(), 0);
        }
        prop_assert_eq!((world.pool.running(), world.pool.waiting()), (0, 0));
    }
}
