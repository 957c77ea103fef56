//! `all` of one.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([user(1)]) };
}
