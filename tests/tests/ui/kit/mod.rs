//! What the examples call.
#![allow(dead_code, unused_imports)]

pub use promise_runtime::prelude::*;
pub use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
pub enum ApiError {
    NotFound,
    Http(u16),
}

#[derive(Debug, Clone, PartialEq)]
pub struct DbError;

#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub id: u32,
    pub name: String,
}

pub async fn user(id: u32) -> Result<User, ApiError> {
    if id == 0 { Err(ApiError::NotFound) } else { Ok(User { id, name: String::new() }) }
}

pub async fn stored(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

pub async fn count(id: u32) -> u32 {
    id
}
