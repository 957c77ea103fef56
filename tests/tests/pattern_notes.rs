//! The patterns as JavaScript's notes on promises use them, line by line.

use promise_runtime::event_loop::now;
use promise_runtime::prelude::*;
use promise_tests::{Diary, fulfil, ms, timed, virtually};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
struct Failure(String);

impl From<TimeoutError> for Failure {
    fn from(_: TimeoutError) -> Self {
        Self("Promise timed out".to_owned())
    }
}

fn set_timeout(callback: impl FnOnce() + 'static, time: Duration) {
    promise! { move Promise.delay(time).then(|()| callback()) }.detach_local();
}

fn failure(message: impl Into<String>) -> Failure {
    Failure(message.into())
}

/// `retryPromise(unreliableAPI, 3, 2000).then(…).then(…).catch(…)`
#[test]
fn retry_logic() {
    let run = |good: u32| {
        let diary = Diary::new();
        let attempts = Cell::new(0);
        let unreliable_api = async || {
            attempts.set(attempts.get() + 1);
            if attempts.get() < good {
                Err(failure("unreachable"))
            } else {
                Ok("data")
            }
        };
        let policy =
            RetryPolicy::constant(ms(2000))
                .attempts(3)
                .on_retry(|attempt, _: &Failure, delay| {
                    diary.write(format!(
                        "Attempt {attempt} failed, retrying in {}ms...",
                        delay.as_millis()
                    ))
                });
        let chain = promise! {
            retry(policy, unreliable_api)
                .then(data => diary.write(format!("Data received: {data}")))
                .catch(error => diary.write(format!("All retries failed: Failed after {} attempts: {}", attempts.get(), error.0)))
        };
        let (Ok(()), time) = timed(chain);
        (diary.take(), time)
    };
    let retried = |attempt| format!("Attempt {attempt} failed, retrying in 2000ms...");
    assert_eq!(
        run(3),
        (
            vec![retried(1), retried(2), "Data received: data".to_owned()],
            ms(4000)
        )
    );
    assert_eq!(
        run(9),
        (
            vec![
                retried(1),
                retried(2),
                "All retries failed: Failed after 3 attempts: unreachable".to_owned()
            ],
            ms(4000)
        )
    );
}

/// `withTimeout(slowAPI, 5000).then(…).then(…).catch(…)`
#[test]
fn timeout_with_race() {
    let run = |slow_api: u64, good: bool| {
        let diary = Diary::new();
        let fetch = async || {
            delay(ms(slow_api)).await;
            if good {
                Ok("response")
            } else {
                Err(failure("refused"))
            }
        };
        let chain = promise! { <_, Failure>
            fetch().timeout(ms(5000))
                .then(response => diary.write(format!("Data received: {response}")))
                .catch(error => if error.0 == "Promise timed out" { diary.write("Request timed out") } else { diary.write(format!("Request failed: {}", error.0)) })
        };
        assert_eq!(virtually(chain), Ok(()));
        diary.take()
    };
    assert_eq!(run(4999, true), ["Data received: response"]);
    assert_eq!(run(9000, true), ["Request timed out"]);
    assert_eq!(run(10, false), ["Request failed: refused"]);
}

/// `promiseTimeout(slowPromise, 2000)`
#[test]
fn promise_timeout() {
    let slow_promise = async {
        delay(ms(3000)).await;
        "Done!"
    };
    assert_eq!(
        timed(with_timeout(slow_promise, ms(2000))),
        (Err(TimeoutError), ms(2000))
    );
    let slow_promise = promise! { Promise.delay(ms(3000), "Done!") };
    let Ok(shown) = virtually(promise! {
        slow_promise.timeout(ms(2000), "Promise timed out").then(result => format!("Result: {result}")).catch(error => format!("Error: {error}"))
    });
    assert_eq!(shown, "Error: Promise timed out");
}

