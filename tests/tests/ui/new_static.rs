//! `new` before a function of `Promise`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { new Promise.all([user(1), user(2)]) };
}
