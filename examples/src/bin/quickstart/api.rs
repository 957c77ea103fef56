//! The client: one function for each resource, and one error type for everything that can go wrong.

use std::net::SocketAddr;

use promise_runtime::prelude::*;
use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: u32,
    pub(crate) name: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: u32,
    pub(crate) title: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) text: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) dark: bool,
}

/// Why a chain of this program rejects. `<_, ApiError>` before a chain converts by these `From`s.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("not found")]
    NotFound,
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("no answer in time")]
    Timeout,
    #[error(transparent)]
    Network(#[from] reqwest::Error),
}

/// Where the API is, and the connections to it.
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
}

impl Api {
    pub(crate) fn new(address: SocketAddr) -> Result<Self, ApiError> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let base = format!("http://{address}");
        Ok(Self { http, base })
    }

    pub(crate) async fn fetch_user(&self, id: u32) -> Result<User, ApiError> {
        self.get(&format!("/users/{id}")).await
    }

    pub(crate) async fn fetch_posts(&self, user: u32) -> Result<Vec<Post>, ApiError> {
        self.get(&format!("/users/{user}/posts")).await
    }

    pub(crate) async fn fetch_settings(&self, user: u32) -> Result<Settings, ApiError> {
        self.get(&format!("/users/{user}/settings")).await
    }

    pub(crate) async fn fetch_comments(&self, post: u32) -> Result<Vec<Comment>, ApiError> {
        self.get(&format!("/posts/{post}/comments")).await
    }

    /// Takes longer than anyone has patience.
    pub(crate) async fn fetch_report(&self) -> Result<String, ApiError> {
        self.get("/report").await
    }

    /// ```js
    /// const get = path => fetch(base + path).then(response => {
    ///     if (response.status === 404) throw new NotFound();
    ///     if (!response.ok) throw new ApiError(response.status);
    ///     return response.json();
    /// });
    /// ```
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        promise! { <_, ApiError>
            self.http.get(format!("{}{path}", self.base)).send()
                .then(response => {
                    match response.status() {
                        StatusCode::NOT_FOUND => throw ApiError::NotFound,
                        status if !status.is_success() => throw ApiError::Status(status),
                        _ => response.json(),
                    }
                })
        }
        .await
    }
}
