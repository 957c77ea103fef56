//! A whole arrow in parentheses.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then((user => user.id)) };
}
