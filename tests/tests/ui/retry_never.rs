//! Nothing before `retry` can reject.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { count(1).retry(3) };
}
