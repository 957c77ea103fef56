//! A `return` in the tokens of a macro, which is Rust's and returns from what stands around the arrow's body.
mod kit;
use kit::*;

macro_rules! unless {
    ($condition:expr, $otherwise:block) => {
        if !$condition $otherwise
    };
}

fn main() {
    let _ = promise! { user(1).then(user => { unless!(user.id == 1, { return 5 }); user.id }) };
}
