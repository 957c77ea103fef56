//! Misuses of `all`, `allSettled`, `any` and `race`.

use crate::errors::Errors;
use crate::model::{Chain, Combinator, Inputs, Source, Static, StaticKind, Warning};

/// `Promise.race([])` would stay pending for ever, and nobody means that.
pub(super) fn never_settles(call: &Static, errors: &mut Errors) {
    let StaticKind::Combine(combinator, Inputs::Literal(elements) | Inputs::Tuple(elements)) =
        &call.kind
    else {
        return;
    };
    let message = match combinator {
        Combinator::Race => "an empty `race` never settles; give it at least two promises",
        Combinator::Any => "an empty `any` always rejects; give it at least two promises",
        Combinator::All | Combinator::AllSettled => return,
    };
    if elements.is_empty() {
        errors.at(&call.name, message);
    }
}

/// `Promise.race({ a: x, b: y })`: one of them decides, so there is no record to make.
pub(super) fn nameless(call: &mut Static, errors: &mut Errors) {
    let name = match &call.kind {
        StaticKind::Combine(Combinator::Any, Inputs::Record(_)) => "any",
        StaticKind::Combine(Combinator::Race, Inputs::Record(_)) => "race",
        _ => return,
    };
    errors.at(
        &call.name,
        format!(
            "`{name}` has one outcome, so its promises need no names: `Promise.{name}([a, b])`"
        ),
    );
    call.kind = StaticKind::Invalid;
}

/// `Promise.all([p])` is `p`. `allSettled` makes a `Result` of it, and a tuple or a record is asked for by its form.
pub(super) fn single_promise(call: &Static, warnings: &mut Vec<Warning>) {
    let StaticKind::Combine(combinator, Inputs::Literal(elements)) = &call.kind else {
        return;
    };
    let is_broken =
        |element: &Chain| matches!(&element.source, Source::Value(body) if body.facts.broken);
    if let ([only], false) = (elements.as_slice(), *combinator == Combinator::AllSettled) {
        if is_broken(only) {
            return;
        }
        warnings.push(Warning {
            marker: "SINGLE_PROMISE",
            at: call.name.span(),
        });
    }
}
