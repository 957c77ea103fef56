//! JavaScript ignores what is no function.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(2333) };
}
