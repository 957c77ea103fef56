//! `timeout`: what it covers, what it drops, and when the time begins and ends.

use promise_runtime::event_loop::{Clock, EventLoop, now};
use promise_runtime::prelude::*;
use promise_tests::{Diary, Leaf, fulfil, ms, never, poll_once, reject, timed, virtually};
use std::cell::Cell;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

#[derive(Debug, PartialEq)]
enum Reason {
    Told(&'static str),
    Late,
}
use Reason::{Late, Told};

impl From<TimeoutError> for Reason {
    fn from(_: TimeoutError) -> Self {
        Late
    }
}

fn fine(value: u32) -> Leaf<Result<u32, Reason>> {
    fulfil(value).after(1)
}

async fn slow(milliseconds: u64) -> Result<u64, Reason> {
    delay(ms(milliseconds)).await;
    Ok(milliseconds)
}

#[test]
fn in_time_the_value_passes() {
    assert_eq!(
        timed(promise! { <_, Reason> slow(5).timeout(ms(10)) }),
        (Ok(5), ms(5))
    );
}

#[test]
fn too_late_it_rejects_when_the_time_is_up() {
    assert_eq!(
        timed(promise! { <_, Reason> slow(50).timeout(ms(10)) }),
        (Err(Late), ms(10))
    );
}

#[test]
fn a_rejection_in_time_passes() {
    let chain = promise! { <u32, Reason> reject(Told("no")).after(3).timeout(ms(10)) };
    assert_eq!(virtually(chain), Err(Told("no")));
}

#[test]
fn without_an_annotation_the_reason_is_a_timeout_error() {
    let chain = promise! { Promise.resolve(1).delay(ms(50)).timeout(ms(10)) };
    let _: TimeoutError = virtually(chain).unwrap_err();
}

#[test]
fn what_settles_as_the_time_is_up_wins() {
    assert_eq!(
        virtually(promise! { <_, Reason> slow(10).timeout(ms(10)) }),
        Ok(10)
    );
}

#[test]
fn what_is_ready_wins_against_no_time_at_all() {
    let chain =
        promise! { <u32, Reason> Promise.resolve(1).then(v => v + 1).timeout(Duration::ZERO) };
    assert_eq!(virtually(chain), Ok(2));
    assert_eq!(
        virtually(promise! { <u32, Reason> never().then(_ => 1).timeout(Duration::ZERO) }),
        Err(Late)
    );
}

#[test]
fn a_reason_of_ones_own_is_evaluated_only_then() {
    let made = Cell::new(0);
    let reason = || {
        made.set(made.get() + 1);
        Told("mine")
    };
    assert_eq!(
        virtually(promise! { slow(5).timeout(ms(10), reason()) }),
        Ok(5)
    );
    assert_eq!(made.get(), 0);
    assert_eq!(
        virtually(promise! { slow(50).timeout(ms(10), reason()) }),
        Err(Told("mine"))
    );
    assert_eq!(made.get(), 1);
}

#[test]
fn all_steps_before_share_the_time() {
    let chain =
        promise! { <_, Reason> slow(4).then(_ => slow(4)).then(|_| slow(4)).timeout(ms(10)) };
    assert_eq!(timed(chain), (Err(Late), ms(10)));
    let chain = promise! { <_, Reason> slow(4).then(_ => slow(4)).timeout(ms(10)) };
    assert_eq!(timed(chain), (Ok(4), ms(8)));
}

#[test]
fn steps_after_it_have_all_the_time() {
    let chain = promise! { <_, Reason> slow(4).timeout(ms(10)).then(_ => slow(90)) };
    assert_eq!(timed(chain), (Ok(90), ms(94)));
}

#[test]
fn every_kind_of_step_is_cut_off() {
    let late = (Err(Late), ms(10));
    assert_eq!(
        timed(promise! { <_, Reason> fine(1).delay(ms(50)).timeout(ms(10)) }),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> fine(1).then(async v => { await slow(6); delay(ms(6)).await; v }).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> fine(1).then(v => slow(6).then(_ => slow(6)).then(_ => v)).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> fine(1).then(async |v| { slow(50).await?; Ok::<_, Reason>(v) }).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(promise! { <_, Reason> fine(1).tap(_ => slow(50)).timeout(ms(10)) }),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> reject::<u32, _>(Told("no")).tap_catch(_ => slow(50)).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> reject::<u32, _>(Told("no")).catch(_ => slow(50).then(_ => 1)).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> reject::<u32, _>(Told("no")).catch(Told(_) => slow(50).then(_ => 1), Late => 2).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> fine(1).then(v => v, |_| 2).finally(|| slow(50)).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> Promise.all([fine(1), slow(50).then(_ => 1)]).then(([a, _]) => a).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> Promise.race((0..2).map(|_| slow(50))).then(_ => 1).timeout(ms(10)) }
        ),
        late
    );
    assert_eq!(
        timed(promise! { <_, Reason> Promise.never().timeout(ms(10)) }),
        late
    );
    assert_eq!(
        timed(promise! { <_, Reason> Promise.delay(ms(50), 1).timeout(ms(10)) }),
        late
    );
    assert_eq!(
        timed(promise! { <_, Reason> new Promise((_resolve, _reject) => {}).timeout(ms(10)) }),
        late
    );
    assert_eq!(
        timed(
            promise! { <_, Reason> Promise.try(|| slow(50)).then(_ => 1).retry(3).timeout(ms(10)) }
        ),
        late
    );
}

