//! A misspelt function of `Promise`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.alSettled([user(1), user(2)]) };
}
