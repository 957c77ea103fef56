//! The same, as JavaScript writes it.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).timeout(Duration::from_secs(1), await count(1)) };
}
