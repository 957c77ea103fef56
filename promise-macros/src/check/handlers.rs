//! Misuses of handlers and arms.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, Pat, Stmt};

use crate::body::{MacroKind, Tail, is_throw, macro_kind, nested_index, tails};
use crate::errors::Errors;
use crate::model::{
    Body, Catch, Chain, Handler, Nested, Parameters, Source, StaticKind, Step, StepKind, Warning,
};
use crate::tokens::{group, is_ident, is_punct, trees};

/// Arms after one that matches everything.
pub(super) fn unreachable_arms(step: &StepKind, errors: &mut Errors) {
    let StepKind::Catch(Catch::Arms(arms)) = step else {
        return;
    };
    let catch_all = arms.iter().position(crate::model::Arm::is_catch_all);
    for arm in catch_all.map_or(&[][..], |place| &arms[place + 1..]) {
        errors.at(
            &arm.pattern,
            "no rejection reaches this arm: one before it catches everything",
        );
    }
}

/// `.then(2333)`, `.then(fetch(1).then(v => v))`, `.then(Promise.resolve(5))`: JavaScript would ignore it. True if it
/// was reported.
pub(crate) fn not_a_function(
    tokens: &[TokenTree],
    step: &proc_macro2::Ident,
    errors: &mut Errors,
) -> bool {
    let is_promise = is_ident(tokens.first(), "Promise") && is_punct(tokens.get(1), '.')
        || is_ident(tokens.first(), "new") && is_ident(tokens.get(1), "Promise")
        || tokens.iter().any(has_arrow);
    let expression = || syn::parse2::<Expr>(tokens.iter().cloned().collect());
    if !is_promise && !expression().is_ok_and(|expression| is_value(&expression)) {
        return false;
    }
    let written: TokenStream = tokens.iter().cloned().collect();
    if let [only] = tokens {
        if has_arrow(only) {
            errors.at(
                written,
                format!("an arrow stands without parentheses around it: `{step}(value => …)`"),
            );
            return true;
        }
    }
    let shown = match tokens {
        [TokenTree::Literal(literal)] => literal.to_string(),
        _ => "…".to_owned(),
    };
    errors.at(
        written,
        format!("`{step}` takes a function: write `() => {shown}`"),
    );
    true
}

fn has_arrow(token: &TokenTree) -> bool {
    group(Some(token), proc_macro2::Delimiter::Parenthesis)
        .is_some_and(|group| crate::tokens::fat_arrow(&trees(group.stream())).is_some())
}

/// It is no function, whatever the types.
fn is_value(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(_)
        | Expr::Array(_)
        | Expr::Tuple(_)
        | Expr::Repeat(_)
        | Expr::Range(_)
        | Expr::Binary(_)
        | Expr::Async(_)
        | Expr::Struct(_) => true,
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Neg(_) | syn::UnOp::Not(_)),
        Expr::Macro(call) => matches!(
            macro_kind(&call.mac),
            Some(MacroKind::Plain | MacroKind::Matches | MacroKind::Promise)
        ),
        _ => false,
    }
}

/// `.catch(e => { throw e })`, `.catch(|e| Err(e))`
pub(super) fn rethrows(step: &Step) -> bool {
    let StepKind::Catch(Catch::All(handler)) = &step.kind else {
        return false;
    };
    match handler {
        Handler::Arrow(arrow) => match &arrow.parameters {
            Parameters::One(Pat::Ident(reason), None) => {
                is_rethrow(&arrow.body, &reason.ident.to_string())
            }
            _ => false,
        },
        Handler::Closure(closure) => {
            syn::parse2(closure.tokens.clone()).is_ok_and(|closure: Expr| returns_error(&closure))
        }
        Handler::Function(_) => false,
    }
}

