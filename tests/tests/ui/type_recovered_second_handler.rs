//! A second handler of `then` that recovers with another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id, error => drop(error)) };
}
