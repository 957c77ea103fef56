//! What stands in a step's parentheses.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Pat, Token, Type};

use crate::body::{self, Place};
use crate::check::{self, Dialect};
use crate::errors::Errors;
use crate::model::{Arm, Arrow, Body, Catch, Closure, Collection, Handler, Parameters, StepKind};
use crate::tokens::{
    after_parameters, fat_arrow, is_ident, is_punct, is_record, snake_case, split_commas, stream,
    trees,
};

/// The arguments of one step.
pub(super) struct StepArguments<'a> {
    pub(super) name: &'a Ident,
    pub(super) group: &'a Group,
    pub(super) arguments: Vec<Vec<TokenTree>>,
}

impl StepArguments<'_> {
    pub(super) fn then(&self, errors: &mut Errors) -> Option<StepKind> {
        match self.arguments.as_slice() {
            [nothing, rejected] if is_nothing(nothing) => {
                errors.at(
                    stream(nothing),
                    "to handle rejections only write `.catch(reason => …)`",
                );
                handler(rejected, 1, self.name, errors)?;
                None
            }
            [fulfilled] => Some(StepKind::Then(
                handler(fulfilled, 1, self.name, errors)?,
                None,
            )),
            [fulfilled, rejected] => {
                let fulfilled = handler(fulfilled, 1, self.name, errors);
                let rejected = handler(rejected, 1, self.name, errors)?;
                Some(StepKind::Then(fulfilled?, Some(rejected)))
            }
            _ => self.wrong_count(
                "`then` takes a handler, or two: `.then(value => …, reason => …)`",
                errors,
            ),
        }
    }

    pub(super) fn catch(&self, errors: &mut Errors) -> Option<StepKind> {
        if let [only] = self.arguments.as_slice() {
            if let Some(catch) = self.catch_all(only, errors) {
                return catch.map(StepKind::Catch);
            }
        }
        if self.arguments.is_empty() {
            return self.wrong_count(
                "`catch` takes a handler or arms: `.catch(reason => …)`",
                errors,
            );
        }
        let arms: Vec<_> = self
            .arguments
            .iter()
            .filter_map(|tokens| arm(tokens, errors))
            .collect();
        (arms.len() == self.arguments.len()).then_some(StepKind::Catch(Catch::Arms(arms)))
    }

    /// `None`: the argument is an arm.
    fn catch_all(&self, tokens: &[TokenTree], errors: &mut Errors) -> Option<Option<Catch>> {
        if fat_arrow(tokens).is_some() && !is_arrow(tokens) {
            return None;
        }
        let handler = handler(tokens, 1, self.name, errors);
        Some(
            handler.map(|handler| match typed_parameter(&handler, tokens) {
                Some(caught) => Catch::Typed(caught, handler),
                None => Catch::All(handler),
            }),
        )
    }

    pub(super) fn one_handler(&self, parameters: usize, errors: &mut Errors) -> Option<Handler> {
        match self.arguments.as_slice() {
            [only] => handler(only, parameters, self.name, errors),
            _ => {
                let shape = if parameters == 0 {
                    "() => …"
                } else {
                    "value => …"
                };
                let name = self.name;
                self.wrong_count(
                    &format!("`{name}` takes one handler: `.{name}({shape})`"),
                    errors,
                );
                None
            }
        }
    }

    pub(super) fn spread(&self, errors: &mut Errors) -> Option<StepKind> {
        match self.arguments.as_slice() {
            [only] => handler(only, SEVERAL, self.name, errors).map(StepKind::Spread),
            _ => self.wrong_count("`spread` takes one handler: `.spread((a, b) => …)`", errors),
        }
    }

    pub(super) fn delay(&self, errors: &mut Errors) -> Option<StepKind> {
        match self.arguments.as_slice() {
            [duration] if is_number(duration, errors) => None,
            [duration] => Some(StepKind::Delay(body::parse(
                duration,
                Place::Argument,
                errors,
            ))),
            _ => self.wrong_count(
                "`delay` takes a duration: `.delay(Duration::from_millis(10))`",
                errors,
            ),
        }
    }

    pub(super) fn timeout(&self, errors: &mut Errors) -> Option<StepKind> {
        let (duration, reason) = match self.arguments.as_slice() {
            [duration, ..] if is_number(duration, errors) => return None,
            [duration] => (duration, None),
            [duration, reason] => (duration, Some(reason)),
            _ => return self.wrong_count("`timeout` takes a duration, and the reason to reject with: `.timeout(duration, reason)`", errors),
        };
        let duration = body::parse(duration, Place::Argument, errors);
        let reason = reason.map(|tokens| body::parse(tokens, Place::Argument, errors));
        Some(StepKind::Timeout { duration, reason })
    }

    pub(super) fn retry(&self, errors: &mut Errors) -> Option<StepKind> {
        let (policy, predicate) = match self.arguments.as_slice() {
            [policy] => (policy, None),
            [policy, predicate] => (policy, Some(handler(predicate, 1, self.name, errors)?)),
            _ => return self.wrong_count(
                "`retry` takes the number of attempts, and a predicate: `.retry(3, |reason| …)`",
                errors,
            ),
        };
        Some(StepKind::Retry {
            policy: body::parse(policy, Place::Argument, errors),
            predicate,
        })
    }

    /// `map`, `filter`, `each`, `reduce`, without the items.
    pub(super) fn collection(&self, errors: &mut Errors) -> Option<Collection> {
        match (snake_case(self.name).as_str(), self.arguments.as_slice()) {
            ("reduce", [fold, initial]) => Some(Collection::Reduce {
                handler: handler(fold, 2, self.name, errors)?,
                initial: body::parse(initial, Place::Argument, errors),
            }),
            ("each", [visit]) => Some(Collection::Each(handler(visit, 1, self.name, errors)?)),
            (name @ ("map" | "filter"), [each, options @ ..]) if options.len() < 2 => {
                let concurrency = match options {
                    [options] => Some(self.concurrency(options, errors)?),
                    _ => None,
                };
                Some(Collection::Concurrent {
                    filters: name == "filter",
                    handler: handler(each, 1, self.name, errors)?,
                    concurrency,
                })
            }
            (name, _) => {
                let shape = match name {
                    "reduce" => {
                        "`reduce` takes a handler and the value to begin with: `.reduce((sum, item) => sum + item, 0)`"
                    }
                    "each" => "`each` takes one handler: `.each(item => …)`",
                    _ => {
                        "`map` and `filter` take a handler, and how many to run at once: `.map(item => …, { concurrency: 8 })`"
                    }
                };
                self.wrong_count(shape, errors);
                None
            }
        }
    }

    /// `{ concurrency: n }`
    fn concurrency(&self, options: &[TokenTree], errors: &mut Errors) -> Option<Body> {
        if let [TokenTree::Group(braces)] = options {
            let option = trees(braces.stream());
            if braces.delimiter() == Delimiter::Brace
                && is_ident(option.first(), "concurrency")
                && is_punct(option.get(1), ':')
            {
                let value = match option.split_last() {
                    Some((last, before)) if is_punct(Some(last), ',') => before,
                    _ => &option[..],
                };
                return Some(body::parse(&value[2..], Place::Argument, errors));
            }
        }
        errors.at(
            stream(options),
            format!(
                "the only option of `{}` is `{{ concurrency: n }}`",
                self.name
            ),
        );
        None
    }

    fn wrong_count(&self, message: &str, errors: &mut Errors) -> Option<StepKind> {
        match self.arguments.is_empty() {
            true => errors.at_span(self.name.span(), message),
            false => errors.at(self.group.stream(), message),
        }
        None
    }
}

