//! The header names another type than the chain fulfils with.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <String, ApiError> user(1).then(user => user.id + 1) };
}
