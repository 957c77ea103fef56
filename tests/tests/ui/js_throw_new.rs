//! `throw new Error(…)`
mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1).then(user => { if user.id == 1 { throw new Error("gone") } user.id })
    };
}
