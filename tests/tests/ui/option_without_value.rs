//! An option without a value.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.map([1], id => user(id), { batch }) };
}
