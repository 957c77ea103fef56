//! The same in an `async` arrow.
mod kit;
use kit::*;

macro_rules! unless {
    ($condition:expr, $otherwise:block) => {
        if !$condition $otherwise
    };
}

fn main() {
    let _ = promise! { user(1).then(async user => { unless!(user.id == 1, { return 5 }); user.id }) };
}
