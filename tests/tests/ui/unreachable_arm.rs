//! An arm after one that catches everything.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(_ => 1, ApiError::NotFound => 2) };
}
