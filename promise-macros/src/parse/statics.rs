//! `Promise.name(…)` and `new Promise(…)`.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

use super::chain::{chain, element};
use super::{arguments, handler, step};
use crate::body::{self, Place};
use crate::check::did_you_mean;
use crate::errors::Errors;
use crate::model::{Body, Chain, Combinator, Inputs, New, Source, Static, StaticKind};
use crate::tokens::{fat_arrow, group, is_record, snake_case, stream, trees};

const STATICS: [&str; 13] = [
    "all",
    "all_settled",
    "any",
    "race",
    "resolve",
    "reject",
    "try",
    "never",
    "delay",
    "map",
    "filter",
    "each",
    "reduce",
];

/// `Promise . name (…)`, which is all there is before the first step.
pub(super) fn call(tokens: &[TokenTree], errors: &mut Errors) -> Static {
    let (name, arguments) = match tokens {
        [
            _,
            _,
            TokenTree::Ident(name),
            TokenTree::Group(group),
            rest @ ..,
        ] if group.delimiter() == Delimiter::Parenthesis => {
            if let [_, TokenTree::Ident(step), ..] = rest {
                errors.at(step, format!("`{step}` is not a step of a promise"));
            } else if let Some(token) = rest.first() {
                errors.at(
                    token,
                    "only steps, such as `.then(…)`, may follow a promise",
                );
            }
            (name, group)
        }
        [_, _, TokenTree::Ident(name), rest @ ..] => {
            let at = rest
                .first()
                .map_or_else(|| quote!(#name), |token| quote!(#token));
            errors.at(
                at,
                format!("`Promise.{name}` is a function: write `Promise.{name}(…)`"),
            );
            return Static {
                name: name.clone(),
                kind: StaticKind::Invalid,
            };
        }
        _ => {
            errors.at(
                &tokens[0],
                "name a function of `Promise`, such as `Promise.all([…])`",
            );
            return Static {
                name: Ident::new("all", tokens[0].span()),
                kind: StaticKind::Invalid,
            };
        }
    };
    let call = Call {
        name,
        group: arguments,
    };
    let kind = call.kind(errors).unwrap_or(StaticKind::Invalid);
    let name = match kind {
        StaticKind::Invalid => name.clone(),
        // Raw, because of `try`.
        _ => Ident::new_raw(&snake_case(name), name.span()),
    };
    Static { name, kind }
}

struct Call<'a> {
    name: &'a Ident,
    group: &'a Group,
}

impl Call<'_> {
    fn kind(&self, errors: &mut Errors) -> Option<StaticKind> {
        match snake_case(self.name).as_str() {
            "all" => self.combine(Combinator::All, errors),
            "all_settled" => self.combine(Combinator::AllSettled, errors),
            "any" => self.combine(Combinator::Any, errors),
            "race" => self.combine(Combinator::Race, errors),
            "resolve" => {
                let value = self.at_most_one(errors)?;
                Some(StaticKind::Resolve(
                    value.map(|tokens| Box::new(chain(&tokens, errors))),
                ))
            }
            "reject" => {
                let reason = self.exactly_one("a reason", errors)?;
                Some(StaticKind::Reject(body::parse(
                    &reason,
                    Place::Argument,
                    errors,
                )))
            }
            "try" => {
                let handler = self.exactly_one("a function", errors)?;
                Some(StaticKind::Try(handler::handler(
                    &handler, 0, self.name, errors,
                )?))
            }
            "never" => {
                if !self.group.stream().is_empty() {
                    errors.at(self.group.stream(), "`Promise.never()` takes no argument");
                }
                Some(StaticKind::Never)
            }
            "delay" => self.delay(errors),
            "with_resolvers" => {
                errors.at(self.name, "a chain has one outcome; call `promise_runtime::with_resolvers()` before the macro, or write `new Promise((resolve, reject) => …)`");
                None
            }
            "map" | "filter" | "each" | "reduce" => self.collection(errors),
            _ => {
                let suggestion = did_you_mean(self.name, STATICS.iter());
                errors.at(
                    self.name,
                    format!("`Promise` has no function `{}`{suggestion}", self.name),
                );
                None
            }
        }
    }

    /// `Promise.map(xs, f)`: the items come first, the rest is as in the step.
    fn collection(&self, errors: &mut Errors) -> Option<StaticKind> {
        let mut arguments = arguments(self.group.stream());
        if arguments.is_empty() {
            errors.at_span(
                self.name.span(),
                format!(
                    "`Promise.{0}` takes items and a handler: `Promise.{0}(items, …)`",
                    self.name
                ),
            );
            return None;
        }
        let items = body::parse(&arguments.remove(0), Place::Argument, errors);
        let rest = step::StepArguments {
            name: self.name,
            group: self.group,
            arguments,
        };
        Some(StaticKind::Collect {
            items,
            collection: rest.collection(errors)?,
        })
    }

    fn delay(&self, errors: &mut Errors) -> Option<StaticKind> {
        let arguments = arguments(self.group.stream());
        let (duration, value) = match arguments.as_slice() {
            [duration, ..] if step::is_no_duration(duration, errors) => return None,
            [duration] => (duration, None),
            [duration, value] => (duration, Some(value)),
            _ => {
                errors.at_span(self.name.span(), "`Promise.delay` takes a duration, and the value to fulfil with: `Promise.delay(duration, value)`");
                return None;
            }
        };
        let duration = body::parse(duration, Place::Argument, errors);
        Some(StaticKind::Delay {
            duration,
            value: value.map(|tokens| Box::new(chain(tokens, errors))),
        })
    }

    fn combine(&self, combinator: Combinator, errors: &mut Errors) -> Option<StaticKind> {
        let arguments = arguments(self.group.stream());
        let name = self.name;
        let [argument] = arguments.as_slice() else {
            match arguments.as_slice() {
                [] => errors.at_span(name.span(), format!("`Promise.{name}` takes promises: `Promise.{name}([a, b])`")),
                _ => errors.at(self.group.stream(), format!("`Promise.{name}` takes one argument; put the promises in brackets: `Promise.{name}([a, b])`")),
            }
            return None;
        };
        let inputs = self.inputs(argument, errors);
        Some(StaticKind::Combine(combinator, inputs))
    }

    fn inputs(&self, argument: &[TokenTree], errors: &mut Errors) -> Inputs {
        if let [TokenTree::Literal(literal)] = argument {
            errors.at(
                literal,
                format!(
                    "`Promise.{0}` takes promises: `Promise.{0}([a, b])`",
                    self.name
                ),
            );
            let mut body = body::parse(argument, Place::Argument, errors);
            body.facts.broken = true;
            return Inputs::Value(body);
        }
        let [TokenTree::Group(group)] = argument else {
            return self.value(argument, errors);
        };
        let tokens = trees(group.stream());
        let elements = arguments(group.stream());
        let repeats = tokens
            .iter()
            .any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'));
        match group.delimiter() {
            Delimiter::Bracket if !repeats => {
                Inputs::Literal(self.elements(&elements, group, errors))
            }
            Delimiter::Parenthesis if elements.len() > 1 || ends_in_comma(&tokens) => {
                Inputs::Tuple(self.elements(&elements, group, errors))
            }
            Delimiter::Brace if tokens.is_empty() || is_record(group, true) => {
                Inputs::Record(self.fields(&elements, group, errors))
            }
            _ => self.value(argument, errors),
        }
    }

    fn value(&self, tokens: &[TokenTree], errors: &mut Errors) -> Inputs {
        let mapped = mapped_arrow(tokens).filter(|_| snake_case(self.name) == "all");
        match mapped {
            Some(arrow) => {
                errors.at(arrow, "the `map` of a collection takes a closure, `|value| …`; a collection and an arrow go into `Promise.map(items, value => …)`");
                Inputs::Value(Body::missing())
            }
            None => Inputs::Value(body::parse(tokens, Place::Argument, errors)),
        }
    }

    fn elements(
        &self,
        elements: &[Vec<TokenTree>],
        group: &Group,
        errors: &mut Errors,
    ) -> Vec<Chain> {
        if elements.len() > 12 {
            errors.at_span(
                group.span_open(),
                "more than 12 promises; collect them in an array or a `Vec` and pass that",
            );
        }
        let present = elements.iter().filter(|element| !element.is_empty());
        present
            .map(|tokens| element(tokens, self.name, errors))
            .collect()
    }

    fn fields(
        &self,
        fields: &[Vec<TokenTree>],
        group: &Group,
        errors: &mut Errors,
    ) -> Vec<(Ident, Chain)> {
        if fields.is_empty() || fields.len() > 12 {
            errors.at_span(group.span_open(), "a record has between 1 and 12 fields");
        }
        record_fields(fields, errors)
            .into_iter()
            .map(|(name, value)| (name, element(&value, self.name, errors)))
            .collect()
    }

    fn at_most_one(&self, errors: &mut Errors) -> Option<Option<Vec<TokenTree>>> {
        let mut arguments = arguments(self.group.stream());
        if arguments.len() > 1 {
            errors.at(
                stream(&arguments[1]),
                format!(
                    "`Promise.{}` takes one argument; several values make a tuple: `(a, b)`",
                    self.name
                ),
            );
            return None;
        }
        Some(arguments.pop())
    }

    fn exactly_one(&self, what: &str, errors: &mut Errors) -> Option<Vec<TokenTree>> {
        let argument = self.at_most_one(errors)?;
        if argument.is_none() {
            errors.at_span(
                self.name.span(),
                format!("`Promise.{}` takes {what}", self.name),
            );
        }
        argument
    }
}

