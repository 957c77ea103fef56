//! A header with one type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <ApiError> user(1) };
}