/// `promisify(fn)`, `delay(ms)`, and `makeRequest` over an object with two events.
#[test]
fn converting_callbacks() {
    fn read_file(path: &'static str, callback: impl FnOnce(Option<Failure>, Option<String>)) {
        match path {
            "/etc/motd" => callback(None, Some("hello".to_owned())),
            path => callback(Some(failure(format!("no file {path}"))), None),
        }
    }
    let read_file = promisify(read_file);
    assert_eq!(virtually(read_file("/etc/motd")), Ok("hello".to_owned()));
    assert_eq!(
        virtually(read_file("/x")),
        Err(CallbackError::Inner(failure("no file /x")))
    );

    let wait = |time| promise! { move new Promise(resolve => { set_timeout(move || resolve(()), time); }) };
    assert_eq!(timed(wait(ms(30))), (Ok(()), ms(30)));

    #[derive(Default)]
    struct Request {
        onload: Option<Box<dyn FnOnce(u16)>>,
        onerror: Option<Box<dyn FnOnce()>>,
    }
    impl Request {
        fn send(self, status: Option<u16>) {
            set_timeout(
                move || match (status, self.onload, self.onerror) {
                    (Some(status), Some(onload), _) => onload(status),
                    (None, _, Some(onerror)) => onerror(),
                    _ => {}
                },
                ms(10),
            );
        }
    }
    let make_request = |status| {
        from_callback(move |done| {
            let failed = done.clone();
            Request {
                onload: Some(Box::new(move |status| match status {
                    200 => done.settle(Ok("body")),
                    status => done.settle(Err(failure(format!("HTTP {status}")))),
                })),
                onerror: Some(Box::new(move || {
                    failed.settle(Err(failure("Network error")))
                })),
            }
            .send(status);
        })
    };
    assert_eq!(virtually(make_request(Some(200))), Ok("body"));
    assert_eq!(
        virtually(make_request(Some(500))),
        Err(CallbackError::Inner(failure("HTTP 500")))
    );
    assert_eq!(
        virtually(make_request(None)),
        Err(CallbackError::Inner(failure("Network error")))
    );
    // What JavaScript cannot tell: neither event will ever come.
    let forgotten = from_callback::<_, _, (), Failure>(|done| {
        Request {
            onload: Some(Box::new(move |_| done.settle(Ok(())))),
            onerror: None,
        }
        .send(None)
    });
    assert_eq!(virtually(forgotten), Err(CallbackError::CallbackDropped));
}

/// `loadImages(urls).then(({ loaded, failed }) => …)`
#[test]
fn image_loading() {
    let load_image = |source: &'static str| {
        from_callback(move |done: Done<&str, Failure>| {
            set_timeout(
                move || match source.contains("photo2") {
                    true => done.settle(Err(failure(format!("Failed to load image: {source}")))),
                    false => done.settle(Ok(source)),
                },
                ms(10),
            );
        })
    };
    let urls = [
        "/images/photo1.jpg",
        "/images/photo2.jpg",
        "/images/photo3.jpg",
    ];
    let document = RefCell::new(Vec::new());
    let chain = promise! {
        Promise.allSettled(urls.map(load_image))
            .then(results => {
                let (mut loaded, mut failed) = (Vec::new(), Vec::new());
                for result in results {
                    match result { Ok(image) => loaded.push(image), Err(reason) => failed.push(reason.to_string_lossy()) }
                }
                ({ loaded, failed })
            })
            .then(({ loaded, failed }) => {
                document.borrow_mut().extend(loaded.iter().copied());
                (format!("Loaded {} images", loaded.len()), failed)
            })
    };
    let expected = (
        "Loaded 2 images".to_owned(),
        vec!["Failed to load image: /images/photo2.jpg".to_owned()],
    );
    assert_eq!(virtually(chain), Ok(expected));
    assert_eq!(
        document.take(),
        ["/images/photo1.jpg", "/images/photo3.jpg"]
    );
}

trait Lossy {
    fn to_string_lossy(&self) -> String;
}

impl Lossy for CallbackError<Failure> {
    fn to_string_lossy(&self) -> String {
        match self {
            CallbackError::Inner(failure) => failure.0.clone(),
            CallbackError::CallbackDropped => "never heard of again".to_owned(),
        }
    }
}

