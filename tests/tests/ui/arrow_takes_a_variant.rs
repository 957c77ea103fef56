//! An arm of `catch` as the second handler of `then`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id, ApiError::NotFound => 0) };
}
