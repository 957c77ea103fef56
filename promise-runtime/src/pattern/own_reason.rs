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

        impl<E: core::error::Error> core::error::Error for $Error<E> {
            fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
                match self {
                    Self::$Own => None,
                    // `Display` shows the reason itself, so what stands behind it comes next.
                    Self::Inner(reason) => reason.source(),
                }
            }
        }
    };
}

pub(super) use own_reason;
