//! A promise for a handler: it would be made before the step.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(Promise.resolve(5)) };
}
