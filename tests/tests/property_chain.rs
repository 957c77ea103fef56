//! Chains of a dozen shapes, with sources and handlers that settle as they are told, dropped after any number of polls, against an
//! interpreter of the specification: the same outcome, and the same calls, polls and drops in the same order.

use promise_runtime::prelude::{LocalBoxedChain, promise};
use promise_tests::leaf::Watched;
use promise_tests::{Diary, Token, fulfil, poll_once, reject};
use proptest::prelude::*;
use std::pin::pin;
use std::task::Poll;

/// What a source or handler does.
#[derive(Clone, Debug)]
struct Script {
    fulfils: bool,
    pending: u32,
    /// What a guard says.
    matches: bool,
}

const NAMES: [&str; 7] = ["source", "a", "b", "c", "d", "e", "f"];

#[derive(Clone, Debug)]
struct Scripts(Vec<Script>);

impl Scripts {
    fn of(&self, name: &str) -> &Script {
        &self.0[NAMES
            .iter()
            .position(|other| *other == name)
            .expect("one of the names")]
    }
}

/// The real thing: handlers that write down what they are called with.
struct World {
    diary: Diary,
    scripts: Scripts,
}

impl World {
    fn leaf(&self, name: &'static str) -> Watched<Result<Token, Token>> {
        let token = self.diary.token(format!("{name}'s"));
        let script = self.scripts.of(name);
        let leaf = if script.fulfils {
            fulfil(token)
        } else {
            reject(token)
        };
        leaf.after(script.pending).watched(&self.diary, name)
    }

    fn later<A>(&self, name: &'static str, argument: A) -> Watched<Result<Token, Token>> {
        self.diary.write(format!("call {name}"));
        drop(argument);
        self.leaf(name)
    }

    fn now<A>(&self, name: &'static str, argument: A) -> Result<Token, Token> {
        self.diary.write(format!("call {name}"));
        drop(argument);
        let token = self.diary.token(format!("{name}'s"));
        if self.scripts.of(name).fulfils {
            Ok(token)
        } else {
            Err(token)
        }
    }

    fn matches(&self, name: &'static str) -> bool {
        self.diary.write(format!("guard {name}"));
        self.scripts.of(name).matches
    }
}

type Chain<'a> = LocalBoxedChain<'a, Token, Token>;

