//! The calls of `reject` in an arrow's executor. A function has one type of argument; where the user named what the chain
//! rejects with, each call converts into that, so that they may reject with several types.

use std::collections::HashSet;
use std::mem::discriminant;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat};

use super::{Lowering, Scope};
use crate::model::{Arrow, Body, Parameters};

impl Lowering<'_> {
    /// The body with each call converted; `None` where the calls have one type for all that can be seen.
    pub(super) fn converted_calls(&self, arrow: &Arrow, scope: &Scope) -> Option<Expr> {
        let reject = second_name(&arrow.parameters)?;
        if !scope.converts || !several_types(reject, &arrow.body) {
            return None;
        }
        let mut expression = arrow.body.expression.clone();
        let mut calls = ConvertedCalls {
            lowering: self,
            scope,
            reject,
        };
        calls.visit_expr_mut(&mut expression);
        Some(expression)
    }
}

fn second_name(parameters: &Parameters) -> Option<&Ident> {
    let Parameters::List(parameters) = parameters else {
        return None;
    };
    match parameters.get(1)? {
        Parameters::One(Pat::Ident(name), None) => Some(&name.ident),
        _ => None,
    }
}

/// It rejects with one type by a call and with another by `throw`, `?` or another call.
fn several_types(reject: &Ident, body: &Body) -> bool {
    if body.facts.unknown_macro || body.facts.broken {
        return false;
    }
    let mut calls = Calls {
        reject,
        types: HashSet::new(),
        called: false,
        shadowed: false,
    };
    calls.visit_expr(&body.expression);
    let several = calls.types.len() > 1 || (calls.called && body.facts.rejects);
    several && !calls.shadowed
}

struct Calls<'a> {
    reject: &'a Ident,
    /// What the arguments show of their types.
    types: HashSet<String>,
    called: bool,
    shadowed: bool,
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Some(reason) = reason(call, self.reject) {
            self.called = true;
            self.types.extend(shown_type(reason));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_pat_ident(&mut self, name: &'ast syn::PatIdent) {
        self.shadowed |= name.ident == *self.reject;
    }
}

/// The argument of a call of `reject`.
fn reason<'a>(call: &'a syn::ExprCall, reject: &Ident) -> Option<&'a Expr> {
    let called = matches!(&*call.func, Expr::Path(path) if path.path.is_ident(reject));
    match call.args.len() {
        1 if called => call.args.first(),
        _ => None,
    }
}

/// `Error::Variant(…)`, `Error { … }`, `Error`, a literal: the type, as far as it is written out.
fn shown_type(reason: &Expr) -> Option<String> {
    let path = match reason {
        Expr::Lit(literal) => return Some(format!("{:?}", discriminant(&literal.lit))),
        Expr::Path(path) => &path.path,
        Expr::Struct(value) => &value.path,
        Expr::Call(call) => return shown_type(&call.func),
        _ => return None,
    };
    let mut names = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string());
    names.find(|name| name.starts_with(char::is_uppercase))
}

struct ConvertedCalls<'a> {
    lowering: &'a Lowering<'a>,
    scope: &'a Scope,
    reject: &'a Ident,
}

impl VisitMut for ConvertedCalls<'_> {
    fn visit_expr_call_mut(&mut self, call: &mut syn::ExprCall) {
        visit_mut::visit_expr_call_mut(self, call);
        let Some(reason) = reason(call, self.reject) else {
            return;
        };
        let converted =
            self.lowering
                .converted(&reason.to_token_stream(), &self.scope.tag, reason.span());
        // Expressions again: there are words in it still to be lowered.
        if let Ok(converted) = syn::parse2(converted) {
            call.args = std::iter::once::<Expr>(converted).collect();
        }
    }
}
