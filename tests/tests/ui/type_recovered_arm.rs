//! An arm of a `catch` that recovers with another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(ApiError::NotFound => 0, error => drop(error)) };
}
