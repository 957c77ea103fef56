//! Steps bind more tightly than operators.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { 1 + count(1).then(|n| n) };
}
