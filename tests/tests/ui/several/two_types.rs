//! rustc's own errors, each at its handler.
#[path = "../kit/mod.rs"]
mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1)
            .then(user => { let id: u64 = user.id; count(user.id) })
            .then(|n| n.len())
            .catch(error => error.status)
    };
}
