//! The `promise!` macro of [`promise-runtime`](https://docs.rs/promise-runtime), which re-exports it.
//!
//! Depend on `promise-runtime`; what this crate emits names that crate's hidden items, at exactly its own version.

mod body;
mod check;
mod errors;
mod lower;
mod model;
mod parse;
#[cfg(test)]
mod robust;
mod runtime;
mod tokens;

use errors::Errors;
use proc_macro::TokenStream;

/// Lowers a chain to one `async` block. Called through the `promise!` of `promise-runtime`, which puts the path of its
/// own crate, in brackets, before the user's tokens.
#[proc_macro]
pub fn promise(input: TokenStream) -> TokenStream {
    expand(input.into()).into()
}

fn expand(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut errors = Errors::default();
    let mut promise = parse::promise(input.clone(), &mut errors);
    check::promise(&mut promise, &mut errors);
    if errors.count() > 0 {
        errors = Errors::thorough();
        promise = parse::promise(input, &mut errors);
        check::promise(&mut promise, &mut errors);
    }
    lower::promise(&promise, &errors)
}
