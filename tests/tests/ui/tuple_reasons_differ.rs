//! A tuple in a variable, whose promises reject with different types, in a chain that names none.
mod kit;
use kit::*;

fn main() {
    let pair = (user(1), stored(2), 3);
    let _ = promise! { Promise.all(pair) };
}
