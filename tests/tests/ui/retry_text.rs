//! A text where attempts belong.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).retry("3") };
}
