//! A chain that outlives what it borrows.
mod kit;
use kit::*;

fn main() {
    fn later(id: u32) -> impl Future<Output = Result<u32, ApiError>> {
        promise! { user(id).then(user => user.id + id) }
    }
    let _ = later(1);
}
