//! What stands where a function is expected.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Pat;
use syn::parse::{ParseStream, Parser};

use super::parameters::{not_a_parameter, parameters};
use crate::body::{self, Place};
use crate::check::{self, Dialect};
use crate::errors::Errors;
use crate::model::{Arrow, Body, Closure, Handler, Inlined, Parameters, takes_all};
use crate::tokens::{
    after_parameters, fat_arrow, has_question_mark, is_ident, is_punct, is_record,
    split_parameters, stream,
};

/// `spread` takes apart whatever it is given.
pub(super) const SEVERAL: usize = usize::MAX;

/// A handler that is called with `parameters` values (and may ignore them).
pub(super) fn handler(
    tokens: &[TokenTree],
    parameters: usize,
    step: &Ident,
    errors: &mut Errors,
) -> Option<Handler> {
    if after_parameters(tokens, 0).is_some() {
        let closure = closure(tokens, parameters, step, errors);
        return match check::closure(tokens, errors) || is_unreadable(tokens, errors) {
            true => None,
            false => closure.map(Handler::Closure),
        };
    }
    if fat_arrow(tokens).is_some() {
        return arrow(tokens, parameters, step, errors).map(Handler::Arrow);
    }
    if check::repaired(tokens, Dialect::Arrow, errors).is_some()
        || check::not_a_function(tokens, step, errors)
        || is_unreadable(tokens, errors)
    {
        return None;
    }
    Some(Handler::Function(stream(tokens)))
}

/// What rustc would stop at, if there are other mistakes.
fn is_unreadable(tokens: &[TokenTree], errors: &mut Errors) -> bool {
    match syn::parse2::<syn::Expr>(stream(tokens)) {
        Err(error) if errors.thorough => {
            errors.push(body::located(error, tokens));
            true
        }
        _ => false,
    }
}

/// The executor of `new Promise`: `(resolve, reject) => …`.
pub(super) fn executor(
    tokens: &[TokenTree],
    promise: &Ident,
    errors: &mut Errors,
) -> Option<Handler> {
    if is_ident(tokens.first(), "async") {
        errors.at(&tokens[0], "an executor runs at once and must not be `async`; return the `async` block itself instead of `new Promise`");
        return None;
    }
    let executor = handler(tokens, SEVERAL, promise, errors)?;
    let parameters = match &executor {
        Handler::Arrow(arrow) => match &arrow.parameters {
            Parameters::List(patterns) => patterns.len(),
            _ => 1,
        },
        Handler::Closure(closure) => closure.parameters,
        Handler::Function(_) => 1,
    };
    if parameters > 2 {
        errors.at(
            &tokens[0],
            "an executor takes two parameters: `(resolve, reject) => …`",
        );
        return None;
    }
    Some(executor)
}

fn closure(
    tokens: &[TokenTree],
    expected: usize,
    step: &Ident,
    errors: &mut Errors,
) -> Option<Closure> {
    let after = after_parameters(tokens, 0).unwrap_or(tokens.len());
    let open = tokens
        .iter()
        .position(|token| is_punct(Some(token), '|'))
        .unwrap_or(0);
    let list = &tokens[open + 1..after - 1];
    let parameters = split_parameters(list).len();
    if expected != SEVERAL && parameters > expected {
        errors.at(stream(list), too_many(step, expected));
        return None;
    }
    let asynchronous = is_ident(tokens.first(), "async");
    let body = stream(&tokens[after..]);
    let facts = if asynchronous {
        None
    } else {
        body::closure_facts(body.clone())
    }
    .unwrap_or_default();
    let is_block = facts.known
        && open == 0
        && parameters <= 1
        && !(facts.returns || facts.rejects || facts.waits || facts.unknown_macro);
    let parameter = match list.split_last() {
        Some((last, before)) if is_punct(Some(last), ',') => stream(before),
        _ => stream(list),
    };
    Some(Closure {
        tokens: stream(tokens),
        parameters,
        asynchronous,
        plain: facts.plain,
        diverges: facts.diverges,
        inlined: is_block.then(|| Inlined {
            takes_all: parameter_takes_all(&parameter),
            parameter,
            begins_with_block: facts.begins_with_block,
            body: body.clone(),
        }),
        question_mark: has_question_mark(body),
    })
}

/// A path, as it is mostly written.
fn shown(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

fn parameter_takes_all(parameter: &TokenStream) -> bool {
    let typed = |input: ParseStream<'_>| {
        let pattern = Pat::parse_single(input)?;
        input.parse::<TokenStream>()?;
        Ok(pattern)
    };
    // Nearly all are names, and asking for a pattern costs more.
    let mut tokens = parameter.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), None) => {
            name != "_" && !name.to_string().starts_with(char::is_uppercase)
        }
        _ => Parser::parse2(typed, parameter.clone()).is_ok_and(|pattern| takes_all(&pattern)),
    }
}

fn too_many(step: &Ident, expected: usize) -> String {
    match expected {
        0 => format!("the handler of `{step}` takes no parameter: write `() => …`"),
        _ => format!(
            "the handler of `{step}` takes one parameter; to take a tuple apart write `|(a, b)|`, or use `spread`"
        ),
    }
}

fn arrow(
    tokens: &[TokenTree],
    expected: usize,
    step: &Ident,
    errors: &mut Errors,
) -> Option<Arrow> {
    let asynchronous = match &tokens[0] {
        TokenTree::Ident(name) if name == "async" => Some(name.clone()),
        _ => None,
    };
    let tokens = &tokens[usize::from(asynchronous.is_some())..];
    let place = fat_arrow(tokens)?;
    let (parameter_tokens, body) = (&tokens[..place], &tokens[place + 2..]);
    let parameters = match parameters(parameter_tokens) {
        Ok(parameters) => parameters,
        Err(error) => {
            errors.push(not_a_parameter(parameter_tokens, error));
            return None;
        }
    };
    if let Some(one) = parameters.one_of_several() {
        let name = match one {
            Pat::Lit(literal) => literal.to_token_stream().to_string(),
            Pat::TupleStruct(tuple) => shown(&tuple.path) + "(…)",
            _ => shown(one),
        };
        errors.at(one, format!("`{step}` takes whatever comes: arms, such as `{name} => …`, belong in `catch`; here write `value => match value {{ … }}`"));
        return None;
    }
    if expected == 0 && !matches!(parameters, Parameters::None) {
        errors.at(stream(parameter_tokens), too_many(step, 0));
        return None;
    }
    if body.is_empty() {
        errors.at(
            stream(&tokens[place..]),
            "the arrow has no body: write `value => expression`",
        );
        return Some(Arrow {
            asynchronous,
            parameters,
            body: Body::missing(),
        });
    }
    if let [TokenTree::Group(braces)] = body {
        if is_record(braces, false) {
            errors.at_span(
                braces.span_open(),
                "braces make a block here; a record stands in parentheses: `({ … })`",
            );
            return None;
        }
    }
    if let Some(second) = fat_arrow(body) {
        errors.at(
            stream(&body[second..second + 2]),
            "an arrow is a handler of a promise's step; write a closure here: `|value| …`",
        );
        return None;
    }
    let mut body = body::parse(
        body,
        Place::Arrow {
            asynchronous: asynchronous.is_some(),
        },
        errors,
    );
    // What the body produces may borrow from the value, too.
    body.facts.borrows |= parameters.borrow();
    Some(Arrow {
        asynchronous,
        parameters,
        body,
    })
}
