//! A handler of a hot promise that never returns.
mod kit;
use kit::*;

fn main() {
    let hot = LocalPromise::<u32, ApiError>::reject(ApiError::NotFound);
    let _: LocalPromise<u32, ApiError> = hot.catch(|reason| panic!("{reason:?}"));
}
