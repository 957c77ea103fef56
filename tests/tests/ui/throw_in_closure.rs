//! `throw` in a Rust closure.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(|user| { throw DbError }) };
}
