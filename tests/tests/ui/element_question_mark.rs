//! `?` after an element.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([stored(1)?, stored(2)]) };
}
