//! A promise around a promise.
mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        new Promise((resolve, reject) => user(1).then(user => resolve(user)).catch(error => reject(error)))
    };
}
