//! An arrow for a method of Rust's.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => [1, 2].iter().map(n => n + 1).count()) };
}