/// `db.transaction(queries)`: begin, all queries, commit, or roll back and throw again.
#[test]
fn database_transactions() {
    let run = |bad: &'static str| {
        let diary = Diary::new();
        let query = async |sql: &'static str| {
            delay(ms(10)).await;
            if sql == bad {
                Err(failure("Query failed"))
            } else {
                Ok(sql.len())
            }
        };
        let queries = ["INSERT INTO users", "INSERT INTO profiles"];
        let transaction = using(
            async { Ok("connection") },
            async |_| {
                diary.write("BEGIN");
                promise! {
                    Promise.all(queries.map(query))
                        .tap(_ => diary.write("COMMIT"))
                        .tap_catch(_ => diary.write("ROLLBACK"))
                }
                .await
            },
            async |connection| diary.write(format!("{connection} given back")),
        );
        (virtually(transaction), diary.take())
    };
    assert_eq!(
        run(""),
        (
            Ok([17, 20]),
            ["BEGIN", "COMMIT", "connection given back"]
                .map(String::from)
                .to_vec()
        )
    );
    assert_eq!(
        run("INSERT INTO profiles"),
        (
            Err(failure("Query failed")),
            ["BEGIN", "ROLLBACK", "connection given back"]
                .map(String::from)
                .to_vec()
        )
    );
}

/// `tracker.onProgress(…); tracker.trackPromises(tasks).then(results => …)`
#[test]
fn progress_tracking() {
    let diary = Diary::new();
    let width = Rc::new(Cell::new(0));
    let tracker = Progress::new().on_progress(|p| {
        diary.write(format!(
            "Progress: {}% ({}/{})",
            p.percentage, p.completed, p.total
        ));
        width.set(p.percentage);
    });
    let tasks = (0..10).map(async |i| {
        delay(ms(2000 - i * 100)).await;
        Ok::<_, Infallible>(format!("Task {} complete", i + 1))
    });
    let Ok(report) = virtually(promise! {
        tracker.track(tasks).then(results => {
            let successful = results.iter().filter(|result| result.is_ok()).count();
            format!("{successful}/{} tasks succeeded", results.len())
        })
    });
    assert_eq!(report, "10/10 tasks succeeded");
    let lines = diary.take();
    assert_eq!(
        (lines.len(), lines[2].as_str()),
        (10, "Progress: 30% (3/10)")
    );
    assert_eq!(width.get(), 100);
}

/// `processLargeDataset(items)`: batches of ten, one after the other.
#[test]
fn avoid_creating_too_many_promises_at_once() {
    let (running, most) = (Cell::new(0), Cell::new(0));
    let process_item = async |item: u32| {
        running.set(running.get() + 1);
        most.set(most.get().max(running.get()));
        delay(ms(u64::from(item % 7))).await;
        running.set(running.get() - 1);
        Ok::<_, Failure>(item * 2)
    };
    let results =
        virtually(promise! { Promise.map(0..95, item => process_item(item), { batch: 10 }) });
    assert_eq!(results, Ok((0..95).map(|item| item * 2).collect()));
    assert_eq!(most.get(), 10);
    let results =
        virtually(promise! { Promise.map(0..95, item => process_item(item), { concurrency: 10 }) });
    assert_eq!(results, Ok((0..95).map(|item| item * 2).collect()));
    assert_eq!(most.get(), 10);
}

/// `memoryEfficientChain(data)`: what a step has used is gone before the next one begins.
#[test]
fn memory_management() {
    let diary = Diary::new();
    let alive = Cell::new(-1);
    let chain = promise! {
        Promise.resolve(diary.token("data"))
            .then(result => result.name().len())
            .tap(_ => alive.set(diary.alive()))
            .then(async processed => processed + 1)
    };
    assert_eq!(virtually(chain), Ok(5));
    assert_eq!(alive.get(), 0);
}

/// A request that hangs, tried again, with progress, within a budget: the patterns of the notes together.
#[test]
fn patterns_work_together() {
    let attempts = Cell::new(0);
    let flaky = async |n: u32| {
        attempts.set(attempts.get() + 1);
        match (n, attempts.get() % 2) {
            (2, 1) => pending().await,
            _ => fulfil::<_, Failure>(n * 10).await,
        }
    };
    let policy = RetryPolicy::exponential(ms(50)).attempts(4);
    let fetch = |n| promise! { move <_, Failure> flaky(n).timeout(ms(100)).retry(&policy) };
    let seen = RefCell::new(Vec::new());
    let progress =
        Progress::new().on_progress(|p| seen.borrow_mut().push((p.percentage, now().as_millis())));
    let outcome = virtually(with_timeout(progress.track([1, 2].map(fetch)), ms(10_000)));
    assert_eq!(outcome, Ok(Ok(vec![Ok(10), Ok(20)])));
    assert_eq!(seen.borrow().len(), 2);
}
