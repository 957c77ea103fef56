//! A promise around a promise, with the functions themselves.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { new Promise((resolve, reject) => { user(1).then(resolve, reject) }) };
}
