//! An object where a record in parentheses belongs.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.resolve({ a: 1 }).then(r => r.a) };
}
