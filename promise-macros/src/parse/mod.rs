//! Tokens to model. Parsing reports what it cannot read and goes on.
//!
//! ```text
//! promise        := ["move"] ["<" Type "," Type ">"] chain [";"]      // <fulfilment, rejection>; `_` allowed in either place
//! chain          := source step*
//! source         := static | constructor | Rust expression
//! static         := "Promise" "." name "(" args ")"                    // camelCase or snake_case
//! constructor    := "new" "Promise" "(" arrow | closure ")"
//! step           := "." name "(" args ")"                              // camelCase or snake_case
//! handler        := arrow | Rust expression (closure, function path)
//! arrow          := ["async"] params "=>" ( expression | block | "(" record ")" )
//! params         := pattern | "(" ")" | "(" pattern [":" Type] ")" | "(" record-pattern ")" | "(" part ,* ")" | "(" "[" part ,* "]" ")"
//! part           := pattern [":" Type] | record-pattern | "[" part ,* "]" | "(" part ,* ")"
//! record         := "{" (ident [":" chain]) ,* "}"                     // `{ user }` is `{ user: user }`
//! record-pattern := "{" ident ,* "}"
//! catch-args     := handler | arm [","] arm …                          // the comma may be left out after a block
//! arm            := pattern ["if" guard] "=>" ( expression | block )
//! ```

mod arms;
mod chain;
mod handler;
mod options;
mod parameters;
mod rewrite;
mod statics;
mod step;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Token, Type};

pub(crate) use chain::{STEPS, is_step_name};
pub(crate) use rewrite::{AWAIT, NESTED, THROW, rewrite};

use crate::errors::Errors;
use crate::model::{Promise, Types};
use crate::runtime::Runtime;
use crate::tokens::{
    after_angles, after_parameters, group, is_ident, is_pair, is_punct, split_commas, stream, trees,
};

/// `[runtime] move <T, E> chain;`
pub(crate) fn promise(input: TokenStream, errors: &mut Errors) -> Promise {
    let mut tokens = trees(input);
    let mut runtime = Runtime::default();
    if let Some(path) = group(tokens.first(), Delimiter::Bracket) {
        runtime = Runtime(path.stream());
        tokens.remove(0);
    }
    let mut capture = capture_mode(&mut tokens);
    let types = header(&mut tokens, errors);
    if capture.is_none() {
        // Where rustc's advice for a borrow that does not live long enough puts it.
        capture = capture_mode(&mut tokens);
    }
    if is_punct(tokens.last(), ';') {
        tokens.pop();
    }
    let semicolon = |token: &TokenTree| is_punct(Some(token), ';');
    if let Some(second) = tokens.iter().position(semicolon) {
        errors.at(
            &tokens[second],
            "a `promise!` holds one chain; what follows belongs into a `promise!` of its own",
        );
        tokens.truncate(second);
    }
    if let Some(comma) = comma(&tokens) {
        errors.at(
            &tokens[comma],
            "a `promise!` holds one chain: several go into `Promise.all([…])`, or each into a `promise!` of its own",
        );
        tokens.truncate(comma);
    }
    let chain = match tokens.first() {
        None if errors.count() > 0 => None,
        Some(_) => Some(chain::chain(&tokens, errors)),
        None => {
            errors.at_span(
                proc_macro2::Span::call_site(),
                "an empty chain; write a source, such as `fetch(1)` or `Promise.resolve(1)`",
            );
            None
        }
    };
    Promise {
        runtime,
        capture,
        types,
        chain,
    }
}

/// The first comma that stands between two chains, or after one.
fn comma(tokens: &[TokenTree]) -> Option<usize> {
    let first = split_commas(tokens).first()?.len();
    is_punct(tokens.get(first), ',').then_some(first)
}

/// Takes `move` off the front, unless it is a closure's.
fn capture_mode(tokens: &mut Vec<TokenTree>) -> Option<Token![move]> {
    if is_ident(tokens.first(), "move") && !is_punct(tokens.get(1), '|') {
        return syn::parse2(TokenStream::from(tokens.remove(0))).ok();
    }
    None
}

/// Takes `<T, E>` off the front. `<T as Trait>::function()` is a source, not a header.
fn header(tokens: &mut Vec<TokenTree>, errors: &mut Errors) -> Types {
    if !is_punct(tokens.first(), '<') {
        return Types::default();
    }
    let Some(after) = after_angles(tokens, 0) else {
        errors.at(
            &tokens[0],
            "the header is not closed; write `<T, E>` before the chain",
        );
        tokens.clear();
        return Types::default();
    };
    if is_pair(tokens, after, ':', ':') {
        return Types::default();
    }
    let header: Vec<_> = tokens.drain(..after).collect();
    let types = split_types(&header[1..header.len() - 1]);
    let [fulfilment, rejection] = types.as_slice() else {
        errors.at(stream(&header), "the header names two types: `<T, E>`, what the chain fulfils with and what it rejects with; either may be `_`");
        return Types::default();
    };
    Types {
        fulfilment: header_type(fulfilment, errors),
        rejection: header_type(rejection, errors),
    }
}

/// Splits at the commas outside `<…>`.
fn split_types(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut types = vec![Vec::new()];
    let mut index = 0;
    while index < tokens.len() {
        let end = match is_punct(tokens.get(index), '<') {
            true => after_angles(tokens, index).unwrap_or(tokens.len()),
            false => index + 1,
        };
        if is_punct(tokens.get(index), ',') {
            types.push(Vec::new());
        } else if let Some(current) = types.last_mut() {
            current.extend_from_slice(&tokens[index..end]);
        }
        index = end;
    }
    if types.len() > 2 && types.last().is_some_and(Vec::is_empty) {
        types.pop();
    }
    types
}

/// `None` for `_`.
fn header_type(tokens: &[TokenTree], errors: &mut Errors) -> Option<Type> {
    match syn::parse2(stream(tokens)) {
        Ok(Type::Infer(_)) => None,
        Ok(named) => Some(named),
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

/// The parts of an argument list.
fn arguments(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    split_commas(&trees(tokens))
        .into_iter()
        .map(unwrapped)
        .collect()
}

/// A closure in parentheses is a closure. A whole argument that came through a `macro_rules` of the user's, as `$handler:expr`, stands in invisible brackets.
fn unwrapped(argument: Vec<TokenTree>) -> Vec<TokenTree> {
    match argument.as_slice() {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None || is_closure(group) => {
            unwrapped(trees(group.stream()))
        }
        _ => argument,
    }
}

fn is_closure(parentheses: &Group) -> bool {
    parentheses.delimiter() == Delimiter::Parenthesis
        && after_parameters(&trees(parentheses.stream()), 0).is_some()
}
