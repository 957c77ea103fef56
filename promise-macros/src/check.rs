//! One function per misuse. A mistake in a body is found where the body is parsed, the rest in the model.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Macro};

use crate::body::{Place, is_await, is_throw, macro_arguments, macro_kind};
use crate::errors::Errors;
use crate::model::{
    Catch, Chain, Combinator, Inputs, Promise, Source, Static, StaticKind, StepKind,
};
use crate::parse::NESTED;
use crate::tokens::{fat_arrow, is_punct, trees};

/// Looks at the model as a whole.
pub(crate) fn promise(promise: &Promise, errors: &mut Errors) {
    if let Some(chain) = &promise.chain {
        check_chain(chain, errors);
    }
}

fn check_chain(chain: &Chain, errors: &mut Errors) {
    if let Source::Static(call) = &chain.source {
        check_static(call, errors);
    }
    for step in &chain.steps {
        if let StepKind::Catch(catch) = &step.kind {
            unreachable_arms(catch, errors);
        }
    }
}

fn check_static(call: &Static, errors: &mut Errors) {
    let StaticKind::Combine(combinator, inputs) = &call.kind else {
        return;
    };
    match inputs {
        Inputs::Literal(elements) | Inputs::Tuple(elements) => {
            if elements.is_empty() {
                never_settles(*combinator, call, errors);
            }
            elements
                .iter()
                .for_each(|element| check_chain(element, errors));
        }
        Inputs::Record(fields) => {
            if matches!(combinator, Combinator::Any | Combinator::Race) {
                errors.at(
                    &call.name,
                    format!(
                        "`{}` has one outcome, so its promises need no names: use brackets",
                        call.name
                    ),
                );
            }
            fields
                .iter()
                .for_each(|(_, value)| check_chain(value, errors));
        }
        Inputs::Value(_) => {}
    }
}

/// `Promise.race([])` would stay pending for ever, and nobody means that.
fn never_settles(combinator: Combinator, call: &Static, errors: &mut Errors) {
    match combinator {
        Combinator::Race => errors.at(
            &call.name,
            "an empty `race` never settles; give it at least two promises",
        ),
        Combinator::Any => errors.at(
            &call.name,
            "an empty `any` always rejects; give it at least two promises",
        ),
        Combinator::All | Combinator::AllSettled => {}
    }
}

/// Arms after one that matches everything.
fn unreachable_arms(catch: &Catch, errors: &mut Errors) {
    let Catch::Arms(arms) = catch else { return };
    let catch_all = arms.iter().position(crate::model::Arm::is_catch_all);
    for arm in catch_all.map_or(&[][..], |place| &arms[place + 1..]) {
        errors.at(
            &arm.pattern,
            "no rejection reaches this arm: one before it catches everything",
        );
    }
}

/// Looks at one expression of the user's.
pub(crate) fn body(expression: &Expr, place: Place, errors: &mut Errors) {
    let mut words = Words {
        place,
        errors,
        closures: 0,
        loops: Vec::new(),
    };
    words.visit_expr(expression);
}

/// The words that mean something only in an arrow itself.
struct Words<'a> {
    place: Place,
    errors: &'a mut Errors,
    /// How many closures, `async` blocks and functions are around.
    closures: usize,
    /// The loops and labelled blocks around, with their labels. `None`: a plain loop.
    loops: Vec<Option<syn::Lifetime>>,
}

impl Words<'_> {
    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        let loops = std::mem::take(&mut self.loops);
        self.closures += 1;
        visit(self);
        self.closures -= 1;
        self.loops = loops;
    }

    fn in_loop(&mut self, label: Option<&syn::Label>, visit: impl FnOnce(&mut Self)) {
        self.loops.push(label.map(|label| label.name.clone()));
        visit(self);
        self.loops.pop();
    }

    fn is_asynchronous(&self) -> bool {
        matches!(
            self.place,
            Place::Arrow { asynchronous: true } | Place::Source
        )
    }

    /// `break` and `continue` stay inside the arrow.
    fn leaves(&self, label: Option<&syn::Lifetime>) -> bool {
        self.closures == 0
            && !self
                .loops
                .iter()
                .any(|around| label.is_none() || around.as_ref() == label)
    }

    fn unknown_macro(&mut self, mac: &Macro) {
        if let Some((token, message)) = forbidden_word(mac.tokens.clone()) {
            self.errors.at(token, message);
        }
    }
}

