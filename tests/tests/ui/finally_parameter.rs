//! `finally` does not say how it went.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).finally(user => ()) };
}
