//! Re-exports the macro, alone and in a module, and makes chains of its own for its users.

pub use promise_runtime::promise;

/// The whole runtime under another name.
pub mod promises {
    pub use promise_runtime::*;
}

/// A macro of this crate that makes a chain in the user's: `$crate` finds the runtime through us.
#[macro_export]
macro_rules! load {
    ($source:expr, $name:ident => $body:expr) => {
        $crate::promise! { $source.then($name => $body) }
    };
}
