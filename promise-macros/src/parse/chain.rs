//! Where a chain begins, and its steps.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::{arguments, statics, step};
use crate::body::{self, Place};
use crate::check;
use crate::errors::Errors;
use crate::model::{Body, Chain, Source, Step, StepKind, Typing};
use crate::tokens::{fat_arrow, group, is_ident, is_punct, snake_case, span, stream, trees};

/// Steps that no ordinary value has as a method.
pub(crate) const STEPS: [&str; 9] = [
    "then",
    "catch",
    "finally",
    "tap",
    "tap_catch",
    "timeout",
    "retry",
    "delay",
    "spread",
];
/// Steps that ordinary values have too: they count only where a promise stands before them.
const COLLECTION_STEPS: [&str; 4] = ["map", "filter", "each", "reduce"];
/// What belongs after the macro.
const CONSUMERS: [&str; 8] = [
    "spawn",
    "spawn_local",
    "spawn_with",
    "detach",
    "detach_local",
    "block_on",
    "boxed",
    "boxed_local",
];

pub(crate) fn is_step_name(name: &Ident) -> bool {
    let name = snake_case(name);
    STEPS.contains(&name.as_str()) || is_collection_step(&name)
}

pub(super) fn is_collection_step(name: &str) -> bool {
    COLLECTION_STEPS.contains(&name)
}

/// `.name(arguments)` as it stands in the tokens, or a `.name` that is still being typed.
struct Postfix {
    start: usize,
    name: Ident,
    arguments: Option<Group>,
}

impl Postfix {
    fn arguments(&self) -> TokenStream {
        self.arguments
            .as_ref()
            .map_or_else(TokenStream::new, Group::stream)
    }

    fn has_arrow(&self) -> bool {
        fat_arrow(&trees(self.arguments())).is_some()
    }

    fn is_step(&self) -> bool {
        is_step_name(&self.name) || self.has_arrow()
    }

    /// `….then(|v| v).finaly(|| x)`: nearly a step, after one.
    fn is_misspelt(&self, tokens: &[TokenTree]) -> bool {
        let arguments = |postfix: &Self| trees(postfix.arguments());
        check::is_misspelt_step(&self.name, &arguments(self))
            && (is_promise(&tokens[..self.start])
                || postfix_before(tokens, self.start).is_some_and(|before| {
                    before.has_arrow()
                        || check::is_certain_step(&before.name, &arguments(&before))
                        || before.is_misspelt(tokens)
                }))
    }
}

/// A chain in any place. `tokens` is not empty.
pub(crate) fn chain(tokens: &[TokenTree], errors: &mut Errors) -> Chain {
    chain_in(tokens, None, errors)
}

/// An element of `Promise.combinator([…])`.
pub(super) fn element(tokens: &[TokenTree], combinator: &Ident, errors: &mut Errors) -> Chain {
    chain_in(tokens, Some(combinator), errors)
}

fn chain_in(tokens: &[TokenTree], combinator: Option<&Ident>, errors: &mut Errors) -> Chain {
    let mut typing = typing(tokens);
    let tokens = without_consumers(tokens, combinator, errors);
    let postfixes = steps_of(tokens);
    let source_end = postfixes.first().map_or(tokens.len(), |first| first.start);
    let source_tokens = &tokens[..source_end];
    // With steps an element is a chain of its own, which waits on its own.
    let place = match combinator {
        Some(_) if postfixes.is_empty() => Place::Element,
        _ => Place::Source,
    };
    let mut source = source(source_tokens, place, errors);
    if let (Source::Value(body), false) = (&mut source, postfixes.is_empty()) {
        body::unambiguous_source(body, errors);
    }
    if postfixes
        .last()
        .is_some_and(|last| last.arguments.is_none())
    {
        // It has become a step, though not one that there is.
        typing = None;
    }
    let is_certain = postfixes.last().is_some_and(Postfix::has_arrow) || is_promise(tokens);
    let mut steps: Vec<_> = postfixes
        .into_iter()
        .map(|postfix| step(postfix, errors))
        .collect();
    if is_certain {
        steps.extend(typing.take().map(|typing| Step {
            name: typing.name,
            kind: StepKind::Invalid,
        }));
    }
    Chain {
        typing,
        source,
        steps,
        start: span(tokens),
        warnings: Vec::new(),
    }
}

