//! Chains that are so long that the compiler takes them in parts behave like all others.

use promise_runtime::Sleep;
use promise_runtime::prelude::*;
use promise_tests::{Diary, Leaf, Token, fulfil, ms, polls, reject, settle, suspended, timed};
use std::cell::Cell;
use std::rc::Rc;

/// `promise!` of the tokens in the first brackets, 300 times those in the second, and those in the third.
macro_rules! long {
    ([$($before:tt)*] [$($step:tt)*] [$($after:tt)*]) => {
        long!(@ten [$($before)*] [
            $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)*
        ] [$($after)*])
    };
    (@ten [$($before:tt)*] [$($ten:tt)*] [$($after:tt)*]) => {
        promise! {
            $($before)*
            $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)*
            $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)*
            $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)*
            $($after)*
        }
    };
}

/// The same in an arrow, after statements.
macro_rules! long_nested {
    ($outer:expr, $name:ident, [$statement:stmt; $($before:tt)*] [$($step:tt)*] [$($after:tt)*]) => {
        long_nested!(@ten $outer, $name, [$statement; $($before)*] [
            $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)* $($step)*
        ] [$($after)*])
    };
    (@ten $outer:expr, $name:ident, [$statement:stmt; $($before:tt)*] [$($ten:tt)*] [$($after:tt)*]) => {
        promise! {
            $outer.then($name => {
                $statement;
                $($before)*
                $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)*
                $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)*
                $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)* $($ten)*
                $($after)*
            })
        }
    };
}

type Outcome = Result<u32, String>;

/// Ready in the second poll, with the next number, or rejected if the number is `bad`.
fn next(number: u32, bad: u32) -> Leaf<Outcome> {
    match number == bad {
        true => reject(format!("not {number}")).after(1),
        false => fulfil(number + 1).after(1),
    }
}

/// No step is at this number.
const NONE: u32 = u32::MAX;

/// Around the places where a chain may be cut, and at its ends.
const PLACES: [u32; 13] = [0, 1, 98, 99, 100, 101, 102, 199, 200, 201, 298, 299, 300];

#[test]
fn every_step_waits_once() {
    assert_eq!(
        polls(long!([next(0, NONE)] [.then(n => next(n, NONE))] [])),
        (Ok(301), 302)
    );
    assert_eq!(
        polls(long!([next(0, NONE)] [.then(|n| next(n, NONE))] [])),
        (Ok(301), 302)
    );
}

#[test]
fn steps_that_need_not_wait_run_in_one_poll() {
    assert_eq!(
        polls(long!([Promise.resolve(0)] [.then(n => n + 1)] [])),
        (Ok::<_, std::convert::Infallible>(300), 1)
    );
}

#[test]
fn a_rejection_skips_the_rest() {
    for bad in PLACES {
        let steps = Cell::new(0);
        let chain = long!([next(0, bad)] [.then(n => { steps.set(n); next(n, bad) })] [.catch(reason => {
            assert_eq!(reason, format!("not {bad}"));
            7
        })]);
        assert_eq!(polls(chain), (Ok(7), bad + 2));
        assert_eq!(steps.get(), bad);
    }
}

#[test]
fn rejections_convert_into_the_named_type() {
    #[derive(Debug, PartialEq)]
    struct Named(String);
    impl From<String> for Named {
        fn from(reason: String) -> Self {
            Self(reason)
        }
    }
    for bad in PLACES {
        let chain = long!([<u32, Named> next(0, bad)] [.then(n => next(n, bad))] []);
        assert_eq!(settle(chain), Err(Named(format!("not {bad}"))));
    }
}

#[test]
fn throw_and_question_mark_leave_from_any_part() {
    for bad in PLACES {
        let expected = match bad {
            0..300 => Err(format!("not {bad}")),
            _ => Ok(300),
        };
        let chain = long!([fulfil::<_, String>(0)] [.then(n => { if n == bad { throw format!("not {n}") } n + 1 })] []);
        assert_eq!(settle(chain), expected);
        let chain = long!([fulfil::<_, String>(0)] [.then(async n => { next(n, bad).await? })] []);
        assert_eq!(settle(chain), expected);
        let chain = long!([fulfil::<_, String>(0)] [.then(|n| if n == bad { Err(format!("not {n}")) } else { Ok(n + 1) })] []);
        assert_eq!(settle(chain), expected);
    }
}

/// A step that looks at everything before it, at every place.
#[test]
fn catches_and_finallys_between() {
    for bad in [1, 49, 50, 51, 99, 100, 101, 299] {
        let caught = Cell::new(0);
        let ended = Cell::new(0);
        let chain = long!(
            [next(0, NONE)]
            [.then(n => next(n, bad)).catch(reason => { assert_eq!(reason, format!("not {bad}")); caught.set(caught.get() + 1); next(bad, NONE) })]
            [.finally(() => ended.set(ended.get() + 1))]
        );
        assert_eq!(polls(chain), (Ok(301), 303));
        assert_eq!((caught.get(), ended.get()), (1, 1));
    }
    let ended = Cell::new(0);
    assert_eq!(polls(long!([next(0, NONE)] [.then(n => next(n, 100)).finally(() => ended.set(ended.get() + 1))] [])).0, Err("not 100".to_owned()));
    assert_eq!(ended.get(), 300);
}

