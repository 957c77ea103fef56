//! An element whose argument is awaited.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([count(count(1).await), count(2)]) };
}
