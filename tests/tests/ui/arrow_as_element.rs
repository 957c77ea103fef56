//! An arrow that nobody calls, among promises.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([() => user(1), user(2)]) };
}
