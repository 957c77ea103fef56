//! A handler for a duration.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).delay(user => 10) };
}