/// `spread` takes apart whatever it is given.
const SEVERAL: usize = usize::MAX;

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

/// What JavaScript writes for no handler.
fn is_nothing(tokens: &[TokenTree]) -> bool {
    tokens.len() == 1
        && ["null", "undefined", "None", "_"]
            .iter()
            .any(|nothing| is_ident(tokens.first(), nothing))
}

/// `.delay(100)`: JavaScript's milliseconds.
pub(super) fn is_number(tokens: &[TokenTree], errors: &mut Errors) -> bool {
    match tokens {
        [TokenTree::Literal(number)] if crate::tokens::is_number(tokens.first()) => {
            errors.at(
                number,
                format!("a duration has a unit: write `Duration::from_millis({number})`"),
            );
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
    let parameters = split_parameters(list);
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
        plain: facts.plain,
        inlined: is_block.then(|| (parameter, body.clone())),
        question_mark: has_question_mark(body),
    })
}

/// How many parameters stand between a closure's bars.
fn split_parameters(list: &[TokenTree]) -> usize {
    let mut depth = 0_i32;
    let mut parameters = usize::from(!list.is_empty());
    for (index, token) in list.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth -= 1,
            TokenTree::Punct(punct)
                if punct.as_char() == ',' && depth == 0 && index + 1 < list.len() =>
            {
                parameters += 1
            }
            _ => {}
        }
    }
    parameters
}

