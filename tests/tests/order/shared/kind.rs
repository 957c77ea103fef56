//! The promises of many threads.

pub(crate) use promise_runtime::BoxedChain as ColdChain;
pub(crate) use promise_runtime::Promise as HotPromise;
pub(crate) use promise_runtime::hot::{SharedReject as HotReject, SharedResolve as HotResolve};
pub(crate) use std::sync::Arc as Shared;

use crate::value::Value;
use promise_runtime::Chain;
use promise_runtime::hot::Reason;
use std::pin::Pin;

/// What handlers and futures have to be.
pub(crate) trait Portable: Send {}
impl<T: Send> Portable for T {}

/// What promises have to hold.
pub(crate) trait Content: Send + Sync {}
impl<T: Send + Sync> Content for T {}

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub(crate) fn boxed(
    chain: Chain<impl Future<Output = Result<Value, Value>> + Send + 'static>,
) -> ColdChain<'static, Value, Value> {
    chain.boxed()
}

pub(crate) fn spawn<T, E>(
    chain: Chain<impl Future<Output = Result<T, E>> + Send + 'static>,
) -> HotPromise<T, E>
where
    T: Send + Sync + 'static,
    E: Reason + Send + Sync + 'static,
{
    chain.spawn()
}
