//! A future as a statement of an arrow.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { count(user.id); }) };
}
