//! Several arguments where one literal belongs.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all(user(1), user(2)) };
}
