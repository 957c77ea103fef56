//! A step that other libraries have.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).done(user => user.id) };
}
