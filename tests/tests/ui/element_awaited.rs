//! An element that is awaited while the others wait to be made.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([count(1).await, count(2)]) };
}
