//! A `catch` that recovers with what a call produces, which is of another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(error => drop(error)) };
}
