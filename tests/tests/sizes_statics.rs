//! Every source and static with a leaf of 1 KiB: a chain is no larger than what one writes by hand, alone and under `finally`,
//! `timeout` and `retry`.
#![allow(unused_labels)]

mod sizes_kit;

use promise_runtime::prelude::*;
use sizes_kit::*;

sizes! {
    Reason;
    source: [big(1)] 'b { big(1).await }
    resolve: [Promise.resolve(big(1))] 'b { big(1).await }
    reject: [Promise.reject(Reason(1)).catch(e => big(e.0))] 'b { big(1).await }
    try_: [Promise.try(|| big(1))] 'b { big(1).await }
    delay_static: [Promise.delay(SECOND / 4, 5).then(big)] 'b { delay(SECOND / 4).await; big(5).await }
    all_literal: [Promise.all([big(1), big(2)])] 'b { let (a, b) = ok!('b all((big(1), big(2))).await); Ok([a, b]) }
    all_tuple: [Promise.all((big(1), big(2)))] 'b { all((big(1), big(2))).await }
    all_array: [Promise.all([1, 2].map(big))] 'b { all([1, 2].map(big)).await }
    all_iter: [Promise.all((0..2).map(big))] 'b { all((0..2).map(big)).await }
    all_record: [Promise.all({ a: big(1), b: big(2) }).then(({ a, b }) => a + b)] 'b { let (a, b) = ok!('b all((big(1), big(2))).await); Ok(a + b) }
    all_settled_literal: [Promise.allSettled([big(1), big(2)])] 'b { let Ok((a, b)) = all_settled((big(1), big(2))).await; Ok([a, b]) }
    race_literal: [Promise.race([big(1), big(2)])] 'b { race((big(1), big(2))).await }
    any_literal: [Promise.any([big(1), big(2)]).catch(_ => 7)] 'b { match any((big(1), big(2))).await { Ok(v) => Ok(v), Err(_) => Ok(7) } }
    new_promise: [new Promise((resolve, reject) => { if false { reject(Reason(1)) } resolve(5u64) })] 'b { let promise = { let (promise, resolve, reject) = with_resolvers(); if false { reject(Reason(1)) } resolve(5u64); promise }; promise.await }
}
