//! More parameters than parts.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([count(1), count(2)]).spread(|a, b, c| a) };
}
