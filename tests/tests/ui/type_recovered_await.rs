//! A `catch` that waits for a value of another type.
mod kit;
use kit::*;

fn main() {
    async fn text(_: u32) -> String { String::new() }
    let _ = promise! { user(1).then(user => user.id).catch(async error => text(7).await) };
}
