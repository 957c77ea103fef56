//! A number is no promises.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all(5) };
}
