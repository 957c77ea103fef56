//! `new Promise` without an executor.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { new Promise() };
}
