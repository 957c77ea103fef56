//! The same after `new Promise`, at the end.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { new Promise((resolve, _reject) => resolve(1)).then(|v| v).unwrap() };
}
