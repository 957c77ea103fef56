//! A batch of nothing.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.map([1], id => user(id), { batch: 0 }) };
}
