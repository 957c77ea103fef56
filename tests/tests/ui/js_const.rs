//! `const x = …`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { const id = user.id; id }) };
}
