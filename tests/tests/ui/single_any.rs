//! `any` of one.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.any([user(1)]) };
}
