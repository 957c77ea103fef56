//! `a ?? b`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.name.chars().next() ?? 'x') };
}
