//! Independent mistakes in one chain: each is reported, once.
#[path = "../kit/mod.rs"]
mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1)
            .then(2333)
            .thne(user => user.id)
            .catch()
            .finally(user => ())
            .then(user => { const id = user.id; if id === 1 { throw new Error("gone") } break; id })
            .then(|id| id +)
            .catch(_ => 1, ApiError::NotFound => Promise.race([]))
            .await
    };
}
