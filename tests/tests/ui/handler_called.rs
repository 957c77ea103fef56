//! The handler is called, not handed over.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(count(1)) };
}
