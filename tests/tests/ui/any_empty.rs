//! Nothing to fulfil.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.any([]) };
}
