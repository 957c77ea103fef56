//! A combinator of hot promises whose value cannot be cloned for those who wait for them.
mod kit;
use kit::*;

struct File;

fn main() {
    let files = vec![LocalPromise::<File, ApiError>::resolve(File)];
    let _ = promise! { Promise.all(files).then(files => files.len()) };
}
