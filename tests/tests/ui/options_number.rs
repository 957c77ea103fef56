//! A number where options belong.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.map([1], id => user(id), 3) };
}
