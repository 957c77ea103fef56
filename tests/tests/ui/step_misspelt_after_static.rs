//! A misspelt step after a function of `Promise`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([user(1), user(2)]).finaly(|| ()) };
}
