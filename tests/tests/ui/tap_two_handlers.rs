//! `tap` with two handlers.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).tap(|user| (), |error| ()) };
}
