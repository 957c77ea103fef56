//! A handler that wraps its reason.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1).then(user => { if user.id == 1 { return Promise.reject(ApiError::NotFound) } user.id })
    };
}
