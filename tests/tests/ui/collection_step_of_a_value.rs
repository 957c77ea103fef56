//! A collection step after what may be a collection already.
mod kit;
use kit::*;

fn main() {
    let ids = vec![1, 2];
    let _ = promise! { ids.map(id => id + 1) };
}
