//! `catch` without a handler.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).catch() };
}
