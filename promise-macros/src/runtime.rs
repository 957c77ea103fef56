//! The paths into `promise-runtime`, written once.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::model::Warning;

/// The path by which this expansion reaches `promise-runtime`, under whatever name the user knows it.
#[derive(Clone, Default)]
pub(crate) struct Runtime(pub(crate) TokenStream);

/// The name of the runtime's hidden module inside the expansion.
const HIDDEN: &str = "__promise";
/// The name of `Chain` there.
const CHAIN: &str = "__PromiseChain";

impl Runtime {
    /// Gives the hidden module and `Chain` names that, unlike `$crate`, may stand at any token of the user's.
    pub(crate) fn import(&self) -> TokenStream {
        let (root, hidden, chain) = (&self.0, hidden(), internal(CHAIN));
        quote_spanned!(Span::mixed_site()=> use #root::{__private as #hidden, Chain as #chain};)
    }
}

/// The hidden module, once imported.
pub(crate) fn hidden() -> Ident {
    internal(HIDDEN)
}

/// An item of the hidden module, for rustc's messages at a token of the user's.
pub(crate) fn hidden_at(name: &str, span: Span) -> TokenStream {
    let (hidden, name) = (Ident::new(HIDDEN, at(span)), Ident::new(name, at(span)));
    quote_spanned!(at(span)=> #hidden::#name)
}

/// The constructor of a nested chain. It stands at the user's own span: the `unused_must_use` lint reports the oldest
/// expansion otherwise, which is the whole outer macro.
pub(crate) fn nested_chain(span: Span, future: &TokenStream) -> TokenStream {
    let chain = Ident::new(CHAIN, span);
    quote_spanned!(span=> #chain::new(#future))
}

/// Names the marker of what is redundant, where it stands: rustc warns of its use.
pub(crate) fn warning(warning: &Warning) -> TokenStream {
    let (hidden, module) = (hidden(), internal("warnings"));
    let marker = Ident::new(warning.marker, at(warning.at));
    quote!(let _ = #hidden::#module::#marker;)
}

/// Where generated code reports to when the mistake is the user's, without seeing the user's names.
pub(crate) fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// Tokens of ours, reported at a token of the user's.
pub(crate) fn located(tokens: &TokenStream, span: Span) -> TokenStream {
    let locate = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.clone().into_iter().map(locate).collect()
}

/// A name of ours, which no local name of the user's can shadow or see.
pub(crate) fn internal(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
