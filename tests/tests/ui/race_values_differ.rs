//! Contenders that fulfil with two types.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.race([count(1), async { "one" }]) };
}
