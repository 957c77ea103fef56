//! A handler that only throws again.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).catch(error => { throw error }) };
}
