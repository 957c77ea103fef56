//! A closure that only returns the reason.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).catch(|error| Err(error)) };
}
