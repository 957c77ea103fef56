//! A `?` of another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.name.parse::<u32>()? + 1) };
}