#[test]
fn the_inner_of_two_can_be_caught_under_the_outer() {
    let chain =
        promise! { <_, Reason> slow(50).timeout(ms(10)).catch(_ => slow(5)).timeout(ms(20)) };
    assert_eq!(timed(chain), (Ok(5), ms(15)));
    let chain =
        promise! { <_, Reason> slow(50).timeout(ms(10)).catch(_ => slow(50)).timeout(ms(20)) };
    assert_eq!(timed(chain), (Err(Late), ms(20)));
}

#[test]
fn the_outer_of_two_cuts_the_inner_off() {
    let caught = Cell::new(false);
    let chain = promise! { <_, Reason> slow(50).timeout(ms(40)).catch(_ => { caught.set(true); 1 }).timeout(ms(20)) };
    assert_eq!(timed(chain), (Err(Late), ms(20)));
    assert!(!caught.get());
}

#[test]
fn of_two_up_at_once_the_inner_one_is_first() {
    let chain = promise! { <_, Reason> slow(50).timeout(ms(10), Told("inner")).timeout(ms(10), Told("outer")) };
    assert_eq!(virtually(chain), Err(Told("inner")));
}

#[test]
fn whichever_of_four_is_up_first_cuts_off_what_it_stands_around() {
    for (shortest, reason) in ["first", "second", "third", "fourth"]
        .into_iter()
        .enumerate()
    {
        let diary = Diary::new();
        let limit = |which| ms(if which == shortest { 30 } else { 100 });
        let chain = promise! { <_, Reason>
            slow(20).then(async v => { diary.write("waited"); delay(ms(50)).await; diary.write("not reached"); v })
                .finally(|| diary.write("finally 1")).timeout(limit(0), Told("first"))
                .finally(|| diary.write("finally 2")).timeout(limit(1), Told("second"))
                .tap_catch(_ => diary.write("passed")).retry(1)
                .finally(|| diary.write("finally 3")).timeout(limit(2), Told("third"))
                .finally(|| diary.write("finally 4")).timeout(limit(3), Told("fourth"))
        };
        assert_eq!(timed(chain), (Err(Told(reason)), ms(30)));
        let mut expected = vec!["waited", "finally 1", "finally 2"];
        expected.extend((shortest < 2).then_some("passed"));
        expected.extend(["finally 3", "finally 4"]);
        assert_eq!(diary.take(), expected, "{reason}");
    }
}

