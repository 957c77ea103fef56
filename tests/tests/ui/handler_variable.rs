//! A value that is no function.
mod kit;
use kit::*;

fn main() {
    let five = 5;
    let _ = promise! { user(1).then(five) };
}