/// `.name` at the end, or `.`. It is a field, or the beginning of a step.
fn typing(tokens: &[TokenTree]) -> Option<Typing> {
    let (before, name) = match tokens {
        _ if is_static(tokens) => return None,
        [before @ .., TokenTree::Punct(dot), TokenTree::Ident(name)] if dot.as_char() == '.' => {
            (before, name.clone())
        }
        [before @ .., TokenTree::Punct(dot)] if dot.as_char() == '.' => {
            (before, Ident::new("__step", dot.span()))
        }
        _ => return None,
    };
    (!before.is_empty()).then(|| Typing {
        before: stream(before),
        name,
    })
}

/// `Promise.`, whatever comes then, as long as that is all.
fn is_static(tokens: &[TokenTree]) -> bool {
    tokens.len() <= 3 && is_ident(tokens.first(), "Promise") && is_punct(tokens.get(1), '.')
}

/// The chain that a nested run of tokens is.
pub(crate) fn nested_chain(tokens: &[TokenTree], errors: &mut Errors) -> Chain {
    chain(tokens, errors)
}

/// The longest trailing run of steps.
fn steps_of(tokens: &[TokenTree]) -> Vec<Postfix> {
    let mut run = Vec::new();
    let mut end = tokens.len();
    while let Some(postfix) = postfix_before(tokens, end).or_else(|| name_before(tokens, end)) {
        let is_unfinished = postfix.arguments.is_none();
        if !is_unfinished
            && !postfix.is_step()
            && !postfix.is_misspelt(tokens)
            && !follows_static(&tokens[..postfix.start])
        {
            break;
        }
        end = postfix.start;
        run.push(postfix);
    }
    run.reverse();
    let source_is_promise = is_promise(&tokens[..end]);
    let belongs_to_source = |postfix: &Postfix| is_collection_step(&snake_case(&postfix.name));
    let skipped = match source_is_promise {
        true => 0,
        false => run
            .iter()
            .take_while(|postfix| belongs_to_source(postfix))
            .count(),
    };
    run.drain(..skipped);
    run
}

/// `Promise.name(…)` or `new Promise(…)`, and nothing but calls of methods: whatever comes next means to be a step.
fn follows_static(tokens: &[TokenTree]) -> bool {
    match tokens {
        [
            TokenTree::Ident(promise),
            TokenTree::Punct(dot),
            TokenTree::Ident(_),
            TokenTree::Group(_),
        ] => *promise == "Promise" && dot.as_char() == '.',
        [
            TokenTree::Ident(new),
            TokenTree::Ident(promise),
            TokenTree::Group(_),
        ] => *new == "new" && *promise == "Promise",
        _ => postfix_before(tokens, tokens.len())
            .is_some_and(|before| follows_static(&tokens[..before.start])),
    }
}

/// A static, a constructor, or anything in parentheses: collection steps may follow at once.
fn is_promise(source: &[TokenTree]) -> bool {
    match source {
        [TokenTree::Ident(promise), TokenTree::Punct(dot), ..] => {
            *promise == "Promise" && dot.as_char() == '.'
        }
        [TokenTree::Ident(new), TokenTree::Ident(promise), ..] => {
            *new == "new" && *promise == "Promise"
        }
        [TokenTree::Group(group)] => group.delimiter() == Delimiter::Parenthesis,
        _ => false,
    }
}

