//! Nothing before `tapCatch` can reject.
#![deny(deprecated)]

mod kit;
use kit::*;

fn main() {
    let _ = promise! { count(1).tapCatch(error => println!("{error}")) };
}
