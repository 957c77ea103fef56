//! One outcome needs no names.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.race({ a: user(1), b: user(2) }) };
}
