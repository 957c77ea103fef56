//! A function, as JavaScript writes it.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { id => user(id) };
}
