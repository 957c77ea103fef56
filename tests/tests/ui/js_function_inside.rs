//! `function` in an arrow.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => [1, 2].map(function (n) { return n })) };
}
