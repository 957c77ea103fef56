//! A field that the struct has not.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(({ id, nane }) => (id, nane)) };
}
