//! The `promise!` macro of [`promise-runtime`](https://docs.rs/promise-runtime), which re-exports it.
//!
//! Depend on `promise-runtime`; what this crate emits names that crate's hidden items, at exactly its own version.

mod body;
mod check;
mod errors;
mod lower;
mod model;
mod parse;
mod runtime;
mod tokens;

use errors::Errors;
use proc_macro::TokenStream;

/// Lowers a chain to one `async` block. Called through the `promise!` of `promise-runtime`, which puts the path of its
/// own crate, in brackets, before the user's tokens.
#[proc_macro]
pub fn promise(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let promise = parse::promise(input.into(), &mut errors);
    check::promise(&promise, &mut errors);
    lower::promise(&promise, &errors).into()
}
