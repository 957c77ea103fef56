//! `using` against a model: acquire, use and release take any time, end in any way, and are dropped at any time.

use promise_runtime::event_loop::{Clock, EventLoop, now};
use promise_runtime::{delay, using, with_timeout};
use promise_tests::ms;
use proptest::prelude::*;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

#[derive(Clone, Copy, Debug)]
enum End {
    Fulfils,
    Rejects,
    Panics,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    takes: u64,
    end: End,
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    acquire: Part,
    used: Part,
    release: Part,
    /// When the whole is dropped.
    dropped: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    UseBegins,
    /// Also when it is dropped.
    UseIsOver,
    ReleaseIsCalled,
    ResourceIsGone,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Fulfilled,
    Rejected(&'static str),
    Panicked(&'static str),
}

#[derive(Debug, Default, PartialEq)]
struct Course {
    events: Vec<(u64, Event)>,
    outcome: Option<(u64, Outcome)>,
}

fn outcome(end: End, part: &'static str) -> Outcome {
    match end {
        End::Fulfils => Outcome::Fulfilled,
        End::Rejects => Outcome::Rejected(part),
        End::Panics => Outcome::Panicked(part),
    }
}

fn model(plan: Plan) -> Course {
    let mut course = Course::default();
    let acquired = plan.acquire.takes;
    if acquired > plan.dropped {
        return course;
    }
    let acquire = outcome(plan.acquire.end, "acquire");
    if acquire != Outcome::Fulfilled {
        course.outcome = Some((acquired, acquire));
        return course;
    }
    let used = (acquired + plan.used.takes).min(plan.dropped);
    let released = (used + plan.release.takes).min(plan.dropped);
    course.events = vec![
        (acquired, Event::UseBegins),
        (used, Event::UseIsOver),
        (used, Event::ReleaseIsCalled),
        (released, Event::ResourceIsGone),
    ];
    if released < plan.dropped {
        let used = outcome(plan.used.end, "use");
        let released_with = outcome(plan.release.end, "release");
        // A panic of the release goes on at once; of two rejections the first counts.
        let counts = match (used, released_with) {
            (_, Outcome::Panicked(_)) | (Outcome::Fulfilled, _) => released_with,
            _ => used,
        };
        course.outcome = Some((released, counts));
    }
    course
}

fn milliseconds() -> u64 {
    now().as_millis() as u64
}

async fn does(part: Part, name: &'static str) -> Result<(), &'static str> {
    if part.takes > 0 {
        delay(ms(part.takes)).await;
    }
    match part.end {
        End::Fulfils => Ok(()),
        End::Rejects => Err(name),
        End::Panics => resume_unwind(Box::new(name)),
    }
}

/// Writes an event down when it is dropped.
struct Notes<'a>(&'a RefCell<Course>, Event);

impl Drop for Notes<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().events.push((milliseconds(), self.1));
    }
}

/// What it ends in, a panic included.
async fn ended(future: impl Future<Output = Result<(), &'static str>>) -> Outcome {
    let mut future = pin!(future);
    let caught = poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        },
    );
    match caught.await {
        Ok(Ok(())) => Outcome::Fulfilled,
        Ok(Err(reason)) => Outcome::Rejected(reason),
        Err(panic) => Outcome::Panicked(panic.downcast_ref::<&str>().copied().unwrap_or("?")),
    }
}

fn real(plan: Plan) -> Course {
    let course = RefCell::new(Course::default());
    let note = |event| course.borrow_mut().events.push((milliseconds(), event));
    let event_loop = EventLoop::with_clock(Clock::Virtual);
    event_loop.run(async {
        let whole = using(
            async {
                does(plan.acquire, "acquire").await?;
                Ok(Notes(&course, Event::ResourceIsGone))
            },
            async |_: &mut Notes<'_>| {
                note(Event::UseBegins);
                let _over = Notes(&course, Event::UseIsOver);
                does(plan.used, "use").await
            },
            |resource| {
                note(Event::ReleaseIsCalled);
                async move {
                    let _resource = resource;
                    does(plan.release, "release").await
                }
            },
        );
        if let Ok(outcome) = with_timeout(ended(whole), ms(plan.dropped)).await {
            course.borrow_mut().outcome = Some((milliseconds(), outcome));
        }
    });
    let time = event_loop.now();
    event_loop.run_until_idle();
    assert_eq!(event_loop.now(), time, "a timer is left");
    course.into_inner()
}

fn part() -> impl Strategy<Value = Part> {
    let end = prop_oneof![
        4 => Just(End::Fulfils),
        2 => Just(End::Rejects),
        1 => Just(End::Panics),
    ];
    // At even moments, and the drop at odd ones, so that no two things happen at once by chance.
    (0..10_u64, end).prop_map(|(takes, end)| Part {
        takes: takes * 2,
        end,
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    (part(), part(), part(), 0..35_u64).prop_map(|(acquire, used, release, dropped)| Plan {
        acquire,
        used,
        release,
        dropped: dropped * 2 + 1,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_resource_is_released_once_whatever_happens(plan in plan()) {
        prop_assert_eq!(real(plan), model(plan));
    }
}
