//! `await` in an arrow that is not `async`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { let n = await count(user.id); n }) };
}
