//! `then` with three handlers.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(|user| 1, |error| 2, |extra| 3) };
}
