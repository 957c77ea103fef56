//! A promise program as data: what [`generate`](super::generate) makes, [`javascript`](super::javascript) writes
//! for Node, and [`play`](super::play) runs on `LocalPromise`.

use std::sync::Arc;

/// The variable that holds a promise (`p3`), and its resolvers (`d3`) if it has any.
pub(crate) type Slot = usize;

/// The number that an event is logged with. No two places of a program have the same.
pub(crate) type Event = u32;

/// The variable that holds a timer (`t3`).
pub(crate) type Timer = usize;

pub(crate) type Block = Arc<[Op]>;
pub(crate) type Statements = Arc<[Statement]>;

#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) ticker: Ticker,
    pub(crate) body: Block,
}

/// What counts the turns while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ticker {
    Then,
    Microtask,
    Await,
}

/// What a promise fulfils and rejects with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value, a value.
    Plain,
    /// `all`: a list of values, a value.
    List,
    /// `all_settled`: a list of outcomes, nothing.
    Outcomes,
    /// `any`: a value, an `AggregateError`.
    First,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Expression {
    Constant(i64),
    /// The argument of the innermost handler, or what was awaited last in an async function.
    Argument,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Settle {
    Fulfil(Expression),
    Reject(Expression),
    /// `resolve(promise)`, or a handler that returns a promise.
    Adopt(Slot),
}

/// How a handler ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Always(Settle),
    /// Chosen by what the handler is called with.
    IfOdd(Settle, Settle),
}

#[derive(Clone, Debug)]
pub(crate) struct Handler {
    pub(crate) event: Event,
    pub(crate) body: Block,
    /// `None` only in a `finally` that returns nothing.
    pub(crate) end: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    All,
    AllSettled,
    Any,
    Race,
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Log(Event),
    /// Logs whether the promise is pending, fulfilled or rejected.
    State(Event, Slot),
    Resolve(Slot, Expression),
    Reject(Slot, Expression),
    /// `new Promise(executor)`; the resolvers stay reachable as `d…`.
    New(Slot, Block),
    WithResolvers(Slot),
    /// Calls a resolver, which does nothing if one of the pair was called before.
    Settle(Slot, Settle),
    Map {
        slot: Slot,
        of: Slot,
        event: Event,
        value: Expression,
    },
    Then(Slot, Slot, Handler),
    ThenOrElse(Slot, Slot, Handler, Handler),
    Catch(Slot, Slot, Handler),
    Finally(Slot, Slot, Handler),
    Combine(Slot, Rule, Arc<[Slot]>),
    /// Calls an async function.
    Async(Slot, Statements),
    /// Spawns a cold chain, `promise! { of.then(…)… }`: in JavaScript an async function that awaits `of` and goes on by
    /// itself.
    Chain(Slot, Slot, Arc<[Step]>),
    Microtask(Event, Block),
    Timeout {
        timer: Timer,
        event: Event,
        milliseconds: u64,
        body: Block,
    },
    /// Cleared in its last firing, which alone runs the body.
    Interval {
        timer: Timer,
        event: Event,
        milliseconds: u64,
        times: u32,
        body: Block,
    },
    Clear(Timer),
}

/// A step of a cold chain. No handler chooses by its argument how it ends.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Then(Handler),
    ThenOrElse(Handler, Handler),
    Catch(Handler),
    Finally(Handler),
}

/// What stands in an async function.
#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Op(Op),
    Await(Event, Slot),
    /// `await` of something that is no promise.
    AwaitValue(Event, i64),
    Try {
        body: Statements,
        catch: Option<(Event, Statements)>,
        finally: Option<(Event, Statements)>,
    },
    Return(Expression),
    ReturnAwait(Slot),
    Throw(Expression),
}

impl Statement {
    pub(crate) fn op(&self) -> Option<&Op> {
        match self {
            Self::Op(op) => Some(op),
            _ => None,
        }
    }
}

impl Op {
    /// The promise that it makes.
    pub(crate) fn promise(&self) -> Option<Slot> {
        match self {
            Self::New(slot, _)
            | Self::WithResolvers(slot)
            | Self::Resolve(slot, _)
            | Self::Reject(slot, _)
            | Self::Map { slot, .. }
            | Self::Then(slot, ..)
            | Self::ThenOrElse(slot, ..)
            | Self::Catch(slot, ..)
            | Self::Finally(slot, ..)
            | Self::Combine(slot, ..)
            | Self::Async(slot, _)
            | Self::Chain(slot, ..) => Some(*slot),
            Self::Log(_)
            | Self::State(..)
            | Self::Settle(..)
            | Self::Microtask(..)
            | Self::Timeout { .. }
            | Self::Interval { .. }
            | Self::Clear(_) => None,
        }
    }
}
