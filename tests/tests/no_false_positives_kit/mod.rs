//! What the chains call, and the shape of a test.
#![allow(dead_code, unused_imports, unreachable_pub)]

use std::convert::Infallible;

pub use promise_runtime::prelude::*;
pub use promise_tests::virtually as settle;

#[derive(Debug, Clone, PartialEq)]
pub enum ApiError {
    NotFound,
    Http(u16),
}

#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub id: u32,
    pub name: String,
}

impl User {
    pub async fn posts(&self) -> u32 {
        self.id * 10
    }
}

pub async fn user(id: u32) -> Result<User, ApiError> {
    match id {
        0 => Err(ApiError::NotFound),
        _ => Ok(User {
            id,
            name: format!("user {id}"),
        }),
    }
}

pub async fn count(n: u32) -> u32 {
    n
}

/// A method with the name of a step, or nearly, on a type of the user's.
pub struct Builder(pub u32);

impl Builder {
    pub fn timeout(self, seconds: u32) -> Self {
        Self(self.0 + seconds)
    }

    pub fn retry(self, times: u32) -> Self {
        Self(self.0 + times)
    }

    pub fn tape(self, f: impl Fn(u32) -> u32) -> Self {
        Self(f(self.0))
    }

    pub fn spawn(&self) -> impl Future<Output = Result<u32, Infallible>> {
        std::future::ready(Ok(self.0))
    }

    pub fn send(self) -> impl Future<Output = Result<u32, ApiError>> {
        std::future::ready(Ok(self.0))
    }

    pub fn log(&self, n: u32) -> u32 {
        self.0 + n
    }
}

/// `name: { what must be there first } chain => outcome;`
#[macro_export]
macro_rules! correct {
    ($($name:ident: $({ $($setup:tt)* })? promise! { $($chain:tt)* } => $outcome:expr;)*) => {$(
        #[test]
        fn $name() {
            $($($setup)*)?
            let chain = promise! { $($chain)* };
            assert_eq!(settle(chain), $outcome);
        }
    )*};
}
