//! A parameter of another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(|id: u32| id) };
}
