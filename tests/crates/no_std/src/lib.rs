//! Chains without std, and, unless the feature `alloc` is on, without an allocator.
#![no_std]

use core::future::Future;
use core::time::Duration;

use promise_runtime::prelude::*;

/// What a device rejects with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nobody answers.
    Absent,
    /// It answers with a code.
    Code(u8),
    /// It answers too late.
    Late,
}

impl From<TimeoutError> for Fault {
    fn from(_: TimeoutError) -> Self {
        Fault::Late
    }
}

async fn read(register: u8) -> Result<u8, Fault> {
    match register {
        0 => Err(Fault::Absent),
        255 => Err(Fault::Code(1)),
        register => Ok(register),
    }
}

/// Every step, on the stack.
pub fn steps(register: u8) -> impl Future<Output = Result<u8, Fault>> {
    promise! { move <u8, Fault>
        read(register)
            .then(v => { if v > 100 { throw Fault::Code(v) } v + 1 })
            .then(|v| read(v))
            .then(async v => { let w = await read(v); w + 1 })
            .tap(v => assert!(*v > 0))
            .tapCatch(e => assert!(*e != Fault::Late))
            .catch(Fault::Code(code) if code > 200 => 0)
            .delay(Duration::from_millis(1))
            .timeout(Duration::from_millis(10))
            .finally(() => read(1))
            .then(v => v, |_| 0)
    }
}

/// Every static that needs no allocator.
pub async fn statics() -> Result<(u8, u8), Fault> {
    let sum = promise! { Promise.all([read(1), read(2), Promise.resolve(3)]).then(([a, b, c]) => a + b + c) }.await?;
    let page = promise! { Promise.all({ a: read(1), b: 2_u8 }).then(({ a, b }) => ({ sum: a + b })).then(({ sum }) => sum) }.await?;
    let Ok((a, b)) = promise! { Promise.allSettled((read(0), read(1))) }.await;
    let any = promise! { Promise.any([read(0), read(2)]).catch(e => e.errors.len() as u8) }.await;
    let race = promise! { Promise.race([Promise.never(), read(3), Promise.reject(Fault::Absent)]) }
        .await?;
    let array = promise! { Promise.all([1, 2].map(read)) }.await?;
    let Ok(tried) = promise! { Promise.try(|| 5).then(v => v + 1) }.await;
    let waited =
        promise! { <_, Fault> Promise.delay(Duration::from_millis(1), 5).then(v => read(v)) }
            .await?;
    let Ok(any) = any;
    Ok((
        sum + page + any + race + array[0] + tried,
        a.or(b)? + waited,
    ))
}

/// What an allocator adds.
#[cfg(feature = "alloc")]
pub async fn allocated() -> Result<usize, Fault> {
    let many = promise! { Promise.all((1..5).map(read)) }.await?;
    let made = promise! { <usize, Fault> new Promise((resolve, reject) => { if false { reject(Fault::Late) } resolve(1) }) }.await?;
    let boxed: BoxedChain<'_, u8, Fault> = promise! { read(1) }.boxed();
    Ok(many.len() + made + usize::from(boxed.await?))
}
