//! Nothing before `catch` can reject.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { count(1).then(n => n + 1).catch(_error => 5) };
}
