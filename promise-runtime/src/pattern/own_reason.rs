//! The error types of patterns that add a reason of their own to the user's.

/// `Display` and `Error` for an enum of `Inner(E)` and one other variant: the inner reason speaks for itself.
macro_rules! own_reason {
    ($Error:ident::$Own:ident, $message:literal) => {
        impl<E: core::fmt::Display> core::fmt::Display for $Error<E> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    Self::$Own => f.write_str($message),
                    Self::Inner(reason) => reason.fmt(f),
                }
            }
        }

        // Dynamic errors (`anyhow::Error`, `Box<dyn Error>`) are no `Error` themselves, and must go into a dynamic chain all the same. So
        // nothing can be asked of the reason's sources.
        impl<E: core::fmt::Debug + core::fmt::Display> core::error::Error for $Error<E> {}
    };
}

pub(super) use own_reason;
