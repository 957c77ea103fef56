//! Fire and forget, and nobody would see the rejection.
mod kit;
use kit::*;

fn main() {
    promise! { user(1).then(user => user.id) }.detach();
}
