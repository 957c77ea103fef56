//! What stands before `=>`.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Pat, PatIdent, Token, Type};

use crate::body::braced;
use crate::model::Parameters;
use crate::tokens::{is_punct, is_record, split_commas, split_parameters, stream, trees};

/// An arrow's parameters.
pub(super) fn parameters(tokens: &[TokenTree]) -> syn::Result<Parameters> {
    let [TokenTree::Group(parens)] = tokens else {
        return one(tokens);
    };
    if parens.delimiter() != Delimiter::Parenthesis {
        return one(tokens);
    }
    let inner = trees(parens.stream());
    match inner.as_slice() {
        [] => Ok(Parameters::None),
        [TokenTree::Group(record)] if is_record(record, true) => {
            record_pattern(record).map(Parameters::Record)
        }
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
            list_pattern(list, &inner)
        }
        _ if split_parameters(&inner).len() > 1 || is_punct(inner.last(), ',') => {
            list_pattern(parens, tokens)
        }
        _ => one(&inner),
    }
}

fn one(tokens: &[TokenTree]) -> syn::Result<Parameters> {
    let (pattern, annotation) = parameter(tokens)?;
    Ok(match pattern {
        Pat::Wild(_) if annotation.is_none() => Parameters::None,
        _ => Parameters::One(pattern, annotation),
    })
}

/// `pattern` or `pattern: Type`.
fn parameter(tokens: &[TokenTree]) -> syn::Result<(Pat, Option<Type>)> {
    // What nearly all are; it costs a third of asking for a pattern.
    if let [TokenTree::Ident(_)] = tokens {
        if let Ok(ident) = syn::parse2(stream(tokens)) {
            let binding = PatIdent {
                attrs: Vec::new(),
                by_ref: None,
                mutability: None,
                ident,
                subpat: None,
            };
            return Ok((Pat::Ident(binding), None));
        }
    }
    let parser = |input: ParseStream<'_>| {
        let pattern = Pat::parse_multi(input)?;
        let annotation = match input.parse::<Option<Token![:]>>()? {
            Some(_) => Some(input.parse::<Type>()?),
            None => None,
        };
        Ok((pattern, annotation))
    };
    Parser::parse2(parser, stream(tokens)).map_err(|error| {
        // What is missing at the end is missing after the last token.
        let located = |input: ParseStream<'_>| {
            let contents;
            syn::braced!(contents in input);
            parser(&contents)
        };
        Parser::parse2(located, braced(tokens))
            .err()
            .unwrap_or(error)
    })
}

/// `(a, b)` and `[a, b]` take apart tuples and arrays alike; with `..` or one name the pattern stays Rust's.
fn list_pattern(list: &Group, whole: &[TokenTree]) -> syn::Result<Parameters> {
    let inner = trees(list.stream());
    let elements = split_parameters(&inner);
    let rest = |element: &&[TokenTree]| {
        is_punct(element.first(), '.') || element.iter().any(|token| is_punct(Some(token), '@'))
    };
    if elements.is_empty() || elements.len() > 12 || elements.iter().any(rest) {
        return one(whole);
    }
    elements
        .iter()
        .map(|element| part(element))
        .collect::<syn::Result<_>>()
        .map(Parameters::List)
}

/// An element of a list. Rust's own tuples stay Rust's, unless there is something of ours in them.
fn part(tokens: &[TokenTree]) -> syn::Result<Parameters> {
    match tokens {
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
            list_pattern(list, tokens)
        }
        [TokenTree::Group(record)] if is_record(record, true) => {
            record_pattern(record).map(Parameters::Record)
        }
        [TokenTree::Group(tuple)] if has_parts(tuple) => parameters(tokens),
        _ => parameter(tokens).map(|(pattern, annotation)| Parameters::One(pattern, annotation)),
    }
}

/// `([a, b], c)`, `({ a }, b)`
fn has_parts(tuple: &Group) -> bool {
    tuple.delimiter() == Delimiter::Parenthesis
        && split_parameters(&trees(tuple.stream()))
            .iter()
            .any(|element| match element {
                [TokenTree::Group(group)] => {
                    group.delimiter() == Delimiter::Bracket
                        || is_record(group, true)
                        || has_parts(group)
                }
                _ => false,
            })
}

fn record_pattern(record: &Group) -> syn::Result<Vec<Ident>> {
    let fields = split_commas(&trees(record.stream()));
    let name = |field: &Vec<TokenTree>| syn::parse2::<Ident>(stream(field));
    fields
        .iter()
        .map(name)
        .collect::<syn::Result<_>>()
        .map_err(|error| {
            syn::Error::new(
                error.span(),
                "a record is taken apart by the names of its fields: `({ user, posts }) => …`",
            )
        })
}

/// What JavaScript has and Rust's patterns have not.
pub(super) fn not_a_parameter(tokens: &[TokenTree], error: syn::Error) -> syn::Error {
    let said = error.to_string();
    let message = match tokens {
        [TokenTree::Group(braces)] if braces.delimiter() == Delimiter::Brace => {
            "a record is taken apart in parentheses: `({ user, posts }) => …`"
        }
        [TokenTree::Ident(word), ..] if word == "move" => {
            "an arrow captures as its chain does: write `promise! { move … }`, or a closure, `move |value| …`"
        }
        _ if said.starts_with("unexpected") || said.starts_with("expected") => {
            "a parameter is a pattern: `value => …`, `(a, b) => …`, `({ a, b }) => …`"
        }
        _ => return error,
    };
    syn::Error::new(error.span(), message)
}