/// A step as data: the names of its handlers, and whether they return a future.
enum Step {
    Then(&'static str),
    ThenNow(&'static str),
    ThenOr(&'static str, &'static str),
    /// A nested chain that begins with the handler.
    Nested(&'static str, Vec<Step>),
    Catch(&'static str),
    CatchNow(&'static str),
    CatchIf(&'static str),
    Tap(&'static str),
    TapCatch(&'static str),
    Finally(&'static str),
    FinallyNow(&'static str),
    /// Twice in all.
    Retry,
}
use Step::*;

struct Interpreter<'a> {
    scripts: &'a Scripts,
    polls_left: u32,
    events: Vec<String>,
}

struct Dropped;

/// The outcome is the name of its token.
type Flow = Result<Result<String, String>, Dropped>;

impl Interpreter<'_> {
    fn write(&mut self, line: String) {
        self.events.push(line);
    }

    fn leaf(&mut self, name: &str) -> Flow {
        for pending in (0..=self.scripts.of(name).pending).rev() {
            self.write(format!("poll {name}"));
            if pending > 0 {
                if self.polls_left == 0 {
                    self.unpolled(name);
                    return Err(Dropped);
                }
                self.polls_left -= 1;
            }
        }
        self.write(format!("drop {name}"));
        Ok(self.outcome(name))
    }

    fn unpolled(&mut self, name: &str) {
        self.write(format!("drop {name}"));
        self.write(format!("drop {name}'s"));
    }

    fn outcome(&self, name: &str) -> Result<String, String> {
        let token = format!("{name}'s");
        if self.scripts.of(name).fulfils {
            Ok(token)
        } else {
            Err(token)
        }
    }

    fn call(&mut self, name: &str, argument: Option<String>) {
        self.write(format!("call {name}"));
        if let Some(argument) = argument {
            self.write(format!("drop {argument}"));
        }
    }

    fn later(&mut self, name: &str, argument: String) -> Flow {
        self.call(name, Some(argument));
        self.leaf(name)
    }

    fn now(&mut self, name: &str, argument: String) -> Flow {
        self.call(name, Some(argument));
        Ok(self.outcome(name))
    }

    /// The handler's own value goes; its rejection replaces what it looked at.
    fn aside(&mut self, flow: Flow, kept: Result<String, String>) -> Flow {
        let (Ok(token) | Err(token)) = &kept;
        match flow {
            Err(Dropped) => {
                self.write(format!("drop {token}"));
                Err(Dropped)
            }
            Ok(Ok(value)) => {
                self.write(format!("drop {value}"));
                Ok(kept)
            }
            Ok(Err(reason)) => {
                self.write(format!("drop {token}"));
                Ok(Err(reason))
            }
        }
    }

    fn chain(&mut self, steps: &[Step], source: &str) -> Flow {
        let Some((step, before)) = steps.split_last() else {
            return self.leaf(source);
        };
        if let Retry = step {
            return match self.chain(before, source)? {
                Err(reason) => {
                    self.write(format!("drop {reason}"));
                    self.chain(before, source)
                }
                fulfilled => Ok(fulfilled),
            };
        }
        let outcome = match self.chain(before, source) {
            Ok(outcome) => outcome,
            Err(Dropped) => {
                if let Finally(name) | FinallyNow(name) = step {
                    self.call(name, None);
                    match step {
                        Finally(_) => self.unpolled(name),
                        _ => self.write(format!("drop {name}'s")),
                    }
                }
                return Err(Dropped);
            }
        };
        match (step, outcome) {
            (Then(name), Ok(value)) => self.later(name, value),
            (ThenNow(name), Ok(value)) => self.now(name, value),
            (ThenOr(name, _), Ok(value)) | (ThenOr(_, name), Err(value)) => self.later(name, value),
            (Nested(name, steps), Ok(value)) => {
                self.call(name, Some(value));
                self.chain(steps, name)
            }
            (Catch(name), Err(reason)) => self.later(name, reason),
            (CatchNow(name), Err(reason)) => self.now(name, reason),
            (CatchIf(name), Err(reason)) => {
                self.write(format!("guard {name}"));
                match self.scripts.of(name).matches {
                    true => self.later(name, reason),
                    false => Ok(Err(reason)),
                }
            }
            (Tap(name), kept @ Ok(_)) | (TapCatch(name), kept @ Err(_)) | (Finally(name), kept) => {
                self.call(name, None);
                let flow = self.leaf(name);
                self.aside(flow, kept)
            }
            (FinallyNow(name), kept) => {
                self.call(name, None);
                let flow = Ok(self.outcome(name));
                self.aside(flow, kept)
            }
            (_, passed) => Ok(passed),
        }
    }
}

macro_rules! shapes {
    ($($name:ident: |$world:ident| [$($chain:tt)*], [$($step:expr),*];)*) => {$(
        #[test]
        fn $name() {
            fn chain($world: &World) -> Chain<'_> {
                promise! { <_, Token> $($chain)* }.boxed_local()
            }
            check(chain, &[$($step),*]);
        }
    )*};
}

fn check(chain: impl Fn(&World) -> Chain<'_>, steps: &[Step]) {
    let script =
        (prop::bool::ANY, 0..3u32, prop::bool::ANY).prop_map(|(fulfils, pending, matches)| {
            Script {
                fulfils,
                pending,
                matches,
            }
        });
    let scripts = prop::collection::vec(script, NAMES.len()).prop_map(Scripts);
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) }, |(scripts in scripts, polls in 0..16u32)| {
        let world = World { diary: Diary::new(), scripts: scripts.clone() };
        let outcome = {
            let mut chain = pin!(chain(&world));
            (0..polls).find_map(|_| match poll_once(chain.as_mut()) {
                Poll::Ready(outcome) => Some(outcome.map(|token| token.name().to_owned()).map_err(|token| token.name().to_owned())),
                Poll::Pending => None,
            })
        };
        let mut events = world.diary.take();
        prop_assert_eq!(world.diary.alive(), 0);
        let mut expected = Interpreter { scripts: &scripts, polls_left: polls.saturating_sub(1), events: vec![] };
        let flow = if polls == 0 { Err(Dropped) } else { expected.chain(steps, "source") };
        let reference = flow.ok();
        if outcome.is_some() {
            // The token of the outcome, which this test drops.
            events.pop();
        }
        prop_assert_eq!(&outcome, &reference);
        if polls > 0 {
            prop_assert_eq!(events, expected.events);
        } else {
            prop_assert!(events.is_empty());
        }
    });
}

shapes! {
    thens: |w| [w.leaf("source").then(v => w.later("a", v)).then(|v| w.later("b", v)).then(v => w.now("c", v)).then(v => w.later("d", v))],
        [Then("a"), Then("b"), ThenNow("c"), Then("d")];
    then_catch_then: |w| [w.leaf("source").then(v => w.later("a", v)).catch(r => w.later("b", r)).then(|v| w.later("c", v)).catch(|r| w.now("d", r))],
        [Then("a"), Catch("b"), Then("c"), CatchNow("d")];
    finallys: |w| [w.leaf("source").finally(|| w.later("a", ())).then(v => w.later("b", v)).finally(() => w.now("c", ())).finally(|| w.later("d", ()))],
        [Finally("a"), Then("b"), FinallyNow("c"), Finally("d")];
    taps: |w| [w.leaf("source").tap(v => w.later("a", v)).tap_catch(|r| w.later("b", r)).then(v => w.later("c", v)).tapCatch(r => w.later("d", r)).tap(|v| w.later("e", v))],
        [Tap("a"), TapCatch("b"), Then("c"), TapCatch("d"), Tap("e")];
    tap_under_finally: |w| [w.leaf("source").tap(|v| w.later("a", v)).finally(|| w.later("b", ())).tap_catch(r => w.later("c", r)).finally(() => w.later("d", ()))],
        [Tap("a"), Finally("b"), TapCatch("c"), Finally("d")];
    two_handlers: |w| [w.leaf("source").then(v => w.later("a", v), r => w.later("b", r)).finally(|| w.now("c", ())).then(|v| w.later("d", v), |r| w.later("e", r))],
        [ThenOr("a", "b"), FinallyNow("c"), ThenOr("d", "e")];
    guards: |w| [w.leaf("source").then(v => w.later("a", v)).catch(r if w.matches("b") => w.later("b", r)).catch(r if w.matches("c") => w.later("c", r)).finally(|| w.later("d", ()))],
        [Then("a"), CatchIf("b"), CatchIf("c"), Finally("d")];
    nested: |w| [w.leaf("source").then(v => w.later("a", v).then(x => w.later("b", x)).finally(() => w.later("c", ()))).catch(r => w.later("d", r)).finally(|| w.later("e", ()))],
        [Nested("a", vec![Then("b"), Finally("c")]), Catch("d"), Finally("e")];
    nested_twice: |w| [w.leaf("source").then(v => w.later("a", v).then(x => w.later("b", x).catch(r => w.later("c", r)).finally(|| w.now("d", ()))).finally(|| w.later("e", ()))).finally(() => w.later("f", ()))],
        [Nested("a", vec![Nested("b", vec![Catch("c"), FinallyNow("d")]), Finally("e")]), Finally("f")];
    catches: |w| [w.leaf("source").catch(r => w.later("a", r)).catch(r => w.now("b", r)).catch(|r| w.later("c", r)).finally(|| w.later("d", ()))],
        [Catch("a"), CatchNow("b"), Catch("c"), Finally("d")];
    retried: |w| [w.leaf("source").then(v => w.later("a", v)).finally(|| w.later("b", ())).retry(2).finally(|| w.later("c", ())).catch(r => w.later("d", r))],
        [Then("a"), Finally("b"), Retry, Finally("c"), Catch("d")];
    retried_twice: |w| [w.leaf("source").tap(v => w.later("a", v)).retry(2).tap_catch(r => w.later("b", r)).finally(() => w.later("c", ())).retry(2)],
        [Tap("a"), Retry, TapCatch("b"), Finally("c"), Retry];
    long: |w| [w.leaf("source").then(v => w.later("a", v)).finally(() => w.now("b", ())).tap(v => w.later("c", v)).catch(r if w.matches("d") => w.later("d", r)).then(|v| w.later("e", v), |r| w.later("f", r))],
        [Then("a"), FinallyNow("b"), Tap("c"), CatchIf("d"), ThenOr("e", "f")];
}
