//! Misuses of `new Promise`.

use proc_macro2::TokenTree;
use syn::{Expr, Pat, Stmt};

use crate::body::nested_index;
use crate::errors::Errors;
use crate::model::{Body, Catch, Chain, Handler, Nested, New, Parameters, StepKind};
use crate::tokens::{is_ident, trees};

/// `new Promise((reject, resolve) => …)`: the names say the opposite of what happens.
pub(super) fn swapped_names(new: &New, errors: &mut Errors) {
    let Some(Handler::Arrow(arrow)) = &new.executor else {
        return;
    };
    let names = parameter_names(&arrow.parameters);
    if names.first().is_some_and(|first| first == "reject")
        || names.get(1).is_some_and(|second| second == "resolve")
    {
        errors.at_span(
            new.promise.span(),
            "`new Promise` passes `resolve` first: write `(resolve, reject) => …`, or `resolve => …`",
        );
    }
}

/// `new Promise((resolve, reject) => p.then(resolve, reject))` is `p`.
pub(super) fn forwards(new: &mut New, errors: &mut Errors) {
    let forwards = match &new.executor {
        Some(Handler::Arrow(arrow)) => {
            let names = parameter_names(&arrow.parameters);
            only_expression(&arrow.body.expression)
                .is_some_and(|only| forwards_expression(only, &arrow.body, &names))
        }
        Some(Handler::Closure(closure)) => match syn::parse2(closure.tokens.clone()) {
            Ok(Expr::Closure(closure)) => {
                let names: Vec<_> = closure.inputs.iter().filter_map(pattern_name).collect();
                only_expression(&closure.body).is_some_and(|only| forwards_method(only, &names))
            }
            _ => false,
        },
        _ => false,
    };
    if forwards {
        errors.at_span(
            new.promise.span(),
            "this `new Promise` only passes on another promise: write that promise itself",
        );
        new.executor = None;
    }
}

fn parameter_names(parameters: &Parameters) -> Vec<String> {
    match parameters {
        Parameters::One(pattern, _) => pattern_name(pattern).into_iter().collect(),
        Parameters::List(parts) => parts.iter().flat_map(parameter_names).collect(),
        Parameters::None | Parameters::Record(_) => Vec::new(),
    }
}

fn pattern_name(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(binding) => Some(binding.ident.to_string()),
        Pat::Type(typed) => pattern_name(&typed.pat),
        Pat::Wild(_) => Some("_".to_owned()),
        _ => None,
    }
}

/// The expression, out of a block that has nothing else.
fn only_expression(expression: &Expr) -> Option<&Expr> {
    match expression {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(only, _)] => only_expression(only),
            _ => None,
        },
        Expr::Return(returned) => returned.expr.as_deref(),
        other => Some(other),
    }
}

fn forwards_expression(expression: &Expr, body: &Body, names: &[String]) -> bool {
    let nested = nested_index(expression).and_then(|index| body.nested.get(index));
    match nested {
        Some(Nested::Chain(chain)) => forwards_chain(chain, names),
        _ => forwards_method(expression, names),
    }
}

/// `….then(resolve, reject)`, `….then(v => resolve(v)).catch(e => reject(e))`
fn forwards_chain(chain: &Chain, names: &[String]) -> bool {
    let mut steps = chain.steps.as_slice();
    if let [before @ .., last] = steps {
        if let StepKind::Catch(Catch::All(handler)) = &last.kind {
            if !calls(handler, names.get(1)) {
                return false;
            }
            steps = before;
        }
    }
    match steps.last().map(|step| &step.kind) {
        Some(StepKind::Then(fulfilled, rejected)) => {
            calls(fulfilled, names.first())
                && rejected
                    .as_ref()
                    .is_none_or(|rejected| calls(rejected, names.get(1)))
        }
        _ => false,
    }
}

/// The same, where no arrow makes it a chain.
fn forwards_method(expression: &Expr, names: &[String]) -> bool {
    let Expr::MethodCall(call) = expression else {
        return false;
    };
    let argument = |index: usize, name: Option<&String>| {
        call.args
            .iter()
            .nth(index)
            .is_none_or(|argument| calls_expression(argument, name))
    };
    if call.method == "catch" {
        return call.args.len() == 1
            && argument(0, names.get(1))
            && forwards_method(&call.receiver, names);
    }
    call.method == "then"
        && !call.args.is_empty()
        && argument(0, names.first())
        && argument(1, names.get(1))
}

/// The handler is `name`, or calls it with its parameter and nothing else.
fn calls(handler: &Handler, name: Option<&String>) -> bool {
    let Some(name) = name else { return false };
    match handler {
        Handler::Function(tokens) => {
            let tokens: Vec<TokenTree> = trees(tokens.clone());
            tokens.len() == 1 && is_ident(tokens.first(), name)
        }
        Handler::Closure(closure) => syn::parse2(closure.tokens.clone())
            .is_ok_and(|closure: Expr| calls_expression(&closure, Some(name))),
        Handler::Arrow(arrow) => match parameter_names(&arrow.parameters).as_slice() {
            [parameter] => calls_with(&arrow.body.expression, name, parameter),
            _ => false,
        },
    }
}

fn calls_expression(expression: &Expr, name: Option<&String>) -> bool {
    let Some(name) = name else { return false };
    match expression {
        Expr::Path(path) => path.path.is_ident(name.as_str()),
        Expr::Closure(closure) => {
            let parameters: Vec<_> = closure.inputs.iter().filter_map(pattern_name).collect();
            match parameters.as_slice() {
                [parameter] => calls_with(&closure.body, name, parameter),
                _ => false,
            }
        }
        _ => false,
    }
}

/// `name(parameter)`
fn calls_with(expression: &Expr, name: &str, parameter: &str) -> bool {
    let is = |expression: &Expr, name: &str| matches!(expression, Expr::Path(path) if path.path.is_ident(name));
    match only_expression(expression) {
        Some(Expr::Call(call)) => {
            is(&call.func, name) && call.args.len() == 1 && is(&call.args[0], parameter)
        }
        _ => false,
    }
}
