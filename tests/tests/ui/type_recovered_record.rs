//! A `catch` that recovers with a record.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(error => ({ error })) };
}
