//! An arrow borrows as an `async` block does.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(move user => user.id) };
}
