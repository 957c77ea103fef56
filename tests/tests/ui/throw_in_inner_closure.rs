//! `throw` in a closure in an arrow.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { [1].iter().for_each(|n| throw DbError); user.id }) };
}
