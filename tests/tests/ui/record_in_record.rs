//! An object in a record.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all({ a: user(1), b: { c: user(2) } }) };
}
