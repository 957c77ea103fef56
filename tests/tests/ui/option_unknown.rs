//! An option that `filter` does not have.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.filter([1], id => *id > 0, { limit: 3 }) };
}
