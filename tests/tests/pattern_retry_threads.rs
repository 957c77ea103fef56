//! Retries in tasks that may move between threads, whose operations borrow from the task.

use promise_runtime::event_loop::{self, Clock};
use promise_runtime::prelude::*;
use promise_tests::{ms, poll_once};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const POLICY: RetryPolicy = RetryPolicy::constant(ms(10)).attempts(3);

/// Each second request fails.
#[derive(Default)]
struct Client {
    requests: AtomicU32,
}

impl Client {
    async fn get(&self) -> Result<u32, String> {
        tokio::task::yield_now().await;
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        if number % 2 == 0 {
            Ok(number)
        } else {
            Err(format!("request {number} failed"))
        }
    }
}

struct Api {
    client: Client,
    policy: RetryPolicy,
}

impl Api {
    async fn load(&self) -> Result<u32, String> {
        self.policy.execute(|| self.client.get()).await
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_called_may_borrow_from_the_task() {
    let client = Arc::new(Client::default());
    let task = tokio::spawn({
        let client = client.clone();
        async move {
            let first = POLICY.execute(|| client.get()).await?;
            let second = POLICY.execute(|| async { client.get().await }).await?;
            let third = POLICY.execute(|| {
                let client = client.clone();
                async move { client.get().await }
            });
            Ok::<_, String>((first, second, third.await?))
        }
    });
    assert_eq!(task.await.unwrap(), Ok((2, 4, 6)));

    let api = Arc::new(Api {
        client: Client::default(),
        policy: POLICY,
    });
    let task = tokio::spawn(async move { api.load().await });
    assert_eq!(task.await.unwrap(), Ok(2));

    let client = Client::default();
    let task = tokio::spawn(async move { retry(3, async move || client.get().await).await });
    assert_eq!(task.await.unwrap(), Ok(2));

    let client = Client::default();
    let task = tokio::spawn(async move { promise! { client.get().retry(3) }.await });
    assert_eq!(task.await.unwrap(), Ok(2));
}

#[tokio::test(start_paused = true)]
async fn hooks_may_borrow_from_the_task_too() {
    let task = tokio::spawn(async move {
        let (client, told) = (Client::default(), AtomicU32::new(0));
        let policy = POLICY
            .when(|reason: &String| reason.ends_with("failed"))
            .on_retry(|attempt, _: &String, _| told.store(attempt, Ordering::Relaxed));
        let outcome = policy.execute(|| client.get()).await;
        (outcome, told.load(Ordering::Relaxed))
    });
    assert_eq!(task.await.unwrap(), (Ok(2), 1));
}

#[test]
fn it_does_what_retry_does() {
    event_loop::run_with(Clock::Virtual, async {
        let (mut asked, mut told) = (0, Vec::new());
        let policy = RetryPolicy::exponential(ms(100))
            .attempts(4)
            .on_retry(|attempt, reason: &u32, pause| told.push((attempt, *reason, pause)));
        let outcome = policy.execute(|| {
            asked += 1;
            std::future::ready(Err::<(), u32>(asked))
        });
        assert_eq!(outcome.await, Err(4));
        assert_eq!(told, [(1, 1, ms(100)), (2, 2, ms(200)), (3, 3, ms(400))]);
        assert_eq!(event_loop::now(), ms(700));
    });
}

#[test]
fn a_promise_may_be_a_chain_or_a_hot_one() {
    event_loop::run_with(Clock::Virtual, async {
        let mut attempt = 0;
        let chain = POLICY.execute(|| {
            attempt += 1;
            promise! { move delay(ms(5)).then(_ => if attempt < 2 { throw "busy" } else { attempt }) }
        });
        assert_eq!(chain.await, Ok(2));
        assert_eq!(event_loop::now(), ms(5 + 10 + 5));

        let hot = promise! { Promise.resolve(7) }.spawn_local();
        assert_eq!(POLICY.execute(|| hot.clone()).await, Ok(7));
    });
}

#[test]
fn dropped_in_a_pause_it_asks_no_more() {
    event_loop::run_with(Clock::Virtual, async {
        let mut asked = 0;
        {
            let mut outcome = pin!(POLICY.execute(|| {
                asked += 1;
                async { Err::<(), _>("down") }
            }));
            assert!(poll_once(outcome.as_mut()).is_pending());
        }
        delay(ms(1_000)).await;
        assert_eq!(asked, 1);
    });
}
