//! The promises of one thread.

pub(crate) use promise_runtime::LocalBoxedChain as ColdChain;
pub(crate) use promise_runtime::LocalPromise as HotPromise;
pub(crate) use promise_runtime::hot::{LocalReject as HotReject, LocalResolve as HotResolve};
pub(crate) use std::rc::Rc as Shared;

use crate::value::Value;
use promise_runtime::Chain;
use promise_runtime::hot::Reason;
use std::pin::Pin;

/// What handlers and futures have to be.
pub(crate) trait Portable {}
impl<T> Portable for T {}

/// What promises have to hold.
pub(crate) trait Content {}
impl<T> Content for T {}

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

pub(crate) fn boxed(
    chain: Chain<impl Future<Output = Result<Value, Value>> + 'static>,
) -> ColdChain<'static, Value, Value> {
    chain.boxed_local()
}

pub(crate) fn spawn<T: 'static, E: Reason + 'static>(
    chain: Chain<impl Future<Output = Result<T, E>> + 'static>,
) -> HotPromise<T, E> {
    chain.spawn_local()
}
