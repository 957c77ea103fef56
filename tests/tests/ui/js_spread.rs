//! `...xs`
mod kit;
use kit::*;

fn main() {
    let users = vec![user(1), user(2)];
    let _ = promise! { Promise.all([...users]) };
}
