//! The same in a block.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1).then(user => { return count(user.id).then(n => n + 1).then(n => n * 2) })
    };
}