/// `.name(…)` ending at `end`, with something before it. `Promise.name(…)` is a source.
fn postfix_before(tokens: &[TokenTree], end: usize) -> Option<Postfix> {
    let start = end.checked_sub(3).filter(|&start| start > 0)?;
    let arguments = group(tokens.get(end - 1), Delimiter::Parenthesis)?;
    let TokenTree::Ident(name) = &tokens[end - 2] else {
        return None;
    };
    if !is_punct(tokens.get(start), '.') || is_punct(tokens.get(start - 1), '.') {
        return None;
    }
    if start == 1 && is_ident(tokens.first(), "Promise") {
        return None;
    }
    Some(Postfix {
        start,
        name: name.clone(),
        arguments: Some(arguments.clone()),
    })
}

/// `.name` ending at `end`, after what cannot be anything but a promise.
fn name_before(tokens: &[TokenTree], end: usize) -> Option<Postfix> {
    let start = end.checked_sub(2).filter(|&start| start > 0)?;
    let TokenTree::Ident(name) = &tokens[start + 1] else {
        return None;
    };
    if !is_punct(tokens.get(start), '.') || is_punct(tokens.get(start - 1), '.') {
        return None;
    }
    let before = postfix_before(tokens, start);
    let is_promise = match &before {
        Some(before) => before.has_arrow(),
        None => {
            matches!(&tokens[..start], [TokenTree::Ident(first), _, .., TokenTree::Group(_)] if *first == "Promise" || *first == "new")
                && is_promise(&tokens[..start])
        }
    };
    is_promise.then(|| Postfix {
        start,
        name: name.clone(),
        arguments: None,
    })
}

/// Takes `.await`, `?`, `.spawn()` and their like off the end, each with its message.
fn without_consumers<'a>(
    tokens: &'a [TokenTree],
    combinator: Option<&Ident>,
    errors: &mut Errors,
) -> &'a [TokenTree] {
    let mut tokens = tokens;
    loop {
        let len = tokens.len();
        let is_awaited = |end: usize| {
            end > 2 && is_ident(tokens.get(end - 1), "await") && is_punct(tokens.get(end - 2), '.')
        };
        if is_punct(tokens.last(), '?') && is_awaited(len - 1) {
            errors.at(
                stream(&tokens[len - 2..]),
                match combinator {
                    None => "`.await?` belongs after the macro: `promise! { … }.await?`".to_owned(),
                    Some(name) => format!(
                        "`{name}` waits for its promises and sees to rejections itself: leave out the `.await?`"
                    ),
                },
            );
            tokens = &tokens[..len - 3];
        } else if len > 1 && is_punct(tokens.last(), '?') {
            errors.at(
                &tokens[len - 1],
                match combinator {
                    None => "`?` belongs after the macro: `promise! { … }.await?`".to_owned(),
                    Some(name) => format!(
                        "`{name}` sees to rejections itself: leave out the `?`, or put a `Result` with a promise in it in parentheses"
                    ),
                },
            );
            tokens = &tokens[..len - 1];
        } else if is_awaited(len) {
            errors.at(
                &tokens[len - 1],
                match combinator {
                    None => "`.await` belongs after the macro: `promise! { … }.await`".to_owned(),
                    Some(name) => {
                        format!("`{name}` waits for its promises itself: leave out the `.await`")
                    }
                },
            );
            tokens = &tokens[..len - 2];
        } else {
            match postfix_before(tokens, len) {
                Some(postfix)
                    if is_consumer(&postfix)
                        && (combinator.is_none() || is_chain(&tokens[..postfix.start])) =>
                {
                    let name = &postfix.name;
                    let otherwise = match is_chain(&tokens[..postfix.start]) {
                        true => "",
                        false => " (a method of your own: put the call in parentheses)",
                    };
                    errors.at(
                        name,
                        format!(
                            "`.{name}(…)` belongs after the macro: `promise! {{ … }}.{name}(…)`{otherwise}"
                        ),
                    );
                    tokens = &tokens[..postfix.start];
                }
                _ if len > 1 && is_punct(tokens.last(), '.') && !is_static(tokens) => {
                    errors.at(
                        &tokens[len - 1],
                        "a step is missing after this dot, such as `.then(value => …)`",
                    );
                    tokens = &tokens[..len - 1];
                }
                _ => return tokens,
            }
        }
    }
}

