//! rustc's own error, at the closure's token.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(|user| user.ident) };
}
