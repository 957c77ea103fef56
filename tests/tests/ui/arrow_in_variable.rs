//! An arrow as a value.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { let next = (n) => n + 1; next(user.id) }) };
}
