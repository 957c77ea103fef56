//! An `await` before the whole chain.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { await user(1).then(user => user.id) };
}
