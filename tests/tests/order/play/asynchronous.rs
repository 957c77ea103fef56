//! Async functions: async blocks, spawned.

use super::super::kind::{Boxed, HotPromise, Shared, spawn};
use super::foreign::foreign;
use super::lock;
use super::world::{Handle, World, evaluate};
use crate::program::{Slot, Statement, Statements};
use crate::setting::Setting;
use crate::value::{Value, ZERO};
use promise_runtime::prelude::*;
use std::sync::{Arc, Mutex};

pub(super) fn call(world: &Shared<World>, statements: &Statements) -> HotPromise<Value, Value> {
    let function = Function {
        world: Shared::clone(world),
        argument: Mutex::new(ZERO),
    };
    let statements = Arc::clone(statements);
    let body = async move {
        match function.run(&statements).await {
            Flow::Next => Ok(function
                .argument
                .into_inner()
                .expect("nobody panics while it is locked")),
            Flow::Return(value) => Ok(value),
            Flow::Throw(reason) => Err(reason),
        }
    };
    spawn(promise! { body })
}

struct Function {
    world: Shared<World>,
    /// What was awaited or caught last.
    argument: Mutex<Value>,
}

/// How statements ended.
enum Flow {
    Next,
    Return(Value),
    Throw(Value),
}

impl Function {
    fn run<'a>(&'a self, statements: &'a [Statement]) -> Boxed<'a, Flow> {
        Box::pin(async move {
            for statement in statements {
                match self.step(statement).await {
                    Flow::Next => {}
                    flow => return flow,
                }
            }
            Flow::Next
        })
    }

    async fn step(&self, statement: &Statement) -> Flow {
        match statement {
            Statement::Op(op) => {
                let argument = lock(&self.argument).clone();
                self.world.run_one(op, &argument);
                Flow::Next
            }
            Statement::Await(event, slot) => match self.outcome(*slot).await {
                Ok(value) => self.enter(format!("{event}+"), Some(value)),
                Err(reason) => Flow::Throw(reason),
            },
            Statement::AwaitValue(event, number) => {
                let value = HotPromise::<_, Value>::resolve(Value::Number(*number));
                match value.await {
                    Ok(value) => self.enter(format!("{event}+"), Some(value)),
                    Err(_) => unreachable!("it was fulfilled"),
                }
            }
            Statement::Try {
                body,
                catch,
                finally,
            } => {
                let mut flow = self.run(body).await;
                if let Some((event, body)) = catch {
                    if let Flow::Throw(reason) = flow {
                        self.enter(format!("{event}-"), Some(reason));
                        flow = self.run(body).await;
                    }
                }
                if let Some((event, body)) = finally {
                    self.enter(event.to_string(), None);
                    match self.run(body).await {
                        Flow::Next => {}
                        other => flow = other,
                    }
                }
                flow
            }
            Statement::Return(value) => Flow::Return(evaluate(*value, &lock(&self.argument))),
            Statement::ReturnAwait(slot) => match self.outcome(*slot).await {
                Ok(value) => Flow::Return(value),
                Err(reason) => Flow::Throw(reason),
            },
            Statement::Throw(value) => Flow::Throw(evaluate(*value, &lock(&self.argument))),
        }
    }

    fn enter(&self, event: String, argument: Option<Value>) -> Flow {
        match argument {
            Some(value) => {
                self.world.log(format_args!("{event}{value}"));
                *lock(&self.argument) = value;
            }
            None => self.world.log(format_args!("{event}")),
        }
        Flow::Next
    }

    async fn outcome(&self, slot: Slot) -> Result<Value, Value> {
        match self.world.get(slot) {
            Handle::Plain(promise) => match self.world.setting {
                Setting::ForeignWakers => foreign(promise).await,
                Setting::Dropped => match promise.into_unique() {
                    Ok(outcome) => outcome.await,
                    Err(promise) => promise.await,
                },
                Setting::Kept | Setting::Outside => (&promise).await,
            },
            Handle::List(promise) => promise.await.map(Value::from),
            Handle::Outcomes(promise) => {
                let Ok(outcomes) = promise.await;
                Ok(outcomes.into())
            }
            Handle::First(promise) => promise.await.map_err(Value::from),
        }
    }
}
