//! Two arms without a comma between them.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(ApiError::NotFound => 1 _ => 2) };
}
