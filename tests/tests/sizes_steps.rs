//! Every step and static with a leaf of 1 KiB: a chain is no larger than what one writes by hand, alone and under `finally`,
//! `timeout` and `retry`.
#![allow(unused_labels)]

mod sizes_kit;

use promise_runtime::prelude::*;
use sizes_kit::*;

sizes! {
    Reason;
    then_arrow_future: [big(1).then(v => big(v))] 'b { let v = ok!('b big(1).await); big(v).await }
    then_closure_future: [big(1).then(|v| big(v))] 'b { let v = ok!('b big(1).await); big(v).await }
    then_path_future: [big(1).then(big)] 'b { let v = ok!('b big(1).await); big(v).await }
    then_arrow_plain: [big(1).then(v => v + 1)] 'b { let v = ok!('b big(1).await); Ok(v + 1) }
    then_arrow_plain16: [big(1).then(v => [v; 16])] 'b { let v = ok!('b big(1).await); Ok([v; 16]) }
    then_arrow_value: [big(1).then(v => v.wrapping_add(1))] 'b { let v = ok!('b big(1).await); Ok(v + 1) }
    then_closure_plain: [big(1).then(|v| v + 1)] 'b { let v = ok!('b big(1).await); Ok(v + 1) }
    then_closure_plain16: [big(1).then(|v| [v; 16])] 'b { let v = ok!('b big(1).await); Ok([v; 16]) }
    then_arrow_result: [big(1).then(v => check(v))] 'b { let v = ok!('b big(1).await); check(v) }
    then_closure_result: [big(1).then(|v| check(v))] 'b { let v = ok!('b big(1).await); check(v) }
    then_arrow_throw: [big(1).then(v => { if v > 5 { throw Reason(v) } v })] 'b { let v = ok!('b big(1).await); if v > 5 { break 'b Err(Reason(v)) } Ok(v) }
    then_arrow_question: [big(1).then(v => check(v)? + 1)] 'b { let v = ok!('b big(1).await); let w = ok!('b check(v)); Ok(w + 1) }
    async_arrow: [big(1).then(async v => { let w = await big(v); v + w })] 'b { let v = ok!('b big(1).await); let w = ok!('b big(v).await); Ok(v + w) }
    async_arrow_postfix: [big(1).then(async v => { let w = big(v).await?; v + w })] 'b { let v = ok!('b big(1).await); let w = ok!('b big(v).await); Ok(v + w) }
    async_closure: [big(1).then(async |v| { let w = big(v).await?; Ok::<_, Reason>(v + w) })] 'b { let v = ok!('b big(1).await); let f = async |v| { let w = big(v).await?; Ok::<_, Reason>(v + w) }; f(v).await }
    nested_in_tail: [big(1).then(v => big(v).then(w => v + w))] 'b { let v = ok!('b big(1).await); let w = ok!('b big(v).await); Ok(v + w) }
    two_handlers: [big(1).then(v => big(v), e => big(e.0))] 'b { match big(1).await { Ok(v) => big(v).await, Err(e) => big(e.0).await } }
    two_handlers_plain: [big(1).then(|v| v + 1, |e| e.0)] 'b { match big(1).await { Ok(v) => Ok(v + 1), Err(e) => Ok(e.0) } }
    catch_total_future: [big(1).catch(e => big(e.0))] 'b { match big(1).await { Ok(v) => Ok(v), Err(e) => big(e.0).await } }
    catch_closure_future: [big(1).catch(|e| big(e.0))] 'b { match big(1).await { Ok(v) => Ok(v), Err(e) => big(e.0).await } }
    catch_arms: [big(1).catch(Reason(1) => 5, Reason(n) if n > 3 => big(n))] 'b { match big(1).await { Ok(v) => Ok(v), Err(e) => match e { Reason(1) => Ok(5), Reason(n) if n > 3 => big(n).await, e => Err(e) } } }
    catch_typed: [big(1).catch((e: Reason) => big(e.0))] 'b { match big(1).await { Ok(v) => Ok(v), Err(e) => big(e.0).await } }
    tap_plain: [big(1).tap(v => assert!(*v < 9))] 'b { let v = ok!('b big(1).await); assert!(v < 9); Ok(v) }
    tap_future: [big(1).tap(v => big(*v))] 'b { let v = ok!('b big(1).await); ok!('b big(v).await); Ok(v) }
    tap_closure_future: [big(1).tap(|v| big(*v))] 'b { let v = ok!('b big(1).await); ok!('b big(v).await); Ok(v) }
    tap_catch_future: [big(1).tap_catch(e => big(e.0))] 'b { match big(1).await { Ok(v) => Ok(v), Err(e) => { ok!('b big(e.0).await); Err(e) } } }
    spread: [big(1).then(v => (v, 2)).spread(|a, b| big(a + b))] 'b { let v = ok!('b big(1).await); let (a, b) = (v, 2); big(a + b).await }
    delay_step: [big(1).delay(SECOND / 4)] 'b { let v = ok!('b big(1).await); delay(SECOND / 4).await; Ok(v) }
}