fn is_chain(tokens: &[TokenTree]) -> bool {
    !steps_of(tokens).is_empty() || is_promise(tokens)
}

/// `boxed` and the rest only where they take what ours take.
fn is_consumer(postfix: &Postfix) -> bool {
    CONSUMERS.contains(&postfix.name.to_string().as_str())
        && (postfix.arguments().is_empty() || postfix.name == "spawn_with")
        && !matches!(postfix.name.to_string().as_str(), "boxed" | "boxed_local")
}

fn source(tokens: &[TokenTree], place: Place, errors: &mut Errors) -> Source {
    if is_ident(tokens.first(), "Promise") && is_punct(tokens.get(1), '.') {
        return Source::Static(statics::call(tokens, errors));
    }
    if is_ident(tokens.first(), "new") && is_ident(tokens.get(1), "Promise") {
        return statics::constructor(tokens, errors);
    }
    if let Some(arrow) = fat_arrow(tokens) {
        let takes_nothing = matches!(&tokens[..arrow], [.., TokenTree::Group(parameters)] if parameters.stream().is_empty());
        errors.at(
            stream(&tokens[arrow..arrow + 2]),
            match takes_nothing {
                true => "an arrow is a handler, and no promise: for what it makes when it is called write `Promise.try(() => …)`",
                false => "an arrow is a handler, and no promise: a function that makes promises is a closure around the macro, `|value| promise! { … }`",
            },
        );
        return Source::Value(Body::missing());
    }
    Source::Value(body::parse(tokens, place, errors))
}

fn step(postfix: Postfix, errors: &mut Errors) -> Step {
    let mut name = snake_case(&postfix.name);
    let arguments = arguments(postfix.arguments());
    if !is_step_name(&postfix.name) {
        let suggestion = match check::same_step(&postfix.name) {
            Some(step) => format!(": write `{step}`"),
            None => check::did_you_mean(&postfix.name, STEPS.iter().chain(&COLLECTION_STEPS)),
        };
        let otherwise = match (postfix.has_arrow(), &postfix.arguments) {
            (true, _) | (_, None) => "",
            (false, _) => " (a method of your own: put what it is called on in parentheses)",
        };
        errors.at(
            &postfix.name,
            format!(
                "`{}` is not a step of a promise{suggestion}{otherwise}",
                postfix.name
            ),
        );
        name = String::new();
    } else if postfix.arguments.is_none() {
        let written = &postfix.name;
        errors.at(
            written,
            format!("`{written}` is called: write `.{written}(…)`"),
        );
        name = String::new();
    }
    let step = step::StepArguments {
        name: &postfix.name,
        group: &postfix
            .arguments
            .unwrap_or_else(|| Group::new(Delimiter::Parenthesis, TokenStream::new())),
        arguments,
    };
    let kind = match name.as_str() {
        "then" => step.then(errors),
        "catch" => step.catch(errors),
        "finally" => step.one_handler(0, errors).map(StepKind::Finally),
        "tap" => step.one_handler(1, errors).map(StepKind::Tap),
        "tap_catch" => step.one_handler(1, errors).map(StepKind::TapCatch),
        "spread" => step.spread(errors),
        "delay" => step.delay(errors),
        "timeout" => step.timeout(errors),
        "retry" => step.retry(errors),
        "" => None,
        _ => step.collection(errors).map(StepKind::Collect),
    };
    let kind = kind.unwrap_or(StepKind::Invalid);
    let name = match kind {
        // As it is written, for an editor to complete it.
        StepKind::Invalid => postfix.name,
        _ => Ident::new(&snake_case(&postfix.name), postfix.name.span()),
    };
    Step { name, kind }
}
