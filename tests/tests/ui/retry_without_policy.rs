//! `retry` without attempts.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).retry() };
}
