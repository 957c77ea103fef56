//! `Promise.all` in a Rust closure.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(|user| Promise.all([count(1), count(2)])) };
}
