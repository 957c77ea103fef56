//! A small service to write chains against: users, posts, comments, and the ways in which they fail.

use std::error::Error;
use std::fmt;
use std::future::{IntoFuture, Ready, ready};
use std::num::ParseIntError;

use promise_runtime::TimeoutError;

#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    NotFound,
    Http(u16),
    Timeout,
    Parse(String),
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Http(status) => write!(f, "HTTP {status}"),
            Self::Timeout => f.write_str("too late"),
            Self::Parse(message) => f.write_str(message),
        }
    }
}

impl Error for ApiError {}

impl From<TimeoutError> for ApiError {
    fn from(_: TimeoutError) -> Self {
        Self::Timeout
    }
}

impl From<ParseIntError> for ApiError {
    fn from(error: ParseIntError) -> Self {
        Self::Parse(error.to_string())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub id: u32,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub id: u32,
    pub author: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Comment(pub String);

/// User 0 does not exist.
pub async fn fetch_user(id: u32) -> Result<User, ApiError> {
    crate::plain(()).after(1).await;
    match id {
        0 => Err(ApiError::NotFound),
        _ => Ok(User {
            id,
            name: format!("user{id}"),
        }),
    }
}

/// User 7 has no posts, user 9 breaks the server, the others have two: ten times their number, and one more.
pub async fn fetch_posts(user: u32) -> Result<Vec<Post>, ApiError> {
    crate::plain(()).after(1).await;
    let post = |id| Post { id, author: user };
    match user {
        7 => Ok(Vec::new()),
        9 => Err(ApiError::Http(503)),
        _ => Ok(vec![post(user * 10), post(user * 10 + 1)]),
    }
}

pub async fn fetch_comments(post: u32) -> Result<Vec<Comment>, ApiError> {
    crate::plain(()).after(1).await;
    Ok(vec![Comment(format!("on {post}"))])
}

/// Cannot reject: a future of no `Result`.
pub async fn double(value: u32) -> u32 {
    value * 2
}

/// A thenable: it becomes a future of a `Result`.
#[derive(Debug)]
pub struct Query(pub Result<u32, ApiError>);
impl IntoFuture for Query {
    type Output = Result<u32, ApiError>;
    type IntoFuture = Ready<Self::Output>;
    fn into_future(self) -> Self::IntoFuture {
        ready(self.0)
    }
}

/// Another, whose future cannot reject.
#[derive(Debug)]
pub struct Count(pub u32);
impl IntoFuture for Count {
    type Output = u32;
    type IntoFuture = Ready<u32>;
    fn into_future(self) -> Ready<u32> {
        ready(self.0)
    }
}

pub fn outcome(v: u32) -> Result<u32, ApiError> {
    if v == 0 {
        Err(ApiError::NotFound)
    } else {
        Ok(v)
    }
}
