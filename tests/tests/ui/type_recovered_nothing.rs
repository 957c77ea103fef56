//! A `catch` whose block has no value.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(error => { drop(error); }) };
}
