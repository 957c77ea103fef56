//! A future as a statement of a branch.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { if user.id == 1 { stored(1); } user.id }) };
}
