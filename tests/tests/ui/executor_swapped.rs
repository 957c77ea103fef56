//! The parameters are named the wrong way round.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <u32, u32> new Promise((reject, resolve) => resolve(5)) };
}
