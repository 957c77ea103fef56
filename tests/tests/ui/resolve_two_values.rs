//! `resolve` takes one value.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.resolve(1, 2) };
}
