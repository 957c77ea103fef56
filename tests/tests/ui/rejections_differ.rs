//! Steps that reject with two types.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => stored(user.id)) };
}
