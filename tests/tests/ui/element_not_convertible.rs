//! An element that rejects with what is no `E`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <_, ApiError> Promise.all([user(1), stored(2)]) };
}
