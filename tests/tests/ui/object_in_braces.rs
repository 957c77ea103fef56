//! Braces make a block.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { id: user.id, name: user.name }) };
}
