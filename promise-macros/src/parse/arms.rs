//! The arms of a `catch`, and what tells them from arrows.

use proc_macro2::{Delimiter, Group, Spacing, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Pat, Token, Type};

use crate::body::{self, Place};
use crate::errors::Errors;
use crate::model::{Arm, Handler, Parameters};
use crate::tokens::{after_parameters, fat_arrow, is_ident, is_punct, stream};

/// An arrow, as opposed to an arm: what stands before `=>` is a name or something in parentheses.
pub(super) fn is_arrow(tokens: &[TokenTree]) -> bool {
    let tokens = match is_ident(tokens.first(), "async") {
        true => &tokens[1..],
        false => tokens,
    };
    match fat_arrow(tokens) {
        Some(1) => match &tokens[0] {
            TokenTree::Ident(name) => !name.to_string().starts_with(char::is_uppercase),
            TokenTree::Group(group) => {
                group.delimiter() == Delimiter::Parenthesis && !may_refuse(group)
            }
            _ => false,
        },
        Some(2) => is_ident(tokens.first(), "mut"),
        _ => false,
    }
}

/// `(A(x), 1)`: a pattern that some values do not match.
fn may_refuse(group: &Group) -> bool {
    let typed = Parser::parse2(
        |input: ParseStream<'_>| {
            let pattern = Pat::parse_single(input)?;
            let typed = input.peek(Token![:]);
            input.parse::<proc_macro2::TokenStream>()?;
            Ok((pattern, typed))
        },
        group.stream(),
    );
    match typed {
        Ok((_, true)) => false,
        _ => {
            let arm: Result<Pat, _> = Parser::parse2(Pat::parse_single, group.to_token_stream());
            arm.is_ok_and(|pattern| !crate::model::is_irrefutable(&pattern))
        }
    }
}

/// The type in `e: Type`, which makes a `catch` look at the type of the rejection.
pub(super) fn typed_parameter(handler: &Handler, tokens: &[TokenTree]) -> Option<Type> {
    match handler {
        Handler::Arrow(arrow) => match &arrow.parameters {
            Parameters::One(_, annotation) => annotation.clone(),
            _ => None,
        },
        Handler::Closure(_) => {
            let after = after_parameters(tokens, 0)?;
            let open = tokens.iter().position(|token| is_punct(Some(token), '|'))?;
            let parser = |input: ParseStream<'_>| {
                Pat::parse_single(input)?;
                input.parse::<Token![:]>()?;
                let caught = input.parse::<Type>()?;
                input.parse::<Option<Token![,]>>()?;
                Ok(caught)
            };
            Parser::parse2(parser, stream(&tokens[open + 1..after - 1]))
                .ok()
                .filter(|caught| !matches!(caught, Type::Infer(_)))
        }
        Handler::Function(_) => None,
    }
}

/// `name: Type`, as it is mostly written.
fn shown(parameter: &[TokenTree]) -> String {
    match parameter {
        [name, _, TokenTree::Ident(only)] => format!("{name}: {only}"),
        [name, ..] => format!("{name}: Type"),
        [] => String::new(),
    }
}

/// `pattern if guard => body`
pub(super) fn arm(tokens: &[TokenTree], errors: &mut Errors) -> Option<Arm> {
    let Some(place) = fat_arrow(tokens) else {
        errors.at(stream(tokens), "an arm of `catch` is `pattern => …`");
        return None;
    };
    let (head, body) = (&tokens[..place], &tokens[place + 2..]);
    match head {
        [TokenTree::Punct(bar), ..] if bar.as_char() == '|' => {
            errors.at(bar, "an arm begins with its pattern, without a `|`");
            return None;
        }
        [TokenTree::Ident(_), TokenTree::Punct(colon), ..]
            if colon.as_char() == ':' && colon.spacing() == Spacing::Alone =>
        {
            errors.at(
                stream(head),
                format!(
                    "a parameter with its type stands in parentheses: `({}) => …`",
                    shown(head)
                ),
            );
            return None;
        }
        _ => {}
    }
    let guard_at = head.iter().position(|token| is_ident(Some(token), "if"));
    let pattern = match Parser::parse2(Pat::parse_multi, stream(&head[..guard_at.unwrap_or(place)]))
    {
        Ok(pattern) => pattern,
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    if body.is_empty() {
        errors.at(
            stream(&tokens[place..]),
            "the arm has no body: write `pattern => expression`",
        );
        return None;
    }
    if let Some(second) = fat_arrow(body) {
        errors.at(
            stream(&body[second..second + 2]),
            "a comma is missing before this arm, or braces around the one before",
        );
        return None;
    }
    let guard = guard_at.map(|guard| body::parse(&head[guard + 1..], Place::Guard, errors));
    let body = body::parse(
        body,
        Place::Arrow {
            asynchronous: false,
        },
        errors,
    );
    Some(Arm {
        pattern,
        guard,
        body,
    })
}
