//! Elements that reject with two types.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([user(1), stored(2)]) };
}
