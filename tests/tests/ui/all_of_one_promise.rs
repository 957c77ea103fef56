//! A promise where several belong.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all(user(1)).then(users => users) };
}
