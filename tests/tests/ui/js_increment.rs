//! `x++`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { let mut id = user.id; id++; id }) };
}
