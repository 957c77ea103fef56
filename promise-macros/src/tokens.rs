//! Small questions about raw tokens.

use proc_macro2::{Delimiter, Group, Ident, Literal, Spacing, Span, TokenStream, TokenTree};

pub(crate) fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

pub(crate) fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if *ident == name)
}

pub(crate) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// `first` and `second` stand at `index`, glued: `=>`, `::`.
pub(crate) fn is_pair(tokens: &[TokenTree], index: usize, first: char, second: char) -> bool {
    matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == first && punct.spacing() == Spacing::Joint)
        && is_punct(tokens.get(index + 1), second)
}

pub(crate) fn is_fat_arrow(tokens: &[TokenTree], index: usize) -> bool {
    is_pair(tokens, index, '=', '>')
}

/// The place of the first `=>` that stands in no group.
pub(crate) fn fat_arrow(tokens: &[TokenTree]) -> Option<usize> {
    (0..tokens.len()).find(|&index| is_fat_arrow(tokens, index))
}

pub(crate) fn trees(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

pub(crate) fn stream(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

/// A group with other contents and the same brackets.
pub(crate) fn regroup(group: &Group, contents: TokenStream) -> TokenTree {
    let mut new = Group::new(group.delimiter(), contents);
    new.set_span(group.span());
    TokenTree::Group(new)
}

/// The token after the `>` that closes the `<` at `open`; `->` closes nothing.
pub(crate) fn after_angles(tokens: &[TokenTree], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for index in open..tokens.len() {
        if is_punct(tokens.get(index), '<') {
            depth += 1;
        } else if is_punct(tokens.get(index), '>')
            && !(index > 0 && is_pair(tokens, index - 1, '-', '>'))
        {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(index + 1);
            }
        }
    }
    None
}

/// The token after the bar that closes a closure's parameters, where `start` is at the closure's first token.
pub(crate) fn after_parameters(tokens: &[TokenTree], start: usize) -> Option<usize> {
    let mut open = start;
    while is_ident(tokens.get(open), "async")
        || is_ident(tokens.get(open), "move")
        || is_ident(tokens.get(open), "static")
    {
        open += 1;
    }
    if !is_punct(tokens.get(open), '|') {
        return None;
    }
    (open + 1..tokens.len())
        .find(|&index| is_punct(tokens.get(index), '|'))
        .map(|close| close + 1)
}

/// Splits parameters at their commas. There is no comparison among patterns and types: each `<` opens a bracket.
pub(crate) fn split_parameters(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    let mut parts = Vec::new();
    let (mut start, mut index) = (0, 0);
    while index < tokens.len() {
        if is_punct(tokens.get(index), ',') {
            parts.push(&tokens[start..index]);
            start = index + 1;
        }
        index = match is_punct(tokens.get(index), '<') {
            true => after_angles(tokens, index).unwrap_or(index + 1),
            false => index + 1,
        };
    }
    if start < tokens.len() {
        parts.push(&tokens[start..]);
    }
    parts
}

/// Splits at the commas that are not inside a turbofish, a type or a closure's parameters. The comma after a handler
/// `… => { … }` may be left out, as in `match`.
pub(crate) fn split_commas(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut index = 0;
    while index < tokens.len() {
        let closure = if index == start {
            after_parameters(tokens, index)
        } else {
            None
        };
        if let Some(after) = closure {
            index = after_return_type(tokens, after);
        } else if is_ident(tokens.get(index), "as") {
            index = after_type(tokens, index + 1);
        } else if index == start && is_punct(tokens.get(index), '<') {
            // `<Map<A, B> as Trait>::function()`
            index = after_angles(tokens, index).unwrap_or(index + 1);
        } else if is_pair(tokens, index, ':', ':') && is_punct(tokens.get(index + 2), '<') {
            index = after_angles(tokens, index + 2).unwrap_or(index + 3);
        } else if is_punct(tokens.get(index), ',') {
            parts.push(tokens[start..index].to_vec());
            index += 1;
            start = index;
        } else if is_fat_arrow(tokens, index)
            && group(tokens.get(index + 2), Delimiter::Brace).is_some()
        {
            index += 3;
            if !continues(tokens, index) {
                parts.push(tokens[start..index].to_vec());
                index += usize::from(is_punct(tokens.get(index), ','));
                start = index;
            }
        } else {
            index += 1;
        }
    }
    if start < tokens.len() {
        parts.push(tokens[start..].to_vec());
    }
    parts
}

/// A closure with a return type has a block for its body.
fn after_return_type(tokens: &[TokenTree], start: usize) -> usize {
    if !is_pair(tokens, start, '-', '>') {
        return start;
    }
    let block =
        (start..tokens.len()).find(|&index| group(tokens.get(index), Delimiter::Brace).is_some());
    block.unwrap_or(start)
}

/// The token after the type at `start`, as far as commas are concerned.
fn after_type(tokens: &[TokenTree], start: usize) -> usize {
    let in_path = |token: &TokenTree| {
        matches!(token, TokenTree::Ident(_))
            || matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), ':' | '&' | '*'))
    };
    let end = (start..tokens.len())
        .find(|&index| !in_path(&tokens[index]))
        .unwrap_or(tokens.len());
    match is_punct(tokens.get(end), '<') {
        true => after_angles(tokens, end).unwrap_or(end),
        false => end,
    }
}

/// An expression that ended in a block goes on: `{ … }.await`, `{ … }?`.
fn continues(tokens: &[TokenTree], index: usize) -> bool {
    is_punct(tokens.get(index), '.') || is_punct(tokens.get(index), '?')
}

/// From the first token to the last, or here if there is none.
pub(crate) fn span(tokens: &[TokenTree]) -> Span {
    tokens.first().map_or_else(Span::call_site, TokenTree::span)
}

/// A literal that has a value of its own; `throw` and the like are no literals.
pub(crate) fn is_number(token: Option<&TokenTree>) -> bool {
    let starts_with_digit = |literal: &Literal| {
        literal
            .to_string()
            .starts_with(|char: char| char.is_ascii_digit())
    };
    matches!(token, Some(TokenTree::Literal(literal)) if starts_with_digit(literal))
}

/// `{ name: …, name }`, as opposed to a block. A single bare name counts only where `single` says so.
pub(crate) fn is_record(group: &Group, single: bool) -> bool {
    if group.delimiter() != Delimiter::Brace {
        return false;
    }
    let tokens = trees(group.stream());
    let Some(TokenTree::Ident(_)) = tokens.first() else {
        return false;
    };
    match tokens.get(1) {
        None => single,
        Some(TokenTree::Punct(punct)) if punct.as_char() == ',' => true,
        Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => !is_pair(&tokens, 1, ':', ':'),
        _ => false,
    }
}

/// `tapCatch` and `tap_catch` are one name.
pub(crate) fn snake_case(name: &Ident) -> String {
    let mut snake = String::new();
    for char in name.to_string().trim_start_matches("r#").chars() {
        if char.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    snake
}

/// Whether there is a `?` anywhere.
pub(crate) fn has_question_mark(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => has_question_mark(group.stream()),
        _ => false,
    })
}
