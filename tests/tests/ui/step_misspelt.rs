//! A misspelt step with an arrow.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).thne(user => user.id).then(|id| id) };
}
