//! Elements whose `?`s are given reasons of two types.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all([async { Ok(user(1).await?.id) }, async { Ok(stored(2).await?) }]) };
}
