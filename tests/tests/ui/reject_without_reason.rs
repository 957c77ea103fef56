//! `reject` without a reason.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.reject() };
}
