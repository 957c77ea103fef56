//! A `throw` that is no `E`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <_, ApiError> count(1).then(n => { if n == 1 { throw DbError } n }) };
}
