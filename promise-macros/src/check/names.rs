//! Names that are nearly right.

use proc_macro2::{Ident, TokenTree};

use crate::parse::STEPS;
use crate::tokens::{after_parameters, fat_arrow, is_punct, snake_case, split_commas};

/// `; did you mean …?`, where one of the names is near, in the case that the user writes.
pub(crate) fn did_you_mean<'a>(name: &Ident, names: impl Iterator<Item = &'a &'a str>) -> String {
    let is_camel_case = name.to_string().contains(char::is_uppercase);
    let name = snake_case(name);
    let nearest = names
        .map(|&candidate| (distance(&name, candidate), candidate))
        .min();
    match nearest {
        Some((distance, candidate))
            if distance <= 2 && distance < candidate.len().min(name.len()) =>
        {
            let written = match is_camel_case {
                true => camel_case(candidate),
                false => candidate.to_owned(),
            };
            format!("; did you mean `{written}`?")
        }
        _ => String::new(),
    }
}

fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    for (index, word) in name.split('_').enumerate() {
        let (first, rest) = word.split_at(usize::from(index > 0).min(word.len()));
        camel += &first.to_ascii_uppercase();
        camel += rest;
    }
    camel
}

/// What other libraries call a step of ours.
pub(crate) fn same_step(name: &Ident) -> Option<&'static str> {
    Some(match snake_case(name).as_str() {
        "done" => "then",
        "fail" | "caught" => "catch",
        "always" | "lastly" => "finally",
        "map_series" => "each",
        _ => return None,
    })
}

/// `finaly`, called with handlers: a step but for a letter.
pub(crate) fn is_misspelt_step(name: &Ident, arguments: &[TokenTree]) -> bool {
    let name = snake_case(name);
    let near = |step: &&str| {
        let allowed = if step.len() > 5 { 2 } else { 1 };
        let distance = distance(&name, step);
        distance > 0 && distance <= allowed && name.chars().next() == step.chars().next()
    };
    STEPS.iter().any(near) && arguments_are(arguments, |part| is_function(part) || is_path(part))
}

/// A step that no value of the user's has: what follows it is one too, or means to be. `flag.then(|| 5)` is a method of
/// `bool`, and builders have a `timeout`.
pub(crate) fn is_certain_step(name: &Ident, arguments: &[TokenTree]) -> bool {
    let no_parameters =
        is_punct(arguments.first(), '|') && after_parameters(arguments, 0) == Some(2);
    match snake_case(name).as_str() {
        "then" => !no_parameters && arguments_are(arguments, is_function),
        "catch" | "finally" | "tap" | "tap_catch" | "spread" => {
            arguments_are(arguments, |part| is_function(part) || is_path(part))
        }
        _ => false,
    }
}

fn arguments_are(arguments: &[TokenTree], what: impl Fn(&[TokenTree]) -> bool) -> bool {
    !arguments.is_empty() && split_commas(arguments).iter().all(|part| what(part))
}

/// A closure or an arrow.
fn is_function(part: &[TokenTree]) -> bool {
    after_parameters(part, 0).is_some() || fat_arrow(part).is_some()
}

fn is_path(part: &[TokenTree]) -> bool {
    part.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    })
}

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![(0..=right.len()).collect::<Vec<_>>()];
    for (row, &from) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &to) in right.iter().enumerate() {
            let replaced = rows[row][column] + usize::from(from != to);
            let mut best = replaced
                .min(rows[row][column + 1] + 1)
                .min(current[column] + 1);
            if row > 0 && column > 0 && from == right[column - 1] && left[row - 1] == to {
                best = best.min(rows[row - 1][column - 1] + 1);
            }
            current.push(best);
        }
        rows.push(current);
    }
    rows[left.len()][right.len()]
}
