//! A handler takes one value.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(|user, extra| user.id) };
}
