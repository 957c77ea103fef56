//! What stands in a step's parentheses.

use proc_macro2::{Group, Ident, TokenTree};

use super::arms::{arm, is_arrow, typed_parameter};
use super::handler::{SEVERAL, handler};
use super::options;
use crate::body::{self, Place};
use crate::errors::Errors;
use crate::model::{Catch, Collection, Handler, Room, StepKind};
use crate::tokens::{after_parameters, fat_arrow, is_ident, is_number, snake_case, stream};

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
            [duration] if is_no_duration(duration, errors) => None,
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
            [duration, ..] if is_no_duration(duration, errors) => return None,
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
                "`retry` takes the number of attempts or a `RetryPolicy`, and a predicate: `.retry(3, |reason| …)`",
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
                let room = match options {
                    [options] => options::room(options, self.name, errors)?,
                    _ => Room::Unlimited,
                };
                Some(Collection::Concurrent {
                    filters: name == "filter",
                    handler: handler(each, 1, self.name, errors)?,
                    room,
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

    fn wrong_count(&self, message: &str, errors: &mut Errors) -> Option<StepKind> {
        match self.arguments.is_empty() {
            true => errors.at_span(self.name.span(), message),
            false => errors.at(self.group.stream(), message),
        }
        None
    }
}

/// What JavaScript writes for no handler.
fn is_nothing(tokens: &[TokenTree]) -> bool {
    tokens.len() == 1
        && ["null", "undefined", "None", "_"]
            .iter()
            .any(|nothing| is_ident(tokens.first(), nothing))
}

/// `.delay(100)`, JavaScript's milliseconds, or a handler.
pub(super) fn is_no_duration(tokens: &[TokenTree], errors: &mut Errors) -> bool {
    match tokens {
        [TokenTree::Literal(number)] if is_number(tokens.first()) => errors.at(
            number,
            format!("a duration has a unit: write `Duration::from_millis({number})`"),
        ),
        _ if fat_arrow(tokens).is_some() || after_parameters(tokens, 0).is_some() => errors.at(
            stream(tokens),
            "a duration belongs here, and no handler: `Duration::from_millis(10)`",
        ),
        _ => return false,
    }
    true
}
