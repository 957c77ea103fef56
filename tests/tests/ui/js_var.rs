//! `var x = …`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { var id = user.id; id }) };
}
