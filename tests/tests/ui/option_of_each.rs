//! `each` has no options.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.each([1], id => user(*id), { batch: 3 }) };
}
