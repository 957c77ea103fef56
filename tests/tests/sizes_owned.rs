//! The same as `sizes_steps`, with values and reasons that are large and have something to drop, and with real `async` functions.
//! What a chain has moved out of in parts must be gone before the next await.
#![allow(unused_labels)]

mod sizes_kit;

use promise_runtime::prelude::*;
use sizes_kit::*;

sizes! {
    Failure;
    source: [load(text("a"))] 'b { load(text("a")).await }
    then_arrow: [load(text("a")).then(t => load(t))] 'b { let t = ok!('b load(text("a")).await); load(t).await }
    then_closure: [load(text("a")).then(|t| load(t))] 'b { let t = ok!('b load(text("a")).await); load(t).await }
    then_borrow: [load(text("a")).then(t => copy(&t))] 'b { let t = ok!('b load(text("a")).await); copy(&t).await }
    then_plain: [load(text("a")).then(t => (t, 5))] 'b { let t = ok!('b load(text("a")).await); Ok((t, 5)) }
    then_plain_then: [load(text("a")).then(t => (t, 5)).then(p => load(p.0))] 'b { let t = ok!('b load(text("a")).await); load(t).await }
    then_result_then: [load(text("a")).then(t => Ok::<_, Failure>(t)).then(p => load(p))] 'b { let t = ok!('b load(text("a")).await); load(t).await }
    async_arrow: [load(text("a")).then(async t => { let a = await load(t.clone()); (a, t) })] 'b { let t = ok!('b load(text("a")).await); let a = ok!('b load(t.clone()).await); Ok((a, t)) }
    async_arrow2: [load(text("a")).then(async t => { let n = (await copy(&t)).0; await load(t); n })] 'b { let t = ok!('b load(text("a")).await); let n = ok!('b copy(&t).await).0; ok!('b load(t).await); Ok(n) }
    nested: [load(text("a")).then(t => load(t.clone()).then(u => (t, u)))] 'b { let t = ok!('b load(text("a")).await); let a = ok!('b load(t.clone()).await); Ok((t, a)) }
    two_handlers: [load(text("a")).then(t => load(t), e => mend(e))] 'b {
        let e = 'e: { let t = match load(text("a")).await { Ok(t) => t, Err(e) => break 'e e }; break 'b load(t).await };
        mend(e).await }
    two_handlers_closures: [load(text("a")).then(|t| load(t), |e| mend(e))] 'b {
        let e = 'e: { let t = match load(text("a")).await { Ok(t) => t, Err(e) => break 'e e }; break 'b load(t).await };
        mend(e).await }
    catch_total: [load(text("a")).catch(e => mend(e))] 'b { let e = match load(text("a")).await { Ok(t) => break 'b Ok(t), Err(e) => e }; mend(e).await }
    catch_closure: [load(text("a")).catch(|e| mend(e))] 'b { let e = match load(text("a")).await { Ok(t) => break 'b Ok(t), Err(e) => e }; mend(e).await }
    catch_plain_then: [load(text("a")).catch(|e| text(&e.0)).then(load)] 'b { let t = match load(text("a")).await { Ok(t) => t, Err(e) => text(&e.0) }; load(t).await }
    catch_typed: [load(text("a")).catch((e: Failure) => mend(e))] 'b { let e = match load(text("a")).await { Ok(t) => break 'b Ok(t), Err(e) => e }; mend(e).await }
    catch_arms: [load(text("a")).catch(e if e.0 == "x" => mend(e), Failure(s, _) => text(&s))] 'b { let e = match load(text("a")).await { Ok(t) => break 'b Ok(t), Err(e) => e }; match e { e if e.0 == "x" => mend(e).await, Failure(s, _) => Ok(text(&s)) } }
    tap: [load(text("a")).tap(t => copy(t))] 'b { let t = ok!('b load(text("a")).await); ok!('b copy(&t).await); Ok(t) }
    tap_closure: [load(text("a")).tap(|t| copy(t))] 'b { let t = ok!('b load(text("a")).await); ok!('b copy(&t).await); Ok(t) }
    tap_then: [load(text("a")).tap(t => copy(t)).then(t => load(t))] 'b { let t = ok!('b load(text("a")).await); ok!('b copy(&t).await); load(t).await }
    tap_catch: [load(text("a")).tap_catch(e => log(e))] 'b { let e = match load(text("a")).await { Ok(t) => break 'b Ok(t), Err(e) => e }; log(&e).await; Err(e) }
    spread: [load(text("a")).then(t => (t.clone(), t)).spread(|a, b| async move { load(a).await?; Ok::<_, Failure>(b) })] 'b { let t = ok!('b load(text("a")).await); let (a, b) = (t.clone(), t); ok!('b (async move { load(a).await?; Ok::<_, Failure>(b) }).await); Ok(text("a")) }
    delay_step: [load(text("a")).delay(SECOND / 4).then(t => load(t))] 'b { let t = ok!('b load(text("a")).await); delay(SECOND / 4).await; load(t).await }
    try_: [Promise.try(|| load(text("a")))] 'b { load(text("a")).await }
    delay_static: [Promise.delay(SECOND / 4, text("a")).then(load)] 'b { let t = text("a"); delay(SECOND / 4).await; load(t).await }
    all_literal: [Promise.all([load(text("a")), load(text("b"))]).then(([a, b]) => (a, b))] 'b { let (a, b) = ok!('b all((load(text("a")), load(text("b")))).await); Ok((a, b)) }
    all_then: [Promise.all([load(text("a")), load(text("b"))]).then(([a, _]) => load(a))] 'b { let (a, _) = ok!('b all((load(text("a")), load(text("b")))).await); load(a).await }
    all_record: [Promise.all({ a: load(text("a")), b: load(text("b")) }).then(({ a, b }) => load(a).then(x => (x, b)))] 'b { let (a, b) = ok!('b all((load(text("a")), load(text("b")))).await); let x = ok!('b load(a).await); Ok((x, b)) }
}
