//! A race of one.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.race([user(1)]) };
}
