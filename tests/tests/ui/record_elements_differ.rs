//! Fields that reject with two types.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all({ user: user(1), count: stored(2) }) };
}
