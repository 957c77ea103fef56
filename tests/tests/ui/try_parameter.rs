//! There is nothing before `try`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.try(value => value) };
}
