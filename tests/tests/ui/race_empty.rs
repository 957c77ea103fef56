//! A race that never settles.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.race([]) };
}
