//! A function of `Promise` that is not called.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all };
}