/// The arrow in `xs.map(x => …)`.
fn mapped_arrow(tokens: &[TokenTree]) -> Option<TokenStream> {
    let [.., TokenTree::Ident(map), TokenTree::Group(arguments)] = tokens else {
        return None;
    };
    let arguments = trees(arguments.stream());
    let arrow = fat_arrow(&arguments).filter(|_| map == "map")?;
    Some(stream(&arguments[arrow..arrow + 2]))
}

fn ends_in_comma(tokens: &[TokenTree]) -> bool {
    matches!(tokens.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',')
}

/// `name: value` or `name`, with the tokens of the value.
pub(super) fn record_fields(
    fields: &[Vec<TokenTree>],
    errors: &mut Errors,
) -> Vec<(Ident, Vec<TokenTree>)> {
    let mut record: Vec<(Ident, Vec<TokenTree>)> = Vec::new();
    for field in fields {
        let (name, value) = match field.as_slice() {
            [TokenTree::Ident(name)] => (name, field.clone()),
            [TokenTree::Ident(name), TokenTree::Punct(colon), value @ ..]
                if colon.as_char() == ':' && !value.is_empty() =>
            {
                (name, value.to_vec())
            }
            _ => {
                errors.at(
                    stream(field),
                    "a field of a record is `name: promise` or `name`",
                );
                continue;
            }
        };
        if record.iter().any(|(known, _)| known == name) {
            errors.at(name, format!("the record has a field `{name}` already"));
            continue;
        }
        record.push((name.clone(), value));
    }
    record
}

/// `new Promise(…)`.
pub(super) fn constructor(tokens: &[TokenTree], errors: &mut Errors) -> Source {
    let TokenTree::Ident(promise) = &tokens[1] else {
        unreachable!("`source` looked at this token")
    };
    let mut new = New {
        promise: promise.clone(),
        executor: None,
    };
    let Some(executor) = group(tokens.get(2), Delimiter::Parenthesis) else {
        match tokens.get(3) {
            Some(TokenTree::Ident(name)) => errors.at(
                &tokens[0],
                format!("`Promise.{name}` is a function; write it without `new`"),
            ),
            _ => errors.at(promise, "write `new Promise((resolve, reject) => …)`"),
        }
        return Source::New(new);
    };
    if let Some(token) = tokens.get(3) {
        errors.at(
            token,
            "only steps, such as `.then(…)`, may follow a promise",
        );
    }
    let arguments = arguments(executor.stream());
    match arguments.as_slice() {
        [executor] => new.executor = handler::executor(executor, promise, errors),
        _ => errors.at_span(
            promise.span(),
            "`new Promise` takes one function: `new Promise((resolve, reject) => …)`",
        ),
    }
    Source::New(new)
}
