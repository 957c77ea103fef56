//! `x instanceof Y`
mod kit;
use kit::*;

fn main() {
    let _ = promise! {
        user(1).then(user => user.id).catch(error => { if error instanceof ApiError { 1 } else { 2 } })
    };
}
