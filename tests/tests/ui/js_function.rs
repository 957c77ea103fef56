//! `function (…) { … }`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(function (user) { return user.id }) };
}
