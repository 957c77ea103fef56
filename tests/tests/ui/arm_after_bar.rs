//! An arm that begins with a bar.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(| ApiError::NotFound => 1) };
}
