//! `throw` among the tokens of a macro of unknown meaning.
mod kit;
use kit::*;

fn main() {
    macro_rules! ignore { ($($t:tt)*) => {} }
    ignore!();
    let _ = promise! { user(1).then(user => { ignore!(throw DbError); user.id }) };
}
