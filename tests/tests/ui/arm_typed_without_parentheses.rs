//! The same in a `catch`.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => user.id).catch(e: ApiError => 1) };
}
