//! What tokens look like, where Rust's grammar is of no help.

use proc_macro2::{Delimiter, Spacing, TokenTree};

use crate::body::is_opaque;
use crate::tokens::{group, is_fat_arrow, is_ident, is_pair, is_punct, is_record, trees};

/// `name!(…)` whose tokens are its own business.
pub(super) fn is_opaque_macro(tokens: &[TokenTree], index: usize) -> bool {
    match (&tokens[index], tokens.get(index + 1), tokens.get(index + 2)) {
        (TokenTree::Ident(name), Some(TokenTree::Punct(bang)), Some(TokenTree::Group(_))) => {
            bang.as_char() == '!' && bang.spacing() == Spacing::Alone && is_opaque(name)
        }
        _ => false,
    }
}

/// `::name` or `name::`
pub(super) fn is_path_before(tokens: &[TokenTree], index: usize) -> bool {
    index >= 2 && is_pair(tokens, index - 2, ':', ':') || is_pair(tokens, index + 1, ':', ':')
}

/// A name, as opposed to a word of Rust's that may follow one.
pub(super) fn is_name(token: Option<&TokenTree>) -> bool {
    const WORDS: [&str; 12] = [
        "as", "else", "if", "in", "match", "while", "for", "loop", "return", "break", "unsafe",
        "async",
    ];
    matches!(token, Some(TokenTree::Ident(name)) if !WORDS.iter().any(|word| name == word))
}

/// `name =`, `{ a } =` or `[a] =`, but not `name: Type =`.
pub(super) fn declares(tokens: &[TokenTree], index: usize) -> bool {
    let is_pattern = match (tokens.get(index), tokens.get(index.wrapping_sub(1))) {
        (Some(TokenTree::Ident(_)), Some(TokenTree::Ident(word))) => word == "const",
        (Some(TokenTree::Group(group)), Some(TokenTree::Ident(word))) => match group.delimiter() {
            Delimiter::Brace => true,
            Delimiter::Bracket => word != "let",
            _ => false,
        },
        _ => false,
    };
    let equals = is_punct(tokens.get(index + 1), '=')
        && !is_pair(tokens, index + 1, '=', '=')
        && !is_fat_arrow(tokens, index + 1);
    is_pattern && equals
}

/// `let name = value =>`, `const name = async (value) =>`
pub(super) fn is_assigned(tokens: &[TokenTree], arrow: usize) -> bool {
    let word = |back: usize, word: &str| arrow >= back && is_ident(tokens.get(arrow - back), word);
    let parameter = match arrow.checked_sub(1).and_then(|at| tokens.get(at)) {
        Some(TokenTree::Ident(_)) => true,
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
        _ => false,
    };
    let equals = 2 + usize::from(word(2, "async"));
    let declared = ["let", "const", "var", "mut"]
        .iter()
        .any(|declares| word(equals + 2, declares));
    let conditional = ["if", "while"].iter().any(|test| word(equals + 3, test));
    parameter
        && declared
        && !conditional
        && arrow >= equals
        && is_punct(tokens.get(arrow - equals), '=')
}

/// `(const x of xs)`
pub(super) fn is_for_of(token: Option<&TokenTree>) -> bool {
    let Some(group) = group(token, Delimiter::Parenthesis) else {
        return false;
    };
    let tokens = trees(group.stream());
    ["const", "let", "var"]
        .iter()
        .any(|word| is_ident(tokens.first(), word))
}

/// Whether an operand may end here, so that an operator follows.
pub(super) fn ends_operand(token: Option<&TokenTree>) -> bool {
    match token {
        Some(TokenTree::Ident(_)) => is_name(token),
        Some(TokenTree::Group(_) | TokenTree::Literal(_)) => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == '?',
        None => false,
    }
}

/// A name where a value stands: no field, function, macro, pattern or binding of that name.
pub(super) fn is_value(tokens: &[TokenTree], index: usize) -> bool {
    let after = tokens.get(index + 1);
    let binds = ["let", "mut", "ref", "fn", "const", "static", "mod", "for"]
        .iter()
        .any(|word| is_ident(index.checked_sub(1).and_then(|at| tokens.get(at)), word));
    let assigned = is_punct(after, '=') && !is_pair(tokens, index + 1, '=', '=');
    let called = group(after, Delimiter::Parenthesis).is_some();
    let is_macro =
        is_punct(after, '!') && matches!(tokens.get(index + 2), Some(TokenTree::Group(_)));
    let parameter =
        is_punct(index.checked_sub(1).and_then(|at| tokens.get(at)), '|') && is_punct(after, '|');
    let labelled = is_punct(after, ':') || is_punct(after, '@');
    !(binds || assigned || called || is_macro || parameter || labelled)
}

/// `a ? b : c`: what follows the `?` starts an operand, and there is a `:` before the next `,` or `;`.
pub(super) fn is_conditional(tokens: &[TokenTree], index: usize) -> bool {
    let group = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() != Delimiter::Brace);
    let starts = starts_operand(tokens, index + 1) || tokens.get(index + 1).is_some_and(group);
    let colon = |at: usize| {
        is_punct(tokens.get(at), ':')
            && !is_pair(tokens, at, ':', ':')
            && !(at > 0 && is_pair(tokens, at - 1, ':', ':'))
    };
    starts && (index + 1..end_of_part(tokens, index)).any(colon)
}

/// A literal or a name, which after a `?` no operator of Rust's leads to.
pub(super) fn starts_operand(tokens: &[TokenTree], index: usize) -> bool {
    matches!(tokens.get(index), Some(TokenTree::Literal(_))) || is_name(tokens.get(index))
}

/// `{ a: b }`, `{ a, b }`
pub(super) fn is_object(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if is_record(group, false))
}

/// `switch (x) { … }`; `if switch(x) { … }` calls a function.
pub(super) fn is_switch(tokens: &[TokenTree], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    let statement =
        before.is_none() || is_punct(before, ';') || group(before, Delimiter::Brace).is_some();
    statement
        && group(tokens.get(index + 1), Delimiter::Parenthesis).is_some()
        && group(tokens.get(index + 2), Delimiter::Brace).is_some()
}

pub(super) fn end_of_part(tokens: &[TokenTree], index: usize) -> usize {
    (index..tokens.len())
        .find(|&at| is_punct(tokens.get(at), ',') || is_punct(tokens.get(at), ';'))
        .unwrap_or(tokens.len())
}
