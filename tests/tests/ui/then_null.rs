//! JavaScript's way to handle rejections only.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(null, error => 5) };
}
