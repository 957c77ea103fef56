//! A chain has one outcome.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.withResolvers() };
}
