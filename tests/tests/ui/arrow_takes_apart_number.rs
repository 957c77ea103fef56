//! Two parameters, and a value that has no parts.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { count(1).then((a, b) => a) };
}
