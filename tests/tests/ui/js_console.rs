//! `console.log(…)`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { console.log(user.id); user.id }) };
}
