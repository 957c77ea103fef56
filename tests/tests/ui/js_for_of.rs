//! `for (const x of xs)`
mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1).then(user => { for (const n of [1, 2]) { println!("{n}"); } user.id })
    };
}
