//! `.spawn()` of what may be ours or not.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).spawn() };
}
