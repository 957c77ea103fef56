//! The executor's value is lost.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <u32, u32> new Promise((resolve, reject) => count(1)) };
}
