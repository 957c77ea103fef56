//! An executor runs at once.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { new Promise(async (resolve, reject) => resolve(5)) };
}
