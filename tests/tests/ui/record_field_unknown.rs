//! A field that the record has not.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { Promise.all({ user: user(1), posts: count(2) }).then(({ user, post }) => (user, post)) };
}
