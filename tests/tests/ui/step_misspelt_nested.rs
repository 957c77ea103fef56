//! A misspelt step of a chain in an arrow.
mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1).then(user => { let id = count(user.id).then(n => n).finaly(() => ()); id })
    };
}
