//! `{ name: value }` after a handler.

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::arguments;
use crate::body::{self, Place};
use crate::check::did_you_mean;
use crate::errors::Errors;
use crate::model::Room;
use crate::tokens::{is_punct, stream};

const OPTIONS: [&str; 2] = ["concurrency", "batch"];

/// `{ concurrency: n }` or `{ batch: n }`, of the step or static called `step`.
pub(super) fn room(tokens: &[TokenTree], step: &Ident, errors: &mut Errors) -> Option<Room> {
    let options = match tokens {
        [TokenTree::Group(braces)] if braces.delimiter() == Delimiter::Brace => {
            arguments(braces.stream())
        }
        _ => Vec::new(),
    };
    let mut room = None;
    for option in &options {
        let found = self::option(option, step, errors)?;
        if room.is_some() {
            errors.at(
                &option[0],
                "items run so many at once or batch by batch; leave out `concurrency` or `batch`",
            );
            return None;
        }
        room = Some(found);
    }
    if room.is_none() {
        errors.at(
            stream(tokens),
            format!("the options of `{step}` are `{{ concurrency: n }}` and `{{ batch: n }}`"),
        );
    }
    room
}

fn option(tokens: &[TokenTree], step: &Ident, errors: &mut Errors) -> Option<Room> {
    let name = match tokens {
        [TokenTree::Ident(name), ..] if OPTIONS.iter().any(|option| name == option) => name,
        [TokenTree::Ident(name), ..] => {
            let suggestion = did_you_mean(name, OPTIONS.iter());
            errors.at(name, format!("`{step}` has no option `{name}`{suggestion}"));
            return None;
        }
        _ => {
            errors.at(
                stream(tokens),
                "an option is a name and a value: `{ concurrency: n }`",
            );
            return None;
        }
    };
    let value = match &tokens[1..] {
        [colon, value @ ..] if is_punct(Some(colon), ':') && !value.is_empty() => value,
        _ => {
            errors.at(name, format!("`{name}` needs a number: `{{ {name}: n }}`"));
            return None;
        }
    };
    if let [TokenTree::Literal(number)] = value {
        if number.to_string() == "0" {
            errors.at(
                number,
                "with 0 nothing would ever start; it must be at least 1",
            );
            return None;
        }
    }
    let value = body::parse(value, Place::Argument, errors);
    Some(match name == "batch" {
        true => Room::Batch(value),
        false => Room::Concurrency(value),
    })
}
