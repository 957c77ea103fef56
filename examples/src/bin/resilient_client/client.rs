//! The client: a cache before a pool before retries before a breaker before a request with a time limit.

use std::net::SocketAddr;
use std::time::Duration;

use promise_runtime::prelude::*;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};

const SLOTS: usize = 3;
const ATTEMPTS: u32 = 3;
const TIME_LIMIT: Duration = Duration::from_millis(750);
pub(crate) const RECOVERY: Duration = Duration::from_millis(300);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Article {
    pub(crate) id: u32,
    pub(crate) title: String,
}

/// Why an article cannot be had. `Clone`, because everybody who waits for one request gets its reason.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("no answer in time")]
    Timeout,
    #[error("turned away by the breaker")]
    TurnedAway,
    #[error("{0}")]
    Network(SharedError),
}

impl FetchError {
    /// The server is in trouble: that is what the breaker counts, and what may pass by the next attempt.
    fn is_outage(&self) -> bool {
        match self {
            Self::Status(status) => status.is_server_error(),
            Self::Timeout | Self::Network(_) => true,
            Self::TurnedAway => false,
        }
    }
}

impl From<TimeoutError> for FetchError {
    fn from(_: TimeoutError) -> Self {
        Self::Timeout
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        Self::Network(error.into())
    }
}

impl From<BreakerError<FetchError>> for FetchError {
    fn from(error: BreakerError<FetchError>) -> Self {
        match error {
            BreakerError::Open => Self::TurnedAway,
            BreakerError::Inner(error) => error,
        }
    }
}

type Breaker = CircuitBreaker<fn(&FetchError) -> bool, fn(BreakerState, BreakerState)>;

pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    articles: Cache<u32, Article, FetchError>,
    pool: Pool,
    breaker: Breaker,
}

impl Client {
    /// `on_breaker` is told when the breaker opens and closes.
    pub(crate) fn new(
        address: SocketAddr,
        on_breaker: fn(BreakerState, BreakerState),
    ) -> Result<Self, FetchError> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            base: format!("http://{address}"),
            articles: Cache::new(Duration::from_secs(60)).capacity(1_000),
            pool: Pool::new(SLOTS),
            breaker: CircuitBreaker::builder()
                .failure_threshold(4)
                .recovery_timeout(RECOVERY)
                .count_if(FetchError::is_outage as fn(&FetchError) -> bool)
                .on_state_change(on_breaker)
                .build(),
        })
    }

    /// The article from the cache, else from the server, as one of few requests at a time.
    pub(crate) async fn article(&self, id: u32) -> Result<Article, FetchError> {
        let load = || self.pool.add(|| self.load(id));
        self.articles.get(id, load).await
    }

    /// Tries again while the server is in trouble and the breaker lets it.
    async fn load(&self, id: u32) -> Result<Article, FetchError> {
        let policy = RetryPolicy::exponential(Duration::from_millis(10))
            .attempts(ATTEMPTS)
            .jitter()
            .when(FetchError::is_outage);
        promise! { <_, FetchError>
            self.breaker.execute(|| self.request(id))
                .retry(policy)
        }
        .await
    }

    async fn request(&self, id: u32) -> Result<Article, FetchError> {
        promise! { <_, FetchError>
            self.http.get(format!("{}/articles/{id}", self.base)).send()
                .then(response => {
                    let status = response.status();
                    if !status.is_success() { throw FetchError::Status(status) }
                    response.json()
                })
                .timeout(TIME_LIMIT)
        }
        .await
    }
}
