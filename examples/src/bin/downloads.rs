//! Files that load side by side, four at a time, under a progress bar; one of them is missing.
//!
//! ```sh
//! cargo run -p promise-examples --bin downloads
//! ```
//!
//! The JavaScript original:
//!
//! ```js
//! async function loadAll(urls, onProgress) {
//!     let completed = 0;
//!     const limit = pLimit(4);
//!     return Promise.allSettled(urls.map(url =>
//!         limit(() => load(url)).finally(() => onProgress(++completed, urls.length))));
//! }
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use indicatif::{ProgressBar, ProgressStyle};
use promise_runtime::prelude::*;
use reqwest::{Client, Response};
use tokio::net::TcpListener;

const FILES: u64 = 24;

#[derive(Debug, thiserror::Error)]
enum LoadError {
    #[error("the server answered {0}")]
    Refused(StatusCode),
    #[error("the server cannot be reached")]
    Unreachable(#[from] reqwest::Error),
}

/// How many bytes a file has.
async fn load(client: &Client, server: SocketAddr, file: u64) -> Result<u64, LoadError> {
    promise! { <u64, LoadError>
        client.get(format!("http://{server}/files/{file}")).send()
            .then(check_status)
            .then(response => response.bytes())
            .then(bytes => bytes.len() as u64)
    }
    .await
}

fn check_status(response: Response) -> Result<Response, LoadError> {
    match response.status() {
        StatusCode::OK => Ok(response),
        status => Err(LoadError::Refused(status)),
    }
}

/// Larger files take longer.
async fn file(Path(number): Path<u64>) -> Result<Vec<u8>, StatusCode> {
    if number == 13 {
        return Err(StatusCode::NOT_FOUND);
    }
    delay(Duration::from_millis(number % 7 * 10)).await;
    Ok(vec![0; (number * 1000) as usize])
}

async fn serve() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let routes = Router::new().route("/files/{number}", get(file));
    tokio::spawn(async { axum::serve(listener, routes).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = serve().await?;
    let client = Client::new();
    // Drawn on the terminal, if there is one.
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?;
    let bar = ProgressBar::new(FILES).with_style(style);

    let at_once = Pool::new(4);
    let files = (1..=FILES).map(|number| {
        let (at_once, client) = (&at_once, &client);
        async move { at_once.add(|| load(client, server, number)).await }
    });
    let progress = Progress::new()
        .on_progress(|update| {
            bar.set_position(update.completed as u64);
            bar.set_message(format!("{} %", update.percentage));
        })
        .on_item(|index, outcome: &Result<u64, LoadError>| {
            if let Err(error) = outcome {
                bar.println(format!("file {}: {error}", index + 1));
            }
        });
    let Ok(outcomes) = progress.track(files).await;
    bar.finish();

    let bytes: u64 = outcomes.iter().flatten().sum();
    let missing = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    println!(
        "{bytes} bytes of {} files, {missing} missing",
        outcomes.len()
    );
    Ok(())
}
