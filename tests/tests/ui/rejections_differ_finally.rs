//! A `finally` that rejects with another type.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).finally(() => { throw DbError }) };
}
