//! `never` has no value.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.never(5) };
}
