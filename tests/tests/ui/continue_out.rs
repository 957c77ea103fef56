//! `continue` out of an arrow.
mod kit;
use kit::*;

fn main() {
    for id in [1, 2] {
        let _ = promise! { user(id).then(user => { if user.id == 1 { continue } user.id }) };
    }
}
