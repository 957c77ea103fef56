//! A client that stays polite and useful while its server has faults: cache, pool, retries, breaker and time limit in one.
//!
//! ```sh
//! cargo run -p promise-examples --bin resilient_client
//! ```
//!
//! Each line of the table is printed as it happens: what was asked for, what came of it, and how many requests that took.
//!
//! The same in JavaScript, with p-memoize, p-limit, p-retry and opossum (none of them drops the work of a caller who gives up):
//!
//! ```js
//! const breaker = new CircuitBreaker(id => fetchJson(`/articles/${id}`), { timeout: 750, resetTimeout: 300 });
//! const limit = pLimit(3);
//! const article = pMemoize(id => limit(() => pRetry(() => breaker.fire(id), { retries: 2 })));
//! ```

mod client;
mod server;

use std::error::Error;

use client::{Article, Client, FetchError, RECOVERY};
use promise_runtime::prelude::*;
use server::{Control, Fault};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let client = Client::new(server::start(control.clone()).await?, breaker_changed)?;
    let show = Show { client, control };

    println!("requests  what came of it");
    show.head("Twelve articles, three requests at a time");
    show.together(1..=12).await;
    let polite = show.control.most_in_progress() <= 3;
    println!("          never more than three at a time: {polite}");

    show.head("The same ones again");
    show.together(1..=12).await;

    show.head("Ten callers for one article");
    show.together([13; 10]).await;

    show.head("Two faults, then an answer");
    show.control.inject([Fault::Unavailable, Fault::Stalled]);
    show.one(14).await;

    show.head("An article that does not exist");
    show.one(404).await;

    show.head("A server that is down");
    show.control.set_down(true);
    for id in 21..=24 {
        show.one(id).await;
    }
    show.one(1).await;

    show.head("A server that is back");
    show.control.set_down(false);
    delay(RECOVERY).await;
    show.together(31..=33).await;
    show.together(31..=33).await;
    Ok(())
}

fn breaker_changed(from: BreakerState, to: BreakerState) {
    println!("          breaker: {from:?} -> {to:?}");
}

struct Show {
    client: Client,
    control: Control,
}

impl Show {
    fn head(&self, title: &str) {
        println!("\n{title}");
    }

    async fn one(&self, id: u32) {
        let outcome = self.client.article(id).await;
        self.line(match outcome {
            Ok(Article { title, .. }) => title,
            Err(error) => format!("Article {id}: {error}"),
        });
    }

    async fn together(&self, ids: impl IntoIterator<Item = u32>) {
        let gets = ids.into_iter().map(|id| self.client.article(id));
        let Ok(outcomes) = promise! { Promise.allSettled(gets) }.await;
        let count = |counted: fn(&Result<Article, FetchError>) -> bool| {
            outcomes.iter().filter(|outcome| counted(outcome)).count()
        };
        let here = count(Result::is_ok);
        let away = count(|outcome| matches!(outcome, Err(FetchError::TurnedAway)));
        self.line(match away {
            0 => format!("articles: {here}"),
            _ => format!("articles: {here}; callers turned away by the breaker: {away}"),
        });
    }

    fn line(&self, what: String) {
        println!("{:>8}  {what}", self.control.requests());
    }
}
