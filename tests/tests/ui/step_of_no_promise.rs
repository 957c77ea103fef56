//! A method that no promise has, after a good step.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.resolve(1).then(v => v).foo().then(v => v) };
}
