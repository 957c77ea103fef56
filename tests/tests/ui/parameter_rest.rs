//! A rest parameter.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then((...users) => users) };
}