fn too_many(step: &Ident, expected: usize) -> String {
    match expected {
        0 => format!("the handler of `{step}` takes no parameter: write `() => …`"),
        _ => format!(
            "the handler of `{step}` takes one parameter; to take a tuple apart write `|(a, b)|`, or use `spread`"
        ),
    }
}

fn has_question_mark(tokens: proc_macro2::TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => has_question_mark(group.stream()),
        _ => false,
    })
}

/// An arrow, as opposed to an arm: what stands before `=>` is a name or something in parentheses.
fn is_arrow(tokens: &[TokenTree]) -> bool {
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
            errors.push(error);
            return None;
        }
    };
    if expected == 0 && !matches!(parameters, Parameters::None) {
        errors.at(stream(parameter_tokens), too_many(step, 0));
        return None;
    }
    if body.is_empty() {
        errors.at(
            stream(&tokens[place..]),
            "the arrow has no body: write `value => expression`",
        );
        return None;
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
    let body = body::parse(
        body,
        Place::Arrow {
            asynchronous: asynchronous.is_some(),
        },
        errors,
    );
    Some(Arrow {
        asynchronous,
        parameters,
        body,
    })
}

/// What stands before `=>`.
fn parameters(tokens: &[TokenTree]) -> syn::Result<Parameters> {
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
        _ if split_commas(&inner).len() > 1 => list_pattern(parens, tokens),
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
    let parser = |input: ParseStream<'_>| {
        let pattern = Pat::parse_multi(input)?;
        let annotation = match input.parse::<Option<Token![:]>>()? {
            Some(_) => Some(input.parse::<Type>()?),
            None => None,
        };
        Ok((pattern, annotation))
    };
    Parser::parse2(parser, stream(tokens))
}

/// `(a, b)` and `[a, b]` take apart tuples and arrays alike; with `..` or one name the pattern stays Rust's.
fn list_pattern(list: &Group, whole: &[TokenTree]) -> syn::Result<Parameters> {
    let elements = split_commas(&trees(list.stream()));
    let rest = |element: &Vec<TokenTree>| {
        is_punct(element.first(), '.') || element.iter().any(|token| is_punct(Some(token), '@'))
    };
    if elements.is_empty() || elements.len() > 12 || elements.iter().any(rest) {
        return one(whole);
    }
    elements
        .iter()
        .map(|element| parameter(element))
        .collect::<syn::Result<_>>()
        .map(Parameters::List)
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

/// The type in `e: Type`, which makes a `catch` look at the type of the rejection.
fn typed_parameter(handler: &Handler, tokens: &[TokenTree]) -> Option<Type> {
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

/// `pattern if guard => body`
fn arm(tokens: &[TokenTree], errors: &mut Errors) -> Option<Arm> {
    let Some(place) = fat_arrow(tokens) else {
        errors.at(stream(tokens), "an arm of `catch` is `pattern => …`");
        return None;
    };
    let (head, body) = (&tokens[..place], &tokens[place + 2..]);
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
