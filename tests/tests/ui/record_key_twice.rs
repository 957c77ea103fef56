//! A record with one name twice.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all({ a: user(1), a: user(2) }) };
}
