//! The type of a parameter without its last bracket.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then((user: Vec<User) => 1) };
}
