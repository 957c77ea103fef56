//! The words of an arrow in an expression: `throw`, `await`, `break`, `continue`.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Macro};

use crate::body::{Place, is_await, is_throw, macro_arguments, macro_kind};
use crate::errors::Errors;
use crate::parse::NESTED;
use crate::tokens::{fat_arrow, is_ident, is_punct, trees};

/// Looks at one expression of the user's.
pub(crate) fn body(expression: &Expr, place: Place, errors: &mut Errors) {
    let mut words = Words {
        place,
        errors,
        closures: 0,
        loops: Vec::new(),
    };
    match expression {
        Expr::Unary(unary) if place == Place::Source && is_await(&unary.expr) => {
            words.errors.at_span(unary.op.span(), SOURCE);
            visit::visit_expr_unary(&mut words, unary);
        }
        _ => words.visit_expr(expression),
    }
}

/// `await f().then(…)`
const SOURCE: &str = "a chain waits for its source itself: leave out the `await`; the whole is awaited after the macro, `promise! { … }.await`";

/// `reduce(f, p.await)`, `delay(await p)`
const ARGUMENT: &str = "an argument cannot wait: await before the macro, or in a step before this one, `.then(async value => …)`";

/// `catch(A(x) if p.await => …)`
const GUARD: &str =
    "a guard cannot wait: take every reason, `.catch(async reason => …)`, and decide there";

/// `Promise.all([f(a.await), g()])`
const ELEMENT: &str = "this would wait before the promises beside it have started; wait inside the element: `async { … }`, or `a.then(v => …)`";

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

    /// Why nothing can be awaited here, where there is no arrow to be made `async`.
    fn cannot_wait(&self) -> Option<&'static str> {
        match self.place {
            Place::Element => Some(ELEMENT),
            Place::Argument => Some(ARGUMENT),
            Place::Guard => Some(GUARD),
            Place::Source | Place::Arrow { .. } => None,
        }
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
            } else if let Some(message) = self.cannot_wait() {
                self.errors.at_span(at, message);
            } else if matches!(
                self.place,
                Place::Arrow {
                    asynchronous: false
                }
            ) {
                self.errors
                    .at_span(at, "`await` needs an `async` arrow: `async value => …`");
            } else if !matches!(self.place, Place::Arrow { .. }) {
                self.errors.at_span(at, "`await` belongs to an `async` arrow; here write `promise.await`, or make it a step: `.then(async value => …)`");
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
        if self.closures == 0 {
            if let Some(message) = self.cannot_wait() {
                self.errors.at(expression.await_token, message);
            } else if !self.is_asynchronous() {
                self.errors.at(
                    expression.await_token,
                    "`.await` needs an `async` arrow: `async value => …`",
                );
            }
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
        let is_promise = index > 1
            && is_ident(tokens.get(index - 2), "promise")
            && is_punct(tokens.get(index - 1), '!');
        if is_promise {
            // It looks after its own tokens.
            continue;
        }
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
