//! Mistakes are collected, not returned, so that one does not hide the next.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Reports a mistake at `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports a mistake at one token, or where tokens are missing.
    pub(crate) fn at_span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, message));
    }

    /// Takes over what syn found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The mistakes as rustc's errors, `None` if there are none.
    pub(crate) fn reported(&self) -> Option<TokenStream> {
        let errors = self.0.iter().map(syn::Error::to_compile_error);
        (!self.0.is_empty()).then(|| quote!(#(#errors)*))
    }
}
