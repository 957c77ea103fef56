//! A `catch` of a type that the chain does not reject with.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch((error: DbError) => 1) };
}
