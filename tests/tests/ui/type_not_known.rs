//! A value whose type nothing says.
mod kit;
use kit::*;

fn main() {
    let _ = promise! { count(1).then(_ => "1".parse().unwrap()) };
}
