//! `.await?` inside the macro: one mistake.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).await? };
}
