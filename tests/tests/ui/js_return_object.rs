//! `return { a: b }`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { return { id: user.id, name: user.name } }) };
}
