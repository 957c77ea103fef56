//! A `throw` of another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { if user.id == 1 { throw DbError } user.id }) };
}
