//! `break` out of an arrow.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { if user.id == 1 { break } user.id }) };
}
