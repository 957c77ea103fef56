//! An arrow that nobody calls.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { async () => { await user(1) } };
}
