//! `await` rejects on `Err` already.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(async user => { let n = await count(user.id)?; n }) };
}
