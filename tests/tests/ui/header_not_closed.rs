//! A header without its `>`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <u32, ApiError user(1).then(|user| user.id) };
}
