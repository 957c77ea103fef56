//! A literal of promises of one type gives an array.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <Vec<User>, ApiError> Promise.all([user(1), user(2)]) };
}
