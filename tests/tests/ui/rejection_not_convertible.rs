//! A rejection that is no `E`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <_, ApiError> stored(1) };
}
