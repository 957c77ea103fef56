//! Mistakes are collected, not returned, so that one does not hide the next.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
    /// What syn cannot read is reported too, and not left to rustc, which would not get to the others.
    pub(crate) thorough: bool,
}

impl Errors {
    pub(crate) fn thorough() -> Self {
        Self {
            thorough: true,
            ..Self::default()
        }
    }

    /// Reports a mistake at `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.found.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports a mistake at one token, or where tokens are missing.
    pub(crate) fn at_span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.found.push(syn::Error::new(span, message));
    }

    /// Takes over what syn found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.found.push(error);
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// The mistakes as rustc's errors, `None` if there are none.
    pub(crate) fn reported(&self) -> Option<TokenStream> {
        let errors = self.found.iter().map(syn::Error::to_compile_error);
        (!self.found.is_empty()).then(|| quote!(#(#errors)*))
    }
}