fn is_rethrow(body: &Body, reason: &str) -> bool {
    let is_reason =
        |expression: &Expr| matches!(expression, Expr::Path(path) if path.path.is_ident(reason));
    match only_expression(&body.expression) {
        Some(Expr::Break(throw)) if is_throw(throw) => throw
            .expr
            .as_deref()
            .is_some_and(|thrown| is_reason(without_parentheses(thrown))),
        Some(only) => match chain_at(only, body).map(|chain| (&chain.source, chain.steps.len())) {
            Some((Source::Static(call), 0)) => {
                matches!(&call.kind, StaticKind::Reject(rejected) if is_reason(&rejected.expression))
            }
            _ => false,
        },
        None => false,
    }
}

/// `|e| Err(e)`
fn returns_error(closure: &Expr) -> bool {
    let Expr::Closure(closure) = closure else {
        return false;
    };
    let (1, Some(Pat::Ident(reason)), Some(Expr::Call(call))) = (
        closure.inputs.len(),
        closure.inputs.first(),
        only_expression(&closure.body),
    ) else {
        return false;
    };
    let is = |expression: &Expr, name: &dyn ToString| matches!(expression, Expr::Path(path) if path.path.is_ident(&name.to_string()));
    closure.asyncness.is_none()
        && is(&call.func, &"Err")
        && call.args.len() == 1
        && is(&call.args[0], &reason.ident)
}

fn without_parentheses(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner) => without_parentheses(&inner.expr),
        other => other,
    }
}

/// The expression, out of a block that has nothing else, and without `return`.
pub(super) fn only_expression(expression: &Expr) -> Option<&Expr> {
    match expression {
        Expr::Block(block) if block.label.is_none() => match block.block.stmts.as_slice() {
            [Stmt::Expr(only, None)] => only_expression(only),
            [Stmt::Expr(only @ (Expr::Return(_) | Expr::Break(_)), Some(_))] => {
                only_expression(only)
            }
            _ => None,
        },
        Expr::Return(returned) => returned.expr.as_deref(),
        other => Some(other),
    }
}

pub(super) fn chain_at<'a>(expression: &Expr, body: &'a Body) -> Option<&'a Chain> {
    match body.nested.get(nested_index(expression)?)? {
        Nested::Chain(chain) => Some(chain),
        Nested::Record(_) => None,
    }
}

/// `x => Promise.resolve(x + 1)`, `x => Promise.reject(e)`. Where some exits are promises, `Promise.resolve` gives the
/// others their type.
pub(super) fn needless_wrapper(body: &mut Body) {
    let mut exits = Vec::new();
    tails(&body.expression, &mut exits);
    let mut returned = Returned(Vec::new());
    returned.visit_expr(&body.expression);
    let values: Vec<Option<&Expr>> = exits
        .iter()
        .map(|exit| match exit {
            Tail::Value(value) => Some(*value),
            Tail::Unit | Tail::Macro(_) => None,
        })
        .chain(returned.0)
        .collect();
    let marker = |value: &Option<&Expr>| {
        let chain = chain_at((*value)?, body).filter(|chain| chain.steps.is_empty())?;
        match &chain.source {
            Source::Static(call) => match call.kind {
                StaticKind::Resolve(_) => Some(("NEEDLESS_RESOLVE", call.name.span())),
                StaticKind::Reject(_) => Some(("NEEDLESS_REJECT", call.name.span())),
                _ => None,
            },
            _ => None,
        }
    };
    let all_wrapped = values.iter().all(|value| marker(value).is_some());
    let found: Vec<(usize, &'static str, proc_macro2::Span)> = values
        .iter()
        .filter_map(|value| {
            let (marker, at) = marker(value)?;
            Some((nested_index((*value)?)?, marker, at))
        })
        .filter(|(_, marker, _)| all_wrapped || *marker == "NEEDLESS_REJECT")
        .collect();
    for (index, marker, at) in found {
        if let Some(Nested::Chain(chain)) = body.nested.get_mut(index) {
            chain.warnings.push(Warning { marker, at });
        }
    }
}

/// What an arrow's own `return`s return.
struct Returned<'ast>(Vec<Option<&'ast Expr>>);

impl<'ast> Visit<'ast> for Returned<'ast> {
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_expr_return(&mut self, expression: &'ast syn::ExprReturn) {
        self.0.push(expression.expr.as_deref());
        visit::visit_expr_return(self, expression);
    }
}
