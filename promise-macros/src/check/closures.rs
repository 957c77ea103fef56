//! An arrow's words in a Rust closure, whose tokens pass untouched. Only what can never be Rust is reported: the rest
//! rustc explains.

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::javascript::{Dialect, repaired};
use crate::body::is_opaque;
use crate::errors::Errors;
use crate::parse::is_step_name;
use crate::tokens::{fat_arrow, group, is_ident, is_punct, trees};

/// True if there was something.
pub(crate) fn closure(tokens: &[TokenTree], errors: &mut Errors) -> bool {
    let before = errors.count();
    let _ = repaired(tokens, Dialect::Closure, errors);
    words(tokens, errors);
    errors.count() > before
}

fn words(tokens: &[TokenTree], errors: &mut Errors) {
    let mut index = 0;
    while index < tokens.len() {
        match &tokens[index] {
            TokenTree::Ident(name)
                if is_punct(tokens.get(index + 1), '!')
                    && matches!(tokens.get(index + 2), Some(TokenTree::Group(_)))
                    && is_opaque(name) =>
            {
                index += 2;
            }
            TokenTree::Ident(word) if *word == "throw" && throws(tokens.get(index + 1)) => {
                errors.at(word, "`throw` belongs to an arrow, `value => …`; a Rust closure returns `Err(reason)`");
            }
            TokenTree::Ident(word) if is_constructor(tokens, index) => {
                errors.at(word, "promises are made in an arrow, `value => …`; in a Rust closure put this into a `promise! { … }`");
            }
            TokenTree::Group(inner) => {
                let arrow = group(tokens.get(index), Delimiter::Parenthesis)
                    .and_then(|group| fat_arrow(&trees(group.stream())));
                match (arrow, method(tokens, index)) {
                    (Some(_), Some(step)) if is_step_name(step) => errors.at(
                        step,
                        "a chain is made in an arrow, `value => …`; in a Rust closure put it into a `promise! { … }`",
                    ),
                    _ => words(&trees(inner.stream()), errors),
                }
            }
            _ => {}
        }
        index += 1;
    }
}

/// `throw reason`; `throw(reason)` and `throw as u8` are Rust.
fn throws(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Ident(name)) => name != "as",
        Some(TokenTree::Literal(_)) => true,
        _ => false,
    }
}

/// `Promise.all(…)`, `new Promise(…)`
fn is_constructor(tokens: &[TokenTree], index: usize) -> bool {
    let after_dot = index > 0 && is_punct(tokens.get(index - 1), '.');
    let called = |name: usize| group(tokens.get(name + 1), Delimiter::Parenthesis).is_some();
    let call = is_ident(tokens.get(index), "Promise")
        && is_punct(tokens.get(index + 1), '.')
        && matches!(tokens.get(index + 2), Some(TokenTree::Ident(_)))
        && called(index + 2);
    let new = is_ident(tokens.get(index), "new")
        && is_ident(tokens.get(index + 1), "Promise")
        && called(index + 1);
    !after_dot && (call || new)
}

/// The method whose arguments stand at `index`.
fn method(tokens: &[TokenTree], index: usize) -> Option<&Ident> {
    match (
        index.checked_sub(2).and_then(|at| tokens.get(at))?,
        &tokens[index - 1],
    ) {
        (TokenTree::Punct(dot), TokenTree::Ident(name)) if dot.as_char() == '.' => Some(name),
        _ => None,
    }
}
