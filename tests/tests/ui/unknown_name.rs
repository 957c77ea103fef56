//! A name that does not exist.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => unknown) };
}