#[test]
fn the_step_in_flight_is_dropped_then_the_finally() {
    for stop in PLACES {
        let diary = Diary::new();
        let step = |token: Token| fulfil::<_, String>(token).after(1).watched(&diary, "step");
        let chain = long!([step(diary.token("value"))] [.then(token => step(token))] [.finally(() => diary.write("finally"))]);
        let chain = suspended(chain, stop + 1);
        diary.take();
        drop(chain);
        assert_eq!(diary.take(), ["drop step", "drop value", "finally"]);
        assert_eq!(diary.alive(), 0);
    }
}

#[test]
fn a_timeout_watches_all_parts() {
    let chain = long!([Promise.resolve(0)] [.delay(ms(1)).then(n => n + 1)] [.timeout(ms(1000))]);
    assert_eq!(timed(chain), (Ok(300), ms(300)));
    for stop in [1, 49, 50, 51, 100, 200, 299] {
        let done = Cell::new(0);
        let chain = long!([Promise.resolve(0)] [.delay(ms(2)).then(n => { done.set(n + 1); n + 1 })] [.timeout(ms(2 * stop + 1), stop)]);
        assert_eq!(timed(chain), (Err(stop), ms(2 * stop + 1)));
        assert_eq!(done.get(), stop);
    }
}

/// Each stands around all before it, so the first steps are under 300 of them.
#[test]
fn timeouts_between() {
    let chain = || long!([Promise.resolve(0)] [.delay(ms(1)).then(n => n + 1).timeout(ms(400))] []);
    assert_eq!(timed(chain()), (Ok(300), ms(300)));
    // Each is a timer and the way to the next, and there is the step in flight.
    let deadline = size_of::<Sleep>() + size_of::<usize>();
    let size = size_of_val(&chain());
    assert!(size <= 302 * deadline, "{size} of {deadline}");
    for late in [1, 49, 50, 51, 100, 299, 300] {
        let number = Cell::new(0);
        let limit = || {
            number.set(number.get() + 1);
            // They are made from the outside in.
            ms(if number.get() == late { 0 } else { 1000 })
        };
        // The rejection passes the one that is up and those around it.
        let passed = Cell::new(0);
        let chain = long!(
            [<u32, &str> Promise.resolve(0)]
            [.delay(ms(1)).timeout(limit(), "late").tap_catch(_ => passed.set(passed.get() + 1))]
            []
        );
        assert_eq!(timed(chain), (Err("late"), ms(0)));
        assert_eq!(passed.get(), late);
    }
}

#[test]
fn retry_starts_all_parts_again() {
    let attempts = Cell::new(0);
    let attempt = || {
        attempts.set(attempts.get() + 1);
        next(0, NONE)
    };
    let bad = || match attempts.get() {
        1 => 20,
        2 => 290,
        _ => NONE,
    };
    assert_eq!(
        polls(long!([attempt()] [.then(n => next(n, bad()))] [.retry(3)])),
        (Ok(301), 21 + 291 + 302)
    );
    assert_eq!(attempts.get(), 3);
}

#[test]
fn handlers_share_what_they_use() {
    let mut steps = 0;
    let owned = String::from("owned");
    let chain = long!(
        [fulfil::<_, String>(owned).after(1)]
        [.then(text => { steps += 1; fulfil::<_, String>(text).after(1) })]
        [.then(text => format!("{text} {steps}"))]
    );
    assert_eq!(settle(chain), Ok("owned 300".to_owned()));
    let (first, last) = (Rc::new(1), Rc::new(2));
    let chain = long!(
        [move Promise.resolve(0).then(n => { drop(first); n })] [.then(n => n + 1).then(n => n)] [.then(n => { drop(last); n })]
    );
    assert_eq!(settle(chain), Ok::<_, std::convert::Infallible>(300));
}

#[test]
fn a_long_chain_in_an_arrow_borrows_from_it() {
    for bad in [2, 100, 200, 301, NONE] {
        let chain = long_nested!(next(0, NONE), text, [let text = text.to_string(); next(text.len() as u32, bad)] [.then(n => next(n, bad))] [.then(n => format!("{text} {n}"))]);
        let expected = if bad == NONE {
            Ok("1 302".to_owned())
        } else {
            Err(format!("not {bad}"))
        };
        assert_eq!(settle(chain), expected);
    }
}

#[test]
fn a_long_chain_is_send_and_no_larger_but_for_the_number_of_a_state() {
    fn is_send(_: &impl Send) {}
    // Nothing else of it is: only what is held while something waits must be.
    let long = long!([next(0, NONE)] [.then(n => Rc::new(n)).then(n => next(*n, NONE))] []);
    is_send(&long);
    let short = promise! { next(0, NONE).then(n => Rc::new(n)).then(n => next(*n, NONE)) };
    let parts = 600 / 100;
    assert!(
        size_of_val(&long) <= size_of_val(&short) + parts * size_of::<usize>(),
        "{} against {}",
        size_of_val(&long),
        size_of_val(&short)
    );
    assert_eq!(settle(long), Ok(301));
    assert_eq!(settle(short), Ok(2));
}
