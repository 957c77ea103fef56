//! An arrow that yields an arrow.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => n => n + 1) };
}
