//! The clean-up is called, not handed over.
mod kit;
use kit::*;

fn main() {
    fn clean() {}
    let _ = promise! { user(1).finally(clean()) };
}
