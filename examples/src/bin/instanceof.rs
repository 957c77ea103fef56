//! One place that handles every error, three times: with an enum, with `Box<dyn Error>`, and with an error that can be
//! kept and passed on at once.
//!
//! ```sh
//! cargo run -p promise-examples --bin instanceof
//! ```
//!
//! The JavaScript original:
//!
//! ```js
//! class ApiError extends Error {
//!     constructor(status) {
//!         super(`the server answered ${status}`);
//!         this.status = status;
//!     }
//! }
//!
//! function checkStatus(response) {
//!     if (!response.ok) throw new ApiError(response.status);
//!     return response;
//! }
//!
//! function fetchName(url) {
//!     return fetch(url)
//!         .then(checkStatus)
//!         .then(response => response.text())
//!         .catch(error => {
//!             if (error instanceof ApiError) {
//!                 switch (error.status) {
//!                     case 401: return signIn();
//!                     case 404: return "nobody";
//!                     default: console.log("tell the operators"); throw error;
//!                 }
//!             }
//!             throw error;
//!         });
//! }
//! ```

use std::cell::RefCell;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use promise_runtime::prelude::*;
use reqwest::{Client, Response};
use tokio::net::TcpListener;

/// The server was reached, and refuses.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the server answered {status}")]
struct ApiError {
    status: u16,
}

fn check_status(response: Response) -> Result<Response, ApiError> {
    match response.status() {
        status if status.is_success() => Ok(response),
        status => Err(ApiError {
            status: status.as_u16(),
        }),
    }
}

/// Everything that can go wrong, by name.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error("the server cannot be reached")]
    Network(#[from] reqwest::Error),
}

/// An enum is matched by arms. Those that are not listed pass on, here `Network`.
async fn with_an_enum(client: &Client, url: &str) -> Result<String, CallError> {
    promise! { <_, CallError>
        client.get(url).send()
            .then(check_status)
            .then(response => response.text())
            .catch(
                CallError::Api(error) if error.status == 401 => sign_in(),
                CallError::Api(ApiError { status: 404 }) => "nobody".to_owned(),
                CallError::Api(error) => {
                    println!("{:12}tell the operators", "");
                    throw error
                }
            )
    }
    .await
}

type AnyError = Box<dyn Error + Send + Sync>;

/// A dynamic error is asked for its type, which is `instanceof`; what is of another type passes on. The second `catch` sees
/// what the first one lets pass and what it throws.
async fn with_a_dynamic_error(client: &Client, url: &str) -> Result<String, AnyError> {
    promise! { <_, AnyError>
        client.get(url).send()
            .then(check_status)
            .then(response => response.text())
            .catch(async (error: ApiError) => match error.status {
                401 => await sign_in(),
                404 => "nobody".to_owned(),
                _ => {
                    println!("{:12}tell the operators", "");
                    throw error
                }
            })
            .catch((error: reqwest::Error) => {
                if error.is_connect() { throw "the server cannot be reached" }
                throw error
            })
    }
    .await
}

/// A [`SharedError`] can be kept and passed on at the same time.
async fn with_a_shared_error(
    client: &Client,
    url: &str,
    log: &RefCell<Vec<SharedError>>,
) -> Result<String, SharedError> {
    promise! { <_, SharedError>
        client.get(url).send()
            .then(check_status)
            .then(response => response.text())
            .tap_catch(error => log.borrow_mut().push(error.clone()))
            .catch((error: ApiError) => match error.status {
                404 => "nobody".to_owned(),
                _ => throw error,
            })
    }
    .await
}

async fn sign_in() -> Result<String, CallError> {
    Ok("somebody who has signed in".to_owned())
}

/// Answers with the status that the path asks for.
async fn start_server() -> std::io::Result<SocketAddr> {
    let answer = async |Path(status): Path<u16>| {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, "Ada")
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let routes = Router::new().route("/{status}", get(answer));
    tokio::spawn(async { axum::serve(listener, routes).await });
    Ok(address)
}

/// An address where nobody listens any more.
async fn unreachable_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await?
        .local_addr()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().no_proxy().build()?;
    let server = start_server().await?;
    let mut urls = [200, 401, 404, 500]
        .map(|status| (status.to_string(), format!("http://{server}/{status}")))
        .to_vec();
    let nobody = format!("http://{}/200", unreachable_address().await?);
    urls.push(("no server".to_owned(), nobody));

    println!("An enum and arms");
    for (name, url) in &urls {
        report(name, with_an_enum(&client, url).await);
    }
    println!("\nA dynamic error and `instanceof`");
    for (name, url) in &urls {
        report(name, with_a_dynamic_error(&client, url).await);
    }
    println!("\nA shared error, logged and passed on");
    let log = RefCell::default();
    for (name, url) in &urls {
        let outcome = with_a_shared_error(&client, url, &log).await;
        report(name, outcome.map_err(|error| whose_fault(&error)));
    }
    println!("  log       {} errors", log.borrow().len());
    Ok(())
}

/// The look without the `catch`.
fn whose_fault(error: &SharedError) -> &'static str {
    match error.downcast_ref() {
        Some(ApiError { status: 400..500 }) => "the client's fault",
        Some(ApiError { .. }) => "the server's fault",
        None => "the network's fault",
    }
}

fn report(request: &str, outcome: Result<String, impl std::fmt::Display>) {
    match outcome {
        Ok(name) => println!("  {request:10}fulfilled: {name}"),
        Err(error) => println!("  {request:10}rejected: {error}"),
    }
}
