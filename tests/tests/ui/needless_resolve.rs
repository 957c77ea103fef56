//! A handler that wraps its value.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => Promise.resolve(user.id)) };
}
