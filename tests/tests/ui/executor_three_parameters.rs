//! An executor takes two functions.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <u32, u32> new Promise((resolve, reject, notify) => resolve(5)) };
}
