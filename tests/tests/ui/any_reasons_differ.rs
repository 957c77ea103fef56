//! `any` collects its reasons before any of them converts.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { <u32, Box<dyn std::error::Error>> Promise.any([stored(1), async { Err::<u32, ApiError>(ApiError::NotFound) }]) };
}
