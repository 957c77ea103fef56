//! The other side: articles, and the faults it is told to have.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;

use crate::client::Article;

/// What happens to a request instead of an answer.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// 503 Service Unavailable.
    Unavailable,
    /// No answer for a minute.
    Stalled,
}

/// What the server does, and what it has seen.
#[derive(Clone, Default)]
pub(crate) struct Control(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    faults: VecDeque<Fault>,
    down: bool,
    requests: u32,
    in_progress: u32,
    most_in_progress: u32,
}

impl Control {
    /// The next requests meet these faults.
    pub(crate) fn inject(&self, faults: impl IntoIterator<Item = Fault>) {
        self.with(|inner| inner.faults.extend(faults));
    }

    /// Every request meets a fault from now on, or none.
    pub(crate) fn set_down(&self, down: bool) {
        self.with(|inner| inner.down = down);
    }

    /// How many requests have come since the last call.
    pub(crate) fn requests(&self) -> u32 {
        self.with(|inner| std::mem::take(&mut inner.requests))
    }

    /// How many requests were in progress at most.
    pub(crate) fn most_in_progress(&self) -> u32 {
        self.with(|inner| inner.most_in_progress)
    }

    fn begin(&self) -> Option<Fault> {
        self.with(|inner| {
            inner.requests += 1;
            inner.in_progress += 1;
            inner.most_in_progress = inner.most_in_progress.max(inner.in_progress);
            let down = inner.down.then_some(Fault::Unavailable);
            inner.faults.pop_front().or(down)
        })
    }

    fn end(&self) {
        self.with(|inner| inner.in_progress -= 1);
    }

    fn with<T>(&self, f: impl FnOnce(&mut Inner) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Serves in the background, for as long as the runtime runs.
pub(crate) async fn start(control: Control) -> io::Result<SocketAddr> {
    let routes = Router::new()
        .route("/articles/{id}", get(article))
        .with_state(control);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, routes).await });
    Ok(address)
}

/// Article 404 does not exist.
async fn article(
    Path(id): Path<u32>,
    State(control): State<Control>,
) -> Result<Json<Article>, StatusCode> {
    let fault = control.begin();
    let time = match fault {
        Some(Fault::Stalled) => Duration::from_secs(60),
        Some(Fault::Unavailable) | None => Duration::from_millis(5),
    };
    tokio::time::sleep(time).await;
    control.end();
    match (fault, id) {
        (Some(_), _) => Err(StatusCode::SERVICE_UNAVAILABLE),
        (None, 404) => Err(StatusCode::NOT_FOUND),
        (None, id) => Ok(Json(Article {
            id,
            title: format!("Article {id}"),
        })),
    }
}
