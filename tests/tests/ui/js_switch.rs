//! `switch (x) { … }`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(user => { switch (user.id) { case 1: 5 } }) };
}
