//! An option of `map` that is nearly right.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.map([1], id => user(id), { concurency: 3 }) };
}
