//! A second expression after the chain.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id), user(2) };
}
