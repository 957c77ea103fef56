//! A hot promise whose value cannot be cloned for those who wait for it.
mod kit;
use kit::*;

struct File;

fn main() {
    let file = LocalPromise::<File, ApiError>::resolve(File);
    let _ = promise! { count(1).then(_ => file) };
}
