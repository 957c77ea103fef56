//! Nothing before `tapCatch` can reject; what comes after it can.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { count(1).tapCatch(error => println!("{error}")).then(id => stored(id)) };
}
