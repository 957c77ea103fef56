//! A chain dropped at every suspension point of every kind of step.

mod drops_kit;

use drops_kit::*;
use promise_runtime::prelude::*;
use promise_tests::{Diary, Token};

/// A step that keeps `held` while it waits.
async fn holding(diary: &Diary, held: Token, name: &'static str) -> Result<Token, Reason> {
    let value = fine(diary, name).await?;
    drop(value);
    Ok(held)
}

dropped! {
    source: 3, |d| [fine(d, "a")];
    rejected_source: 3, |d| [bad(d, "a")];
    ready_source: 1, |d| [after(d, "a", 0)];
    then_arrow: 5, |d| [fine(d, "a").then(v => holding(d, v, "b"))];
    then_closure: 5, |d| [fine(d, "a").then(|v| holding(d, v, "b"))];
    then_async_closure: 5, |d| [fine(d, "a").then(async |v| { let w = fine(d, "b").await?; drop(w); Ok::<_, Reason>(v) })];
    then_closure_with_async_block: 5, |d| [fine(d, "a").then(|v| async move { fine(d, "b").await?; Ok::<_, Reason>(v) })];
    then_async_arrow: 7, |d| [fine(d, "a").then(async v => { let w = await fine(d, "b"); let x = await fine(d, "c"); drop(w); (v, x) })];
    then_async_arrow_postfix: 5, |d| [fine(d, "a").then(async v => { let w = fine(d, "b").await; (v, w) })];
    then_async_arrow_rejects: 5, |d| [fine(d, "a").then(async v => { let w = await bad(d, "b"); (v, w) })];
    then_nested_in_tail: 7, |d| [fine(d, "a").then(v => fine(d, "b").then(w => fine(d, "c").then(x => (v, w, x))))];
    then_nested_with_finally: 5, |d| [fine(d, "a").then(v => fine(d, "b").finally(() => d.write("finally nested")).then(w => (v, w)))];
    then_plain: 3, |d| [fine(d, "a").then(v => (v, d.token("more"))).then(|(v, _)| v)];
    then_throws: 3, |d| [fine(d, "a").then(v => { if v.name() != "" { throw Reason::Token(v) } 5 }).then(|n| n + 1)];
    then_function: 3, |d| [fine(d, "a").then(Ok::<Token, Reason>)];
    five_steps: 11, |d| [fine(d, "a").then(_ => fine(d, "b")).then(|_| fine(d, "c")).then(v => holding(d, v, "d")).then(|_| fine(d, "e"))];
    two_handlers_fulfilled: 5, |d| [fine(d, "a").then(v => holding(d, v, "b"), _ => fine(d, "c"))];
    two_handlers_rejected: 5, |d| [bad(d, "a").then(|v| holding(d, v, "b"), |r| { drop(r); fine(d, "c") })];
    catch_total: 5, |d| [bad(d, "a").catch(r => { drop(r); fine(d, "b") })];
    catch_holding_the_reason: 5, |d| [bad(d, "a").catch(async r => { let v = await fine(d, "b"); (Err::<u8, _>(r).is_err(), v).1 })];
    catch_closure: 5, |d| [bad(d, "a").catch(|r| async move { let v = fine(d, "b").await; drop(r); v })];
    catch_rejects_again: 5, |d| [bad(d, "a").catch(_ => bad(d, "b"))];
    catch_not_needed: 3, |d| [fine(d, "a").catch(_ => bad(d, "b"))];
    catch_arms: 5, |d| [bad(d, "a").catch(Reason::Late => after(d, "b", 0), Reason::Token(t) if t.name() == "reason of a" => fine(d, "c"))];
    catch_arms_no_match: 3, |d| [bad(d, "a").catch(Reason::Late => fine(d, "b"))];
    catch_typed: 5, |d| [bad(d, "a").catch((r: Reason) => { drop(r); fine(d, "b") })];
    finally_future: 7, |d| [fine(d, "a").finally(|| fine(d, "b")).then(v => holding(d, v, "c"))];
    finally_future_after_rejection: 5, |d| [bad(d, "a").finally(() => fine(d, "b"))];
    finally_rejects: 5, |d| [bad(d, "a").finally(|| bad(d, "b"))];
    finally_async_arrow: 5, |d| [fine(d, "a").finally(async () => { await fine(d, "b"); })];
    tap: 5, |d| [fine(d, "a").tap(_ => fine(d, "b"))];
    tap_closure: 5, |d| [fine(d, "a").tap(|v| { assert_eq!(v.name(), "value of a"); fine(d, "b") })];
    tap_rejects: 5, |d| [fine(d, "a").tap(_ => bad(d, "b"))];
    tap_catch: 5, |d| [bad(d, "a").tap_catch(_ => fine(d, "b"))];
    tap_catch_closure_rejects: 5, |d| [bad(d, "a").tap_catch(|_| bad(d, "b"))];
    spread: 7, |d| [fine(d, "a").then(async v => { let w = await fine(d, "b"); (v, w) }).spread(|v, w| async move { fine(d, "c").await?; Ok::<_, Reason>((v, w)) })];
    delay_step: 4, |d| [fine(d, "a").delay(SECOND)];
    delay_then: 6, |d| [fine(d, "a").delay(SECOND).then(v => holding(d, v, "b"))];
    timeout_in_time: 5, |d| [fine(d, "a").then(v => holding(d, v, "b")).timeout(SECOND)];
    retry_that_fulfils: 3, |d| [fine(d, "a").retry(3)];
}

#[test]
fn timeout_too_late() {
    drop_everywhere(4, |d| {
        promise! { move <Token, Reason>
            fine(d, "a").delay(SECOND * 9).timeout(SECOND).finally(|| d.write("finally inner")).finally(() => d.write("finally outer"))
        }
    });
}

#[test]
fn timeout_with_a_catch_that_waits() {
    drop_everywhere(6, |d| {
        promise! { move <Token, Reason>
            fine(d, "a").delay(SECOND * 9).timeout(SECOND).catch(_ => fine(d, "b"))
                .finally(|| d.write("finally inner")).finally(() => d.write("finally outer"))
        }
    });
}

#[test]
fn retry_of_rejections() {
    drop_everywhere(7, |d| {
        promise! { move <Token, Reason>
            Promise.try(() => { d.write("make a"); d.write("make reason of a"); bad(d, "a") }).retry(3)
                .finally(|| d.write("finally inner")).finally(() => d.write("finally outer"))
        }
    });
}
