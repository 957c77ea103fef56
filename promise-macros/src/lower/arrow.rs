//! Handlers. An arrow is inlined as a block; a closure is passed on as the tokens it came in.
//!
//! An arrow settles in one of three ways. Most produce a value at their end, which is settled outside. One whose
//! product may borrow from it (a nested chain, a `&` in its tail) is settled at its exits, inside. And one that contains
//! a macro we do not know is a closure that is called at once, so that a hidden `return` stays inside.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Lifetime, Macro, Pat, Stmt, Token};

use super::settle::Product;
use super::{Leave, Lowering, Scope, emit};
use crate::body;
use crate::model::{Arrow, Body, Closure, Handler, Nested, Parameters};
use crate::runtime::{at, hidden_at, located};

/// What `return` and the tail of a body do.
#[derive(Clone)]
enum Exit {
    /// `break 'arrow value`
    Product(Lifetime),
    /// The same, with the value settled first.
    Settled(Lifetime),
    /// `return Ok(value)`
    Return,
    /// `break 'arrow Ok(value)`
    Fulfil(Lifetime),
    /// `return value`
    Plain,
}

impl Lowering<'_> {
    /// The value of a handler called with `value`.
    pub(super) fn handled(
        &self,
        handler: &Handler,
        value: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let value = &located(value, span);
        let hidden = &self.hidden;
        match handler {
            Handler::Arrow(arrow) => {
                let bindings = self.bindings(&arrow.parameters, value);
                self.body_value(
                    &bindings,
                    &arrow.body,
                    arrow.asynchronous.is_some(),
                    span,
                    scope,
                )
            }
            Handler::Closure(closure) => {
                let tokens = &closure.tokens;
                let call = match closure.parameters {
                    _ if closure.inlined.is_some() => self.inlined(closure, value),
                    0 => emit!(#hidden::call_without(#value, #tokens)),
                    _ => emit!(#hidden::call(#value, #tokens)),
                };
                self.closure_value(closure, &call, span, scope)
            }
            Handler::Function(function) => {
                let call = hidden_at("call_function", span);
                let call = quote_spanned!(at(span)=> #call(#value, #function));
                self.settle(&call, Product::Any, span, scope)
            }
        }
    }

    /// A value that nobody looks at; a type that nothing has fixed is decided, as there will be no other occasion.
    pub(super) fn ignored(&self, value: &TokenStream) -> TokenStream {
        let hidden = &self.hidden;
        let ignored = self.name("ignored");
        emit!(
            let #ignored = #hidden::Tag::<_>::new();
            #ignored.discard(#value);
            #ignored.__pin();
        )
    }

    /// The value of a handler that takes nothing.
    pub(super) fn handled_without(
        &self,
        handler: &Handler,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        match handler {
            Handler::Function(function) => {
                let run = hidden_at("run", span);
                self.settle(
                    &quote_spanned!(at(span)=> #run(#function)),
                    Product::Any,
                    span,
                    scope,
                )
            }
            Handler::Closure(_) | Handler::Arrow(_) => {
                self.handled(handler, &emit!(()), span, scope)
            }
        }
    }

    /// A closure that a block can stand for: rustc need not look at a closure's captures and signature.
    fn inlined(&self, closure: &Closure, value: &TokenStream) -> TokenStream {
        match &closure.inlined {
            Some((parameter, body)) if parameter.is_empty() => {
                let (ignored, body) = (self.ignored(value), unbraced(body));
                emit!({ #ignored #body })
            }
            Some((parameter, body)) => {
                let body = unbraced(body);
                emit!({ let #parameter = #value; #body })
            }
            None => TokenStream::new(),
        }
    }

    /// The value of a handler called with the parts of `value`.
    pub(super) fn spread(
        &self,
        handler: &Handler,
        value: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let value = &located(value, span);
        match handler {
            Handler::Closure(closure) if closure.parameters > 0 => {
                let tokens = &closure.tokens;
                let spread = hidden_at(&format!("spread_{}", closure.parameters.min(12)), span);
                self.closure_value(
                    closure,
                    &quote_spanned!(at(span)=> #spread(#value, #tokens)),
                    span,
                    scope,
                )
            }
            Handler::Function(function) => {
                let spread = hidden_at("call_spread", span);
                let call = quote_spanned!(at(span)=> #spread(#value, #function));
                self.settle(&call, Product::Any, span, scope)
            }
            Handler::Arrow(_) | Handler::Closure(_) => self.handled(handler, value, span, scope),
        }
    }

    fn closure_value(
        &self,
        closure: &Closure,
        call: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        match (closure.plain, closure.question_mark) {
            (true, _) => call.clone(),
            (false, true) => self.settle(call, Product::QuestionMark, span, scope),
            (false, false) => self.settle(call, Product::Any, span, scope),
        }
    }

    /// Whether to try again: a plain value, nothing is settled.
    pub(super) fn predicate(
        &self,
        handler: &Handler,
        value: &TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        match handler {
            Handler::Arrow(arrow) => {
                let bindings = self.bindings(&arrow.parameters, value);
                let label = self.label("predicate");
                let body = self.contents(&arrow.body, &Exit::Product(label.clone()), scope);
                emit!(#label: { #bindings #body })
            }
            Handler::Closure(closure) => {
                let tokens = &closure.tokens;
                emit!(#hidden::call(#value, #tokens))
            }
            Handler::Function(function) => emit!(#hidden::call_function(#value, #function)),
        }
    }

    /// An argument that is no handler.
    pub(super) fn argument(&self, body: &Body, scope: &Scope) -> TokenStream {
        let label = self.label("argument");
        let expression = self.contents(body, &Exit::Product(label.clone()), scope);
        match body.facts.returns {
            true => emit!(#label: { #expression }),
            false => emit!({ #expression }),
        }
    }

    /// The value of a body, after `bindings`.
    pub(super) fn body_value(
        &self,
        bindings: &TokenStream,
        body: &Body,
        asynchronous: bool,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let facts = body.facts;
        if facts.broken {
            let broken = self.broken();
            return emit!({ #bindings #broken });
        }
        if facts.unknown_macro {
            return self.called(bindings, body, asynchronous, span, scope);
        }
        let label = self.label("arrow");
        let labelled = facts.returns.then(|| emit!(#label:));
        if facts.diverges {
            let expression = self.contents(body, &Exit::Product(label), scope);
            return emit!({ #bindings #expression; #[allow(unreachable_code)] #hidden::anything() });
        }
        if facts.plain {
            let expression = self.contents(body, &Exit::Product(label.clone()), scope);
            return match (bindings.is_empty(), facts.returns) {
                (true, false) => emit!({ #expression }),
                _ => emit!(#labelled { #bindings #expression }),
            };
        }
        if facts.borrows {
            let expression = self.contents(body, &Exit::Settled(label.clone()), scope);
            return emit!(#labelled { #bindings #expression });
        }
        let product = match (bindings.is_empty(), facts.returns) {
            (true, false) => self.bare(body, scope),
            _ => {
                let expression = self.contents(body, &Exit::Product(label), scope);
                emit!(#labelled { #bindings #expression })
            }
        };
        self.settle(&product, Product::Any, span, scope)
    }

    /// An arrow with a macro that may hide a `return`: a closure (or an `async` block) that is called at once.
    fn called(
        &self,
        bindings: &TokenStream,
        body: &Body,
        asynchronous: bool,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let facts = body.facts;
        let label = self.label("arrow");
        let leave = if facts.rejects {
            Leave::Break(label.clone())
        } else {
            Leave::Return
        };
        let exit = if facts.rejects {
            Exit::Fulfil(label.clone())
        } else {
            Exit::Return
        };
        let inner = scope.enclosed(leave);
        let expression = self.contents(body, &exit, &inner);
        let fulfilled = match facts.diverges {
            true => {
                emit!(#bindings #expression; #[allow(unreachable_code)] #hidden::Ok(#hidden::anything()))
            }
            false => emit!(#bindings #hidden::Ok({ #expression })),
        };
        let contents = match facts.rejects {
            true => emit!(#hidden::Ok(#label: { #fulfilled })),
            false => fulfilled,
        };
        let call = match asynchronous {
            true => self.wait(&emit!((async { #contents })), scope),
            false => emit!(#hidden::run(|| { #contents })),
        };
        let hidden_rejection = self.reject(&emit!(__reason), span, scope);
        let leave = self.leave(&emit!(__reason), scope);
        let arms = match facts.rejects {
            true => {
                emit!(#hidden::Ok(#hidden::Ok(__product)) => __product, #hidden::Ok(#hidden::Err(__reason)) => #leave,)
            }
            false => emit!(#hidden::Ok(__product) => __product,),
        };
        let product = emit!(match #call { #arms #hidden::Err(__reason) => #hidden_rejection });
        match facts.diverges || facts.plain {
            true => emit!((#product)),
            false => self.settle(&product, Product::Any, span, scope),
        }
    }

    /// A handler that is called later: an expression that is a function without parameters.
    pub(super) fn callback(&self, handler: &Handler, scope: &Scope) -> TokenStream {
        let hidden = &self.hidden;
        let arrow = match handler {
            Handler::Arrow(arrow) => arrow,
            Handler::Closure(closure) => return closure.tokens.clone(),
            Handler::Function(function) => {
                let start = function.clone().into_iter().next();
                let name = Ident::new(
                    "__handler",
                    at(start.map_or_else(Span::mixed_site, |first| first.span())),
                );
                return emit!({ let #name = #function; move || #hidden::call_back(#name) });
            }
        };
        let facts = arrow.body.facts;
        let rejects = callback_rejects(arrow);
        // Its rejection meets those before it only at the step, after it was called.
        let (own, tag) = match scope.converts {
            true => (scope.clone(), TokenStream::new()),
            false => self.region(false),
        };
        let inner = own.enclosed(Leave::Return);
        let exit = if rejects { Exit::Return } else { Exit::Plain };
        let expression = self.contents(&arrow.body, &exit, &inner);
        let pin = self.pin(&own);
        let contents = match (rejects, facts.diverges) {
            (true, true) => {
                emit!(#tag #expression; #[allow(unreachable_code)] { #pin #hidden::Ok(()) })
            }
            (true, false) => {
                emit!(#tag let __value = { #expression }; #pin #hidden::Ok(__value))
            }
            (false, _) => expression,
        };
        let asynchronous = arrow.asynchronous.as_ref().map(|_| emit!(async));
        match rejects && scope.converts {
            // The tag comes as a parameter: captured, it would be a reference.
            true => {
                let tag = &scope.tag;
                emit!(#hidden::with_tag(#tag, #asynchronous |#tag| { #contents }))
            }
            false => emit!(#asynchronous || { #contents }),
        }
    }

    /// What such a function returned: statements that settle it and leave the region if it rejects.
    pub(super) fn called_back(
        &self,
        handler: &Handler,
        call: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let settled = match handler {
            Handler::Arrow(arrow) => {
                let wrapped = callback_rejects(arrow) && arrow.asynchronous.is_none();
                let product = if wrapped {
                    self.unwrap(call, span, scope)
                } else {
                    call.clone()
                };
                let plain = (arrow.body.facts.plain || arrow.body.facts.diverges)
                    && arrow.asynchronous.is_none();
                match plain {
                    true => product,
                    false => self.settle(&product, Product::Any, span, scope),
                }
            }
            Handler::Closure(closure) => self.closure_value(closure, call, span, scope),
            Handler::Function(_) => self.settle(call, Product::Any, span, scope),
        };
        self.ignored(&settled)
    }

    /// `let pattern = value;`
    pub(super) fn bindings(&self, parameters: &Parameters, value: &TokenStream) -> TokenStream {
        let allow = allowed(parameters);
        match parameters {
            Parameters::None => self.ignored(value),
            Parameters::One(pattern, None) => emit!(#allow let #pattern = #value;),
            Parameters::One(pattern, Some(annotation)) => {
                emit!(#allow let #pattern: #annotation = #value;)
            }
            Parameters::List(parts) => {
                let count = parts.len();
                let patterns = parts.iter().map(|(pattern, _)| pattern);
                let types = parts.iter().map(|(_, annotation)| {
                    annotation
                        .as_ref()
                        .map_or(emit!(_), ToTokens::to_token_stream)
                });
                let start = value.clone().into_iter().next();
                let span = start.map_or_else(Span::mixed_site, |first| first.span());
                let detuple = hidden_at("detuple", span);
                let parts = quote_spanned!(at(span)=> #detuple::<#count, _>(#value));
                emit!(#allow let (#(#patterns,)*): (#(#types,)*) = #parts;)
            }
            Parameters::Record(fields) => {
                let pattern = self.record_pattern(fields);
                emit!(#allow let #pattern = #value;)
            }
        }
    }

    /// What goes between braces: the expression, or the statements of a block, with our words lowered.
    fn contents(&self, body: &Body, exit: &Exit, scope: &Scope) -> TokenStream {
        if body.facts.broken {
            return self.broken();
        }
        match self.expression(body, exit, scope) {
            Expr::Block(block) if is_plain_block(&block) => statements(&block.block),
            expression => without_parentheses(expression).to_token_stream(),
        }
    }

    /// The expression with nothing around it: a block would end the life of its temporaries.
    pub(super) fn bare(&self, body: &Body, scope: &Scope) -> TokenStream {
        if body.facts.broken {
            return self.broken();
        }
        let exit = Exit::Product(self.label("argument"));
        match self.expression(body, &exit, scope) {
            Expr::Block(block) if is_plain_block(&block) => {
                let statements = statements(&block.block);
                emit!({ #statements })
            }
            expression => without_parentheses(expression).to_token_stream(),
        }
    }

    fn expression(&self, body: &Body, exit: &Exit, scope: &Scope) -> Expr {
        let mut expression = body.expression.clone();
        let mut words = Words {
            lowering: self,
            nested: &body.nested,
            exit,
            scope,
            enclosed: false,
            in_closure: false,
        };
        if matches!(exit, Exit::Settled(_)) {
            words.settle_tails(&mut expression);
        }
        words.visit_expr_mut(&mut expression);
        expression
    }

    /// The statements of an executor, whose value must be `()`.
    pub(super) fn executor_body(
        &self,
        body: &Body,
        label: &Lifetime,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let ends = hidden_at("executor_value", span);
        if body.facts.unknown_macro {
            let inner = scope.enclosed(Leave::Return);
            let expression = self.contents(body, &Exit::Return, &inner);
            let fulfilled = match body.facts.diverges {
                true => emit!(#expression; #[allow(unreachable_code)] #hidden::Ok(())),
                false => emit!(#hidden::Ok({ #expression })),
            };
            let rejected = self.reject(&emit!(__reason), Span::mixed_site(), scope);
            return emit!(match #hidden::run(|| { #fulfilled }) {
                #hidden::Ok(__value) => #ends(__value),
                #hidden::Err(__reason) => #rejected
            });
        }
        let expression = self.contents(body, &Exit::Product(label.clone()), scope);
        match body.facts.diverges {
            true => emit!(#expression;),
            false => quote_spanned!(at(span)=> #ends({ #expression });),
        }
    }

    /// A nested chain, settled where it stands.
    fn in_place(&self, chain: &crate::model::Chain, scope: &Scope) -> TokenStream {
        let statements = self.steps(chain, chain.steps.len(), scope);
        emit!({ #statements __value })
    }
}

/// A block's statements: rustc would call its braces unnecessary.
fn unbraced(body: &TokenStream) -> TokenStream {
    let mut tokens = body.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(block)), None) if block.delimiter() == Delimiter::Brace => {
            block.stream()
        }
        _ => body.clone(),
    }
}

/// A parameter of the user's that starts with an underscore may well be used.
fn allowed(parameters: &Parameters) -> Option<TokenStream> {
    let underscored = matches!(parameters, Parameters::One(Pat::Ident(pattern), _) if pattern.ident.to_string().starts_with('_'));
    underscored.then(|| emit!(#[allow(clippy::no_effect_underscore_binding)]))
}

fn is_plain_block(block: &syn::ExprBlock) -> bool {
    block.label.is_none() && block.attrs.is_empty()
}

/// The statements of a lowered block.
fn statements(block: &syn::Block) -> TokenStream {
    let statements = &block.stmts;
    emit!(#(#statements)*)
}

/// A statement whose value might be a future, made and dropped.
fn may_forget(statement: &Stmt) -> bool {
    match statement {
        // An attribute belongs to the statement, and would not be allowed inside another.
        Stmt::Expr(expression, Some(_)) if !body::attributes(expression).is_empty() => false,
        Stmt::Expr(expression, Some(_)) => matches!(
            expression,
            Expr::Async(_)
                | Expr::Await(_)
                | Expr::Block(_)
                | Expr::Call(_)
                | Expr::Field(_)
                | Expr::If(_)
                | Expr::Macro(_)
                | Expr::Match(_)
                | Expr::MethodCall(_)
                | Expr::Paren(_)
                | Expr::Path(_)
                | Expr::Try(_)
                | Expr::Unsafe(_)
        ),
        Stmt::Macro(call) => {
            call.semi_token.is_some()
                && call.attrs.is_empty()
                && body::macro_kind(&call.mac) == Some(body::MacroKind::Promise)
        }
        Stmt::Expr(_, None) | Stmt::Local(_) | Stmt::Item(_) => false,
    }
}

/// Parentheses that the user needed and the expansion does not: rustc would call them unnecessary.
fn without_parentheses(expression: Expr) -> Expr {
    match expression {
        Expr::Paren(inner) if inner.attrs.is_empty() => without_parentheses(*inner.expr),
        expression => expression,
    }
}

/// What a callback returns is a `Result` around its product.
fn callback_rejects(arrow: &Arrow) -> bool {
    arrow.body.facts.rejects || arrow.body.facts.unknown_macro
}

/// Lowers `throw`, `return`, `?`, `await` and nested chains in an expression.
struct Words<'a> {
    lowering: &'a Lowering<'a>,
    nested: &'a [Nested],
    exit: &'a Exit,
    scope: &'a Scope,
    /// Inside a closure or `async` block of the user's, which has its own `return`, `?` and `.await`.
    enclosed: bool,
    /// Inside a closure of the user's, whose parameters a chain in it must own.
    in_closure: bool,
}

impl Words<'_> {
    fn chain(&self, expression: &Expr) -> Option<&crate::model::Chain> {
        match self.nested.get(body::nested_index(expression)?)? {
            Nested::Chain(chain) => Some(chain),
            Nested::Record(_) => None,
        }
    }

    /// Settles the value at each of the places where the body ends.
    fn settle_tails(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Paren(inner) => self.settle_tails(&mut inner.expr),
            Expr::Group(inner) => self.settle_tails(&mut inner.expr),
            Expr::Block(inner) if inner.label.is_none() => self.settle_block(&mut inner.block),
            Expr::Unsafe(inner) => self.settle_block(&mut inner.block),
            Expr::If(inner) => {
                self.settle_block(&mut inner.then_branch);
                if let Some((_, other)) = &mut inner.else_branch {
                    self.settle_tails(other);
                }
            }
            Expr::Match(inner) => inner
                .arms
                .iter_mut()
                .for_each(|arm| self.settle_tails(&mut arm.body)),
            _ => {
                let mut found = Vec::new();
                body::tails(expression, &mut found);
                if !found.is_empty() {
                    *expression = Expr::Verbatim(self.settled(expression.clone()));
                }
            }
        }
    }

    fn settle_block(&mut self, block: &mut syn::Block) {
        if let Some(Stmt::Macro(last)) = block
            .stmts
            .last()
            .filter(|last| matches!(last, Stmt::Macro(last) if last.semi_token.is_none()))
        {
            let call = Expr::Macro(syn::ExprMacro {
                attrs: last.attrs.clone(),
                mac: last.mac.clone(),
            });
            block.stmts.pop();
            block.stmts.push(Stmt::Expr(call, None));
        }
        if let Some(Stmt::Expr(last, None)) = block.stmts.last_mut() {
            self.settle_tails(last);
        }
    }

    fn settled(&mut self, mut expression: Expr) -> TokenStream {
        let span = syn::spanned::Spanned::span(&expression);
        if let Some(chain) = self.chain(&expression) {
            return self.lowering.in_place(chain, self.scope);
        }
        if body::is_plain(&expression) {
            self.visit_expr_mut(&mut expression);
            return expression.to_token_stream();
        }
        self.visit_expr_mut(&mut expression);
        let settled =
            self.lowering
                .settle_borrowing(&expression.to_token_stream(), span, self.scope);
        emit!((#settled))
    }

    fn throw(&mut self, reason: Option<&Expr>, span: Span) -> TokenStream {
        let Some(reason) = reason else {
            return self
                .lowering
                .leave(&emit!(::core::unreachable!()), self.scope);
        };
        let mut reason = without_parentheses(reason.clone());
        self.visit_expr_mut(&mut reason);
        self.lowering
            .reject(&reason.to_token_stream(), span, self.scope)
    }

    fn returned(&mut self, value: Option<&Expr>) -> TokenStream {
        let hidden = &self.lowering.hidden;
        let value = match value {
            Some(value) if matches!(self.exit, Exit::Settled(_)) => self.settled(value.clone()),
            Some(value) => {
                let mut value = value.clone();
                self.visit_expr_mut(&mut value);
                value.to_token_stream()
            }
            None => emit!(()),
        };
        match self.exit {
            Exit::Product(label) | Exit::Settled(label) => emit!((break #label #value)),
            Exit::Return => emit!((return #hidden::Ok(#value))),
            Exit::Fulfil(label) => emit!((break #label #hidden::Ok(#value))),
            Exit::Plain => emit!((return #value)),
        }
    }

    fn question(&mut self, expression: &Expr, span: Span) -> TokenStream {
        let mut expression = expression.clone();
        self.visit_expr_mut(&mut expression);
        let function = hidden_at("question", span);
        let question = quote_spanned!(at(span)=> #function(#expression));
        self.lowering.unwrap(&question, span, self.scope)
    }

    fn awaited(&mut self, operand: &Expr, span: Span) -> TokenStream {
        if let Some(chain) = self.chain(operand) {
            let settled = self.lowering.in_place(chain, self.scope);
            return emit!((#settled));
        }
        let mut operand = operand.clone();
        take_attribute(&mut operand);
        self.visit_expr_mut(&mut operand);
        let settled = self
            .lowering
            .settle_borrowing(&operand.to_token_stream(), span, self.scope);
        emit!((#settled))
    }

    fn nested(&mut self, index: usize) -> TokenStream {
        match &self.nested[index] {
            Nested::Chain(chain) => self
                .lowering
                .own(chain, self.scope.converts, self.in_closure),
            Nested::Record(fields) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
                let values = fields
                    .iter()
                    .map(|(_, value)| self.lowering.contents(value, self.exit, self.scope));
                let path = self.lowering.record(&names);
                emit!(#path { #(#names: #values),* })
            }
        }
    }

    /// The value of a statement. If it is a future the user meant to return it, or to wait for it.
    fn unused(&self, value: &impl ToTokens, start: Span) -> TokenStream {
        let hidden = &self.lowering.hidden;
        let method = quote_spanned!(at(start)=> __unused);
        let arm = emit!(#[allow(unreachable_code)] __unused => { (&&&#hidden::probe(&__unused)).#method(); __unused });
        let mut arms = Group::new(Delimiter::Brace, arm);
        arms.set_span(start);
        // The keyword and the braces are the user's: rustc's own warnings of unused values stand where they would
        // without us. A `match` keeps the temporaries as long as the statement would.
        let keyword = Token![match](start);
        emit!(#[allow(clippy::match_single_binding)] #keyword (#value) #arms)
    }

    fn enclosed(&mut self, visit: impl FnOnce(&mut Self)) {
        let enclosed = std::mem::replace(&mut self.enclosed, true);
        visit(self);
        self.enclosed = enclosed;
    }
}

impl VisitMut for Words<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if let Some(index) =
            body::nested_index(expression).filter(|&index| index < self.nested.len())
        {
            *expression = Expr::Verbatim(self.nested(index));
            return;
        }
        if self.enclosed {
            return visit_mut::visit_expr_mut(self, expression);
        }
        let lowered = match expression {
            Expr::Break(inner) if body::is_throw(inner) => {
                let span = inner.break_token.span;
                self.throw(inner.expr.as_deref(), span)
            }
            Expr::Return(inner) => self.returned(inner.expr.as_deref()),
            Expr::Try(inner) => {
                let span = inner.question_token.span;
                self.question(&inner.expr, span)
            }
            Expr::Unary(inner) if body::is_await(&inner.expr) => {
                let span = syn::spanned::Spanned::span(&inner.op);
                self.awaited(&inner.expr, span)
            }
            Expr::Await(inner) if !self.scope.deadlines.is_empty() => {
                self.visit_expr_mut(&mut inner.base);
                let wait = self
                    .lowering
                    .wait(&inner.base.to_token_stream(), self.scope);
                emit!((#wait))
            }
            _ => return visit_mut::visit_expr_mut(self, expression),
        };
        *expression = Expr::Verbatim(lowered);
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        let may_forget = !self.enclosed && may_forget(statement);
        let start = statement.to_token_stream().into_iter().next();
        visit_mut::visit_stmt_mut(self, statement);
        if may_forget {
            let start = start.map_or_else(Span::mixed_site, |first| first.span());
            let unused = match &*statement {
                Stmt::Expr(value, _) => self.unused(value, start),
                Stmt::Macro(call) => self.unused(&call.mac, start),
                Stmt::Local(_) | Stmt::Item(_) => return,
            };
            *statement = Stmt::Expr(Expr::Verbatim(unused), Some(Token![;](start)));
        }
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let in_closure = std::mem::replace(&mut self.in_closure, true);
        self.enclosed(|words| visit_mut::visit_expr_closure_mut(words, closure));
        self.in_closure = in_closure;
    }

    fn visit_expr_async_mut(&mut self, block: &mut syn::ExprAsync) {
        self.enclosed(|words| visit_mut::visit_expr_async_mut(words, block));
    }

    fn visit_item_mut(&mut self, item: &mut syn::Item) {
        self.enclosed(|words| visit_mut::visit_item_mut(words, item));
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        let Some(kind) = body::macro_kind(mac) else {
            return;
        };
        let mut tokens = TokenStream::new();
        for part in body::macro_parts(mac, kind) {
            tokens.extend(part.before);
            if let Some(mut expression) = part.expression {
                self.visit_expr_mut(&mut expression);
                expression.to_tokens(&mut tokens);
            }
            tokens.extend(part.after);
        }
        mac.tokens = tokens;
    }
}

/// Takes the mark of `await` off its operand.
fn take_attribute(operand: &mut Expr) {
    struct Taken;
    impl VisitMut for Taken {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident(crate::parse::AWAIT));
        }
    }
    // Marks deeper inside belong to other operands, which are visited on their own.
    match operand {
        Expr::Path(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Call(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::MethodCall(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Field(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Index(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Paren(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Macro(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Async(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Block(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        Expr::Await(inner) => Taken.visit_attributes_mut(&mut inner.attrs),
        _ => {}
    }
}
