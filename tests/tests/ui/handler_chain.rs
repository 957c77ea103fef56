//! A chain for a handler.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(count(1).then(n => n + 1)) };
}
