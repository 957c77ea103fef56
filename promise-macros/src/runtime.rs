//! The paths into `promise-runtime`, written once.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// The path by which this expansion reaches `promise-runtime`, under whatever name the user knows it.
#[derive(Clone, Default)]
pub(crate) struct Runtime(pub(crate) TokenStream);

impl Runtime {
    /// An item of the hidden module that generated code uses, for rustc's messages at a token of the user's.
    pub(crate) fn hidden_at(&self, name: &str, span: Span) -> TokenStream {
        let (root, span) = (&self.0, at(span));
        let name = Ident::new(name, span);
        quote_spanned!(span=> #root::__private::#name)
    }

    /// The constructor of a chain. It stands at the user's own span: the `unused_must_use` lint reports the oldest
    /// expansion otherwise, which is the whole outer macro.
    pub(crate) fn chain(&self, span: Span, future: &TokenStream) -> TokenStream {
        let root = &self.0;
        quote_spanned!(span=> #root::Chain::new(#future))
    }

    /// Ties the name of a step or static to its documentation, for hover and go-to-definition.
    pub(crate) fn documentation(&self, module: &str, name: &Ident) -> TokenStream {
        let (root, module) = (&self.0, internal(module));
        quote!(let _ = #root::#module::#name;)
    }
}

/// Where generated code reports to when the mistake is the user's, without seeing the user's names.
pub(crate) fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// A name of ours, which no name of the user's can shadow or see.
pub(crate) fn internal(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
