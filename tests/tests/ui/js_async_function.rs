//! `async function (…) { … }`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(async function (user) { return user.id }) };
}
