//! JavaScript's milliseconds.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).timeout(1000) };
}
