//! The words of an arrow inside an expression: `throw`, `return`, `?`, `await`, and the chains and records in it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Lifetime, Macro, Stmt, Token};

use super::choices::Choice;
use super::{Lowering, Scope, emit};
use crate::body;
use crate::model::{Body, Nested};
use crate::runtime::{at, hidden_at, located};

/// What `return` and the tail of a body do.
#[derive(Clone)]
pub(super) enum Exit {
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
    /// What goes between braces: the expression, or the statements of a block, with our words lowered.
    pub(super) fn contents(&self, body: &Body, exit: &Exit, scope: &Scope) -> TokenStream {
        self.contents_after(TokenStream::new(), body, exit, scope)
    }

    /// The same behind statements of ours.
    pub(super) fn contents_after(
        &self,
        mut statements: TokenStream,
        body: &Body,
        exit: &Exit,
        scope: &Scope,
    ) -> TokenStream {
        match body.facts.broken {
            true => statements.extend(self.broken()),
            false => unbraced(self.expression(body, exit, scope), &mut statements),
        }
        statements
    }

    /// The same of another version of the body's expression.
    pub(super) fn contents_of(
        &self,
        expression: Expr,
        body: &Body,
        exit: &Exit,
        scope: &Scope,
    ) -> TokenStream {
        let mut contents = TokenStream::new();
        unbraced(
            self.lowered(expression, &body.nested, exit, scope),
            &mut contents,
        );
        contents
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

    pub(super) fn expression(&self, body: &Body, exit: &Exit, scope: &Scope) -> Expr {
        self.lowered(body.expression.clone(), &body.nested, exit, scope)
    }

    fn lowered(&self, mut expression: Expr, nested: &[Nested], exit: &Exit, scope: &Scope) -> Expr {
        let mut words = Words {
            lowering: self,
            nested,
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

    /// A nested chain, settled where it stands.
    pub(super) fn in_place(&self, chain: &crate::model::Chain, scope: &Scope) -> TokenStream {
        let statements = self.steps(chain, chain.steps.len(), scope);
        let value = Ident::new("__value", at(chain.start));
        emit!({ #statements #value })
    }
}

/// Adds what goes between braces. (An expression writes its tokens one by one; a stream of them is copied by rustc.)
fn unbraced(expression: Expr, contents: &mut TokenStream) {
    match expression {
        Expr::Block(block) if is_plain_block(&block) => contents.append_all(&block.block.stmts),
        expression => match without_parentheses(expression) {
            expression if body::begins_with_block(&expression) => {
                contents.extend(emit!((#expression)));
            }
            expression => expression.to_tokens(contents),
        },
    }
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
        let span = expression.span();
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
            return emit!(::core::unreachable!());
        };
        let mut reason = without_parentheses(reason.clone());
        self.visit_expr_mut(&mut reason);
        let reject = self
            .lowering
            .reject(&reason.to_token_stream(), span, self.scope);
        emit!((#reject))
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

    fn nested(&mut self, index: usize, span: Span) -> TokenStream {
        match &self.nested[index] {
            Nested::Chain(chain) => {
                // It may outlive what stands around it.
                let owns = self.in_closure || self.lowering.capture.is_some();
                self.lowering.own(chain, self.scope.converts, owns)
            }
            Nested::Record(fields) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
                let values = fields
                    .iter()
                    .map(|(_, value)| self.lowering.contents(value, self.exit, self.scope));
                let path = self.lowering.record(&names);
                located(&emit!(#path { #(#names: #values),* }), span)
            }
        }
    }

    /// The value of a statement. If it is a future the user meant to return it, or to wait for it.
    fn unused(&self, value: &impl ToTokens, start: Span) -> TokenStream {
        let hidden = &self.lowering.hidden;
        self.lowering.chooses(Choice::Unused);
        let method = quote_spanned!(at(start)=> __unused);
        let arm = emit!(#[allow(unreachable_code)] __unused => { (&&&&#hidden::probe(&__unused)).#method(); __unused });
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
            *expression = Expr::Verbatim(self.nested(index, expression.span()));
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
                let span = inner.op.span();
                self.awaited(&inner.expr, span)
            }
            Expr::Await(inner) if self.scope.deadline.is_some() => {
                self.visit_expr_mut(&mut inner.base);
                let wait = self.lowering.wait(inner.base.to_token_stream(), self.scope);
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
