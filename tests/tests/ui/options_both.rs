//! `concurrency` and `batch` at once.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.map([1], id => user(id), { concurrency: 3, batch: 10 }) };
}
