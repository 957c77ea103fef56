//! An arm of `match` as a handler.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).then(1 => 2, _ => 3) };
}
