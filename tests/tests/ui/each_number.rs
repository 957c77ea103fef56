//! What can not be iterated over, one after the other.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.each(3, id => user(*id)) };
}
