//! A policy that looks at reasons of another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).retry(RetryPolicy::constant(Duration::ZERO).when(|_: &DbError| true)) };
}
