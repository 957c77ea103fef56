//! A default value.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then((user = 5) => user) };
}
