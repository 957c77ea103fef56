//! A guard that would have to wait.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(ApiError::Http(s) if stored(1).await.is_ok() => 1, _ => 2) };
}
