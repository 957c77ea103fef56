//! `retry`, the function, the step and the policy's own method, against a model of a dozen lines: any policy, any answers, dropped at any time.

use promise_runtime::event_loop::{Clock, EventLoop, now};
use promise_runtime::{RetryPolicy, delay, promise, retry, with_timeout};
use promise_tests::ms;
use proptest::prelude::*;
use std::cell::RefCell;
use std::time::Duration;

/// What an attempt does: takes its time, then rejects with whether that may be tried again, and how long to wait.
#[derive(Clone, Debug)]
struct Answer {
    takes: u64,
    rejects: Option<Reason>,
}

#[derive(Clone, Debug, PartialEq)]
struct Reason {
    number: usize,
    retryable: bool,
    after: Option<u64>,
}

#[derive(Clone, Debug)]
struct Plan {
    growth: u8,
    base: u64,
    least: u64,
    most: u64,
    attempts: u32,
    max_elapsed: Option<u64>,
    answers: Vec<Answer>,
    /// When the whole is dropped.
    dropped: u64,
}

/// How it is written.
#[derive(Clone, Copy, Debug)]
enum Way {
    Step,
    Function,
    Method,
}

/// When each attempt begins and each pause, and the outcome with its time; nothing of that comes after the drop.
#[derive(Debug, PartialEq)]
struct Course {
    attempts: Vec<u64>,
    pauses: Vec<(u32, u64)>,
    outcome: Option<(u64, Result<usize, Reason>)>,
}

fn model(plan: &Plan) -> Course {
    let mut course = Course {
        attempts: vec![],
        pauses: vec![],
        outcome: None,
    };
    let (mut time, mut terms) = (0, (0, 1));
    for attempt in 1_u32.. {
        if time > plan.dropped {
            break;
        }
        course.attempts.push(time);
        let answer = &plan.answers[attempt as usize - 1];
        time += answer.takes;
        if time > plan.dropped {
            break;
        }
        terms = (terms.1, terms.0 + terms.1);
        let length = match plan.growth {
            0 => plan.base,
            1 => plan.base << (attempt - 1),
            _ => plan.base * terms.0,
        };
        let length = length.min(plan.most).max(plan.least);
        let Some(reason) = &answer.rejects else {
            course.outcome = Some((time, Ok(attempt as usize)));
            break;
        };
        let pause = reason.after.unwrap_or(length);
        let in_vain = plan.max_elapsed.is_some_and(|most| time + pause > most);
        if attempt >= plan.attempts || !reason.retryable || in_vain {
            course.outcome = Some((time, Err(reason.clone())));
            break;
        }
        course.pauses.push((attempt, pause));
        time += pause;
    }
    course
}

fn real(plan: &Plan, way: Way) -> Course {
    let course = RefCell::new(Course {
        attempts: vec![],
        pauses: vec![],
        outcome: None,
    });
    let milliseconds = || now().as_millis() as u64;
    let base = ms(plan.base);
    let policy = match plan.growth {
        0 => RetryPolicy::constant(base),
        1 => RetryPolicy::exponential(base),
        _ => RetryPolicy::fibonacci(base),
    };
    let policy = policy
        .min_delay(ms(plan.least))
        .max_delay(ms(plan.most))
        .attempts(plan.attempts);
    let policy = match plan.max_elapsed {
        Some(most) => policy.max_elapsed(ms(most)),
        None => policy,
    };
    let policy = policy
        .when(|reason: &Reason| reason.retryable)
        .delay_from(|reason: &Reason| reason.after.map(ms))
        .on_retry(|attempt, _: &Reason, pause: Duration| {
            course
                .borrow_mut()
                .pauses
                .push((attempt, pause.as_millis() as u64))
        });
    let ask = async || {
        course.borrow_mut().attempts.push(milliseconds());
        let number = course.borrow().attempts.len();
        let answer = plan.answers[number - 1].clone();
        if answer.takes > 0 {
            delay(ms(answer.takes)).await;
        }
        answer.rejects.map_or(Ok(number), Err)
    };
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        let all = async {
            match way {
                Way::Step => promise! { ask().retry(policy) }.await,
                Way::Function => retry(policy, ask).await,
                Way::Method => policy.execute(ask).await,
            }
        };
        if let Ok(outcome) = with_timeout(all, ms(plan.dropped)).await {
            course.borrow_mut().outcome = Some((milliseconds(), outcome));
        }
    });
    let time = event_loop.now();
    event_loop.run_until_idle();
    assert_eq!(event_loop.now(), time, "a timer is left");
    course.into_inner()
}

fn plans() -> impl Strategy<Value = Plan> {
    let reason = (
        prop::bool::weighted(0.9),
        prop::option::weighted(0.2, 0..40_u64),
    );
    let answer = (0..3_u64, prop::option::weighted(0.8, reason));
    let limits = (
        0..3_u8,
        0..9_u64,
        0..9_u64,
        5..60_u64,
        0..8_u32,
        prop::option::of(0..200_u64),
    );
    // At odd moments of another scale, so that no two things happen at once by chance.
    (limits, prop::collection::vec(answer, 8), 0..400_u64).prop_map(|(limits, answers, dropped)| {
        let (growth, base, least, most, attempts, max_elapsed) = limits;
        let answers = answers
            .into_iter()
            .enumerate()
            .map(|(number, (takes, rejects))| Answer {
                takes: takes * 2,
                rejects: rejects.map(|(retryable, after)| Reason {
                    number,
                    retryable,
                    after: after.map(|after| after * 2),
                }),
            });
        Plan {
            growth,
            base: base * 2,
            least: least * 2,
            most: most * 2,
            attempts: attempts.max(1),
            max_elapsed,
            answers: answers.collect(),
            dropped: dropped * 2 + 1,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_policy_does_as_the_model_says(
        plan in plans(),
        way in prop_oneof![Just(Way::Step), Just(Way::Function), Just(Way::Method)],
    ) {
        prop_assert_eq!(real(&plan, way), model(&plan));
    }
}
