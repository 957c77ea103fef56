//! What can not be iterated over.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.map(3, id => user(id)) };
}
