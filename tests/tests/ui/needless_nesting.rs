//! A nest that uses nothing of the outer handler.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => count(user.id).then(n => n + 1)) };
}