/// In whichever of three a step stands, it is under all those around it.
#[test]
fn every_step_is_under_all_that_stand_around_it() {
    let run = |steps: [u64; 3], limits: [u64; 3]| {
        let [first, second, third] = limits.map(ms);
        timed(promise! { <_, Reason>
            slow(steps[0]).timeout(first, Told("first")).then(_ => slow(steps[1])).timeout(second, Told("second"))
                .catch(Told("first") => slow(steps[1])).then(_ => slow(steps[2])).timeout(third, Told("third"))
        })
    };
    assert_eq!(run([5, 5, 5], [9, 19, 29]), (Ok(5), ms(15)));
    assert_eq!(run([99, 5, 5], [9, 19, 29]), (Ok(5), ms(19)));
    assert_eq!(run([99, 99, 5], [9, 19, 29]), (Err(Told("third")), ms(29)));
    assert_eq!(run([5, 99, 5], [9, 19, 29]), (Err(Told("second")), ms(19)));
    assert_eq!(run([5, 5, 99], [9, 19, 29]), (Err(Told("third")), ms(29)));
    assert_eq!(
        run([99, 99, 99], [40, 30, 20]),
        (Err(Told("third")), ms(20))
    );
    assert_eq!(
        run([99, 99, 99], [40, 20, 30]),
        (Err(Told("second")), ms(20))
    );
}

#[test]
fn a_nested_chain_has_a_time_of_its_own() {
    let chain = promise! { <_, Reason> slow(30).then(v => slow(50).then(w => w + v).timeout(ms(10), Told("nested"))).timeout(ms(100)) };
    assert_eq!(timed(chain), (Err(Told("nested")), ms(40)));
}

#[test]
fn each_attempt_of_a_retry_has_the_whole_time() {
    let attempts = Cell::new(0);
    let chain = promise! { <_, Reason>
        Promise.try(|| { attempts.set(attempts.get() + 1); slow(if attempts.get() < 3 { 50 } else { 9 }) }).timeout(ms(10)).retry(5)
    };
    assert_eq!(timed(chain), (Ok(9), ms(29)));
    assert_eq!(attempts.get(), 3);
}

#[test]
fn around_a_retry_the_time_is_for_all_attempts() {
    let attempts = Cell::new(0);
    let chain = promise! { <u32, Reason>
        Promise.try(|| { attempts.set(attempts.get() + 1); slow(6) }).then(_ => { throw Told("again") }).retry(9).timeout(ms(20))
    };
    assert_eq!(timed(chain), (Err(Late), ms(20)));
    assert_eq!(attempts.get(), 4);
}

#[test]
fn what_is_cut_off_is_dropped_at_once_and_its_finallys_run() {
    let diary = Diary::new();
    let chain = promise! { <_, Reason>
        fine(1).then(async v => { let w = await fine(v).watched(&diary, "leaf"); delay(ms(50)).await; diary.write("not reached"); w })
            .finally(|| diary.write("finally")).timeout(ms(10)).catch(_ => { diary.write("catch"); 0 })
    };
    assert_eq!(virtually(chain), Ok(0));
    assert_eq!(
        diary.take(),
        ["poll leaf", "poll leaf", "drop leaf", "finally", "catch"]
    );
}

#[test]
fn the_time_begins_with_the_first_wait() {
    let chain = promise! { <_, Reason> slow(30).then(v => v).then(_ => slow(5).then(v => v).timeout(ms(10))) };
    assert_eq!(timed(chain), (Ok(5), ms(35)));
}

#[test]
fn a_settled_one_leaves_no_timer_behind() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    let outcome = event_loop.run(async {
        let outcome = promise! { <_, Reason> slow(1).timeout(ms(1_000_000)) }.await;
        (outcome, now())
    });
    assert_eq!(outcome, (Ok(1), ms(1)));
    assert!(
        format!("{event_loop:?}").contains("timers: 0"),
        "{event_loop:?}"
    );
}

#[test]
fn a_dropped_one_leaves_no_timer_behind() {
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        let mut chain = Box::pin(promise! { <u32, Reason> Promise.never().timeout(ms(1_000_000)) });
        std::future::poll_fn(|cx| {
            assert!(chain.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
    });
    assert!(
        format!("{event_loop:?}").contains("timers: 0"),
        "{event_loop:?}"
    );
}

#[test]
fn steps_that_never_wait_need_no_timer_at_all() {
    // Outside any event loop, where a timer would be a thread.
    let mut chain =
        pin!(promise! { <_, Reason> Promise.resolve(1).then(v => v + 1).timeout(ms(1)) });
    assert_eq!(poll_once(chain.as_mut()), Poll::Ready(Ok(2)));
}
