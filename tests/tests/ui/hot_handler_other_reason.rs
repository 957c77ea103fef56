//! A handler of a hot promise that rejects with another type.
mod kit;
use kit::*;

fn main() {
    let hot: LocalPromise<u32, std::convert::Infallible> = LocalPromise::resolve(1);
    let _ = hot.then(|n| if n == 1 { Err(DbError) } else { Ok(n) });
}
