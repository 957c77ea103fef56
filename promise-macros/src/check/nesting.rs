//! A nest that could be flat.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

use super::handlers::{chain_at, only_expression};
use crate::model::{
    Body, Handler, Inputs, Parameters, Source, StaticKind, Step, StepKind, Warning,
};
use crate::tokens::{is_punct, trees};

/// `.then(a => f(a).then(b => …))`, where the inner handlers use nothing of the outer one: they can stand after it.
pub(super) fn needless_nesting(step: &Step, warnings: &mut Vec<Warning>) {
    let StepKind::Then(Handler::Arrow(arrow), None) = &step.kind else {
        return;
    };
    let Some(chain) =
        only_expression(&arrow.body.expression).and_then(|only| chain_at(only, &arrow.body))
    else {
        return;
    };
    let names = parameter_names(&arrow.parameters);
    let only_thens = chain
        .steps
        .iter()
        .all(|step| matches!(step.kind, StepKind::Then(_, None)));
    let independent = || {
        let mentions = |step: &Step| match &step.kind {
            StepKind::Then(handler, _) => handler_mentions(handler, &names),
            _ => true,
        };
        !chain.steps.iter().any(mentions) && !source_borrows(&chain.source, &names)
    };
    if let (Some(inner), true) = (chain.steps.first(), only_thens && independent()) {
        warnings.push(Warning {
            marker: "NEEDLESS_NESTING",
            at: inner.name.span(),
        });
    }
}

fn parameter_names(parameters: &Parameters) -> Vec<String> {
    match parameters {
        Parameters::None => Vec::new(),
        Parameters::One(pattern, _) => names(pattern.to_token_stream()),
        Parameters::List(parts) => parts.iter().flat_map(parameter_names).collect(),
        Parameters::Record(fields) => fields.iter().map(ToString::to_string).collect(),
    }
}

fn names(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(name) => vec![name.to_string()],
            TokenTree::Group(group) => names(group.stream()),
            _ => Vec::new(),
        })
        .collect()
}

/// A name, or a text that may be a format with the name in it.
fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => names.contains(&name.to_string()),
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Literal(text) => {
            let text = text.to_string();
            names.iter().any(|name| text.contains(name.as_str()))
        }
        TokenTree::Punct(_) => false,
    })
}

fn handler_mentions(handler: &Handler, names: &[String]) -> bool {
    match handler {
        Handler::Arrow(arrow) => body_mentions(&arrow.body, names),
        Handler::Closure(closure) => mentions(closure.tokens.clone(), names),
        Handler::Function(function) => mentions(function.clone(), names),
    }
}

fn body_mentions(body: &Body, names: &[String]) -> bool {
    // A chain in it may mention anything.
    !body.nested.is_empty() || mentions(body.expression.to_token_stream(), names)
}

/// What the source makes may point into the handler's own values, which are gone after it.
fn source_borrows(source: &Source, names: &[String]) -> bool {
    match source {
        Source::Value(body) => {
            !body.nested.is_empty()
                || body.facts.broken
                || calls_method_of(body.expression.to_token_stream(), names)
        }
        Source::Static(call) => match &call.kind {
            StaticKind::Combine(_, Inputs::Literal(elements) | Inputs::Tuple(elements)) => elements
                .iter()
                .any(|element| !element.steps.is_empty() || source_borrows(&element.source, names)),
            _ => true,
        },
        Source::New(_) => true,
    }
}

/// `user.posts()`, as opposed to `posts(user.id)`.
fn calls_method_of(tokens: TokenStream, names: &[String]) -> bool {
    let tokens = trees(tokens);
    (0..tokens.len()).any(|index| match &tokens[index] {
        TokenTree::Ident(name) if names.contains(&name.to_string()) => {
            let mut after = index + 1;
            while is_punct(tokens.get(after), '.') {
                after += 2;
            }
            !matches!(tokens.get(after), None | Some(TokenTree::Punct(_)))
        }
        TokenTree::Group(group) => calls_method_of(group.stream(), names),
        _ => false,
    })
}
