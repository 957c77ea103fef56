//! An object taken apart without parentheses.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all({ a: user(1), b: user(2) }).then({ a, b } => a) };
}
