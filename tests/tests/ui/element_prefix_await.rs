//! An element after JavaScript's `await`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([await count(1), count(2)]) };
}
