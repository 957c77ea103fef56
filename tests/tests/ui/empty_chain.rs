//! Nothing is written.
mod kit;
use kit::*;

fn main() {
    let _ = promise! {};
}
