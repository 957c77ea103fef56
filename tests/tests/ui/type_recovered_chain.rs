//! A `catch` that recovers with a chain of another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(error => count(1).then(n => n == 0)) };
}
