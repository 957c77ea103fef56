//! `try { … } finally { … }`
mod kit;
use kit::*;

fn main() {
    let _ = promise! { user(1).then(async u => { try { await user(u.id); } finally { done() } }) };
}