impl<'ast> Visit<'ast> for Words<'_> {
    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.inside(|words| visit::visit_expr_closure(words, closure));
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.inside(|words| visit::visit_expr_async(words, block));
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.inside(|words| visit::visit_item(words, item));
    }

    fn visit_expr_loop(&mut self, expression: &'ast syn::ExprLoop) {
        self.in_loop(expression.label.as_ref(), |words| {
            visit::visit_expr_loop(words, expression)
        });
    }

    fn visit_expr_while(&mut self, expression: &'ast syn::ExprWhile) {
        self.in_loop(expression.label.as_ref(), |words| {
            visit::visit_expr_while(words, expression)
        });
    }

    fn visit_expr_for_loop(&mut self, expression: &'ast syn::ExprForLoop) {
        self.in_loop(expression.label.as_ref(), |words| {
            visit::visit_expr_for_loop(words, expression)
        });
    }

    fn visit_expr_block(&mut self, expression: &'ast syn::ExprBlock) {
        match &expression.label {
            Some(label) => self.in_loop(Some(label), |words| {
                visit::visit_expr_block(words, expression)
            }),
            None => visit::visit_expr_block(self, expression),
        }
    }

    fn visit_expr_break(&mut self, expression: &'ast syn::ExprBreak) {
        if is_throw(expression) {
            if self.closures > 0 {
                self.errors.at_span(expression.break_token.span, "`throw` leaves an arrow, but a closure, `async` block or function stands in between; return a `Result` here");
            } else if expression.expr.is_none() {
                self.errors.at_span(
                    expression.break_token.span,
                    "`throw` takes the reason to reject with: `throw reason`",
                );
            }
        } else if self.leaves(expression.label.as_ref()) {
            self.errors.at(
                expression,
                "`break` cannot leave an arrow; use `return` to end the handler",
            );
        }
        visit::visit_expr_break(self, expression);
    }

    fn visit_expr_continue(&mut self, expression: &'ast syn::ExprContinue) {
        if self.leaves(expression.label.as_ref()) {
            self.errors.at(
                expression,
                "`continue` cannot leave an arrow; use `return` to end the handler",
            );
        }
    }

    fn visit_expr_unary(&mut self, expression: &'ast syn::ExprUnary) {
        if is_await(&expression.expr) {
            let at = expression.op.span();
            if self.closures > 0 {
                self.errors.at_span(at, "prefix `await` belongs to an `async` arrow; in Rust's closures and blocks write `promise.await`");
            } else if !matches!(self.place, Place::Arrow { asynchronous: true }) {
                self.errors
                    .at_span(at, "`await` needs an `async` arrow: `async value => …`");
            } else if let Expr::Try(question) = &*expression.expr {
                self.errors.at(
                    question.question_token,
                    "`await` rejects on `Err` already; leave out the `?`",
                );
            }
        }
        visit::visit_expr_unary(self, expression);
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        if self.closures == 0 && !self.is_asynchronous() {
            self.errors.at(
                expression.await_token,
                "`.await` needs an `async` arrow: `async value => …`",
            );
        }
        visit::visit_expr_await(self, expression);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        match macro_kind(mac) {
            None => self.unknown_macro(mac),
            Some(kind) => macro_arguments(mac, kind)
                .iter()
                .for_each(|argument| self.visit_expr(argument)),
        }
    }
}

/// A word of an arrow's inside a macro that may take it for something else.
fn forbidden_word(tokens: TokenStream) -> Option<(TokenStream, &'static str)> {
    let tokens = trees(tokens);
    for (index, token) in tokens.iter().enumerate() {
        let after_dot = index > 0 && is_punct(tokens.get(index - 1), '.');
        match token {
            TokenTree::Ident(word) if *word == "await" && !after_dot => {
                return Some((
                    TokenStream::from(token.clone()),
                    "prefix `await` has no meaning inside this macro; await before the call",
                ));
            }
            TokenTree::Ident(word)
                if *word == "throw"
                    && !after_dot
                    && tokens.get(index + 1).is_some_and(starts_reason) =>
            {
                return Some((
                    TokenStream::from(token.clone()),
                    "`throw` has no meaning inside this macro; throw outside the call",
                ));
            }
            TokenTree::Ident(word) if word.to_string().starts_with(NESTED) => {}
            TokenTree::Group(group) => {
                let inner = trees(group.stream());
                let is_step = after_dot || (index > 1 && is_punct(tokens.get(index - 2), '.'));
                if let Some(place) = fat_arrow(&inner).filter(|_| is_step) {
                    let arrow = inner[place..place + 2].iter().cloned().collect();
                    return Some((
                        arrow,
                        "an arrow has no meaning inside this macro; make the chain before the call",
                    ));
                }
                if let Some(found) = forbidden_word(group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

fn starts_reason(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_))
}

/// `: did you mean …?`, where one of the names is near.
pub(crate) fn did_you_mean<'a>(name: &str, names: impl Iterator<Item = &'a &'a str>) -> String {
    let nearest = names
        .map(|candidate| (distance(name, candidate), candidate))
        .min();
    match nearest {
        Some((distance, candidate)) if distance <= 2 && distance < candidate.len() => {
            format!("; did you mean `{candidate}`?")
        }
        _ => String::new(),
    }
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
