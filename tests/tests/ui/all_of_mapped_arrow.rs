//! The map of an array, as JavaScript writes it.
mod kit;
use kit::*;

fn main() {
    let ids = [1, 2];
    let _ = promise! { Promise.all(ids.map(id => user(id))) };
}
