//! A promise among the arguments of a step.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.resolve(vec![1, 2]).reduce((sum, n) => sum + n, count(1).await) };
}
