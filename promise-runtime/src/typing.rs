//! What only an editor sees, while a chain is being typed. rust-analyzer sets the flag `rust_analyzer` for what it looks at.

/// What generated code has for an editor.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __typing {
    ($($tokens:tt)*) => {};
}

/// What generated code has for an editor.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __typing {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// The source of a chain before a dot: it has the steps as methods, and its own.
#[cfg(rust_analyzer)]
#[allow(missing_debug_implementations)]
pub struct Typing<T>(pub T);

#[cfg(rust_analyzer)]
impl<T> core::ops::Deref for Typing<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
