//! Handlers. An arrow is inlined as a block; a closure is passed on as the tokens it came in.
//!
//! An arrow settles in one of three ways. Most produce a value at their end, which is settled outside. One whose
//! product may borrow from it (a nested chain, a `&` in its tail) is settled at its exits, inside. And one that contains
//! a macro we do not know is a closure that is called at once, so that a hidden `return` stays inside.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Lifetime, Pat, Stmt, spanned::Spanned};

use super::choices::Choice;
use super::settle::Product;
use super::words::Exit;
use super::{Leave, Lowering, Scope, emit};
use crate::model::{Arrow, Body, Closure, Handler, Parameters, takes_all};
use crate::runtime::{at, hidden_at, located};
use crate::tokens::has_question_mark;

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
                self.settle_at(start(function), &call, Product::Any, span, scope)
            }
        }
    }

    /// A value that nobody looks at; a type that nothing has fixed is decided, as there will be no other occasion.
    pub(super) fn ignored(&self, value: &TokenStream) -> TokenStream {
        let hidden = &self.hidden;
        self.chooses(Choice::Pin);
        let ignored = self.name("ignored");
        emit!(
            let #ignored = #hidden::Tag::<_>::new();
            #ignored.discard(#value);
            #[allow(unreachable_code)]
            #ignored.__pin_ignored();
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
            Some(inlined) => {
                let parameter = &inlined.parameter;
                let bindings = match (parameter.is_empty(), inlined.takes_all) {
                    (true, _) => self.ignored(value),
                    (false, true) => emit!(let #parameter = #value;),
                    (false, false) => taken_from(parameter, value),
                };
                let body = match inlined.begins_with_block {
                    true => {
                        let body = &inlined.body;
                        emit!((#body))
                    }
                    false => unbraced(&inlined.body),
                };
                emit!({ #bindings #body })
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
        if closure.diverges {
            let nothing = self.nothing();
            return emit!({ #call; #nothing });
        }
        match (closure.plain, closure.question_mark) {
            (true, _) => call.clone(),
            (false, question_mark) => {
                let known = match question_mark {
                    true => Product::QuestionMark,
                    false => Product::Any,
                };
                let place = match &closure.inlined {
                    Some(inlined) => start(&inlined.body),
                    None => start(&closure.tokens),
                };
                self.settle_at(place, call, known, span, scope)
            }
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
            let nothing = self.nothing();
            return emit!({ #bindings #expression; #nothing });
        }
        if facts.plain {
            let contents =
                self.contents_after(bindings.clone(), body, &Exit::Product(label), scope);
            let block = block_at(place(&body.expression), contents);
            return emit!(#labelled #block);
        }
        if facts.borrows {
            let expression = self.contents(body, &Exit::Settled(label.clone()), scope);
            return emit!(#labelled { #bindings #expression });
        }
        let product = match (bindings.is_empty(), facts.returns, half_written_block(body)) {
            (_, _, Some(block)) => within(&block, bindings),
            (true, false, None) => self.bare(body, scope),
            _ => {
                let contents =
                    self.contents_after(bindings.clone(), body, &Exit::Product(label), scope);
                let block = block_at(Span::mixed_site(), contents);
                emit!(#labelled #block)
            }
        };
        let place = place(&body.expression);
        self.settle_at(place, &product, Product::of(body), span, scope)
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
                emit!(#bindings #expression; #[allow(unreachable_code)] #hidden::Ok(!#hidden::anything()))
            }
            false => emit!(#bindings #hidden::Ok({ #expression })),
        };
        let contents = match facts.rejects {
            true => emit!(#hidden::Ok(#label: { #fulfilled })),
            false => fulfilled,
        };
        // A `return` of the user's in the macro's tokens is told that a `Result` belongs there, and not the tail.
        let call = match asynchronous {
            true => {
                let returned = facts.macro_returns.then(|| {
                    let rejected = located(&emit!(#hidden::Err(!#hidden::anything())), span);
                    emit!(if false { return #rejected; })
                });
                self.wait(emit!((async { #returned #contents })), scope)
            }
            false => {
                let outcome = located(&emit!(#hidden::Result<_, _>), span);
                emit!(#hidden::run(|| -> #outcome { #contents }))
            }
        };
        let hidden_rejection = self.reject(&self.hidden_reason(body, scope), span, scope);
        let leave = self.leave(&emit!(__reason), scope);
        let arms = match facts.rejects {
            true => {
                emit!(#hidden::Ok(#hidden::Ok(__product)) => __product, #hidden::Ok(#hidden::Err(__reason)) => #leave,)
            }
            false => emit!(#hidden::Ok(__product) => __product,),
        };
        // The reason may turn out to be of a type that has no values, of which rustc 1.85 would say so.
        let product = emit!(match #call {
            #arms
            #[allow(unreachable_code)]
            #hidden::Err(__reason) => #hidden_rejection
        });
        match facts.diverges || facts.plain {
            true => emit!((#product)),
            false => {
                let place = place(&body.expression);
                self.settle_at(place, &product, Product::of(body), span, scope)
            }
        }
    }

    /// The reason of a rejection in a macro that we do not know. One of a `?` may be of any type.
    fn hidden_reason(&self, body: &Body, scope: &Scope) -> TokenStream {
        if scope.converts || !has_question_mark(body.expression.to_token_stream()) {
            return emit!(__reason);
        }
        let (hidden, tag) = (&self.hidden, &scope.tag);
        self.chooses(Choice::OpenReason);
        emit!(#hidden::OpenReason(__reason, #tag).__closed())
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
        let expression = match arrow.body.chain() {
            // It settles before the variables around the handler are gone.
            Some(chain) => self.own(chain, inner.converts, false),
            None => self.contents(&arrow.body, &exit, &inner),
        };
        let pin = self.pin(&own);
        let contents = match (rejects, facts.diverges) {
            (true, true) => {
                emit!(#tag #expression; #[allow(unreachable_code)] { #pin #hidden::Ok(()) })
            }
            (true, false) => {
                emit!(#tag let __value = { #expression }; #[allow(unreachable_code)] { #pin #hidden::Ok(__value) })
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

    /// After everything before has settled: statements that call such a function, settle what it returns, and leave the
    /// region if it rejects. What is plain by its form is called by the guard's destructor alone.
    pub(super) fn called_back(&self, handler: &Handler, span: Span, scope: &Scope) -> TokenStream {
        let call = emit!(finally.call());
        let settled = match handler {
            Handler::Arrow(arrow) => {
                let facts = &arrow.body.facts;
                let is_async = arrow.asynchronous.is_some();
                let plain = (facts.plain || facts.diverges) && !is_async;
                match (callback_rejects(arrow) && !is_async, plain) {
                    (true, true) => self.unwrap(&call, span, scope),
                    (true, false) => {
                        let product = self.unwrap(&call, span, scope);
                        self.settle(&product, Product::Any, span, scope)
                    }
                    (false, true) if facts.diverges => call,
                    (false, true) => return self.left_to_the_guard(),
                    (false, false) => self.settle_finally(Product::Any, span, scope),
                }
            }
            Handler::Closure(closure) if closure.diverges => {
                self.closure_value(closure, &call, span, scope)
            }
            Handler::Closure(closure) if closure.plain => return self.left_to_the_guard(),
            Handler::Closure(closure) if closure.question_mark => {
                self.settle_finally(Product::QuestionMark, span, scope)
            }
            Handler::Closure(_) | Handler::Function(_) => {
                self.settle_finally(Product::Any, span, scope)
            }
        };
        self.ignored(&settled)
    }

    fn left_to_the_guard(&self) -> TokenStream {
        self.chooses(Choice::Pin);
        emit!(finally.on_drop().__pin();)
    }

    /// `let pattern = value;`
    pub(super) fn bindings(&self, parameters: &Parameters, value: &TokenStream) -> TokenStream {
        let allow = allowed(parameters);
        match parameters {
            Parameters::None => self.ignored(value),
            Parameters::One(Pat::Wild(_), Some(annotation)) => {
                let ignored = self.ignored(&emit!(__value));
                emit!(let __value: #annotation = #value; #ignored)
            }
            Parameters::One(pattern, annotation) => {
                let annotation = annotation.as_ref().map(|annotation| emit!(: #annotation));
                match takes_all(pattern) {
                    true => emit!(#allow let #pattern #annotation = #value;),
                    false => taken_from(&emit!(#pattern #annotation), value),
                }
            }
            Parameters::List(parts) => {
                let count = parts.len();
                let mut nested = TokenStream::new();
                let parts_left = parts.iter().any(|part| match part {
                    Parameters::One(pattern, _) => !takes_all(pattern),
                    _ => false,
                });
                let (patterns, types): (Vec<_>, Vec<_>) = parts
                    .iter()
                    .map(|part| match part {
                        Parameters::None => (emit!(_), emit!(_)),
                        Parameters::One(pattern, annotation) => (
                            pattern.to_token_stream(),
                            annotation
                                .as_ref()
                                .map_or(emit!(_), ToTokens::to_token_stream),
                        ),
                        Parameters::List(_) | Parameters::Record(_) => {
                            let name = self.name("part").to_token_stream();
                            nested.extend(self.bindings(part, &located(&name, start(value))));
                            (name, emit!(_))
                        }
                    })
                    .unzip();
                let span = start(value);
                let detuple = hidden_at("detuple", span);
                let parts = quote_spanned!(at(span)=> #detuple::<#count, _>(#value));
                // What the pattern leaves is dropped here: nobody means a lock by it.
                let leaves = parts_left.then(lock_allowed);
                emit!(#leaves let (#(#patterns,)*): (#(#types,)*) = #parts; #nested)
            }
            Parameters::Record(fields) => self.record_bindings(fields, value),
        }
    }

    /// The statements of an executor, whose value must be `()`.
    pub(super) fn executor_body(
        &self,
        arrow: &Arrow,
        label: &Lifetime,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let (hidden, body) = (&self.hidden, &arrow.body);
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
        let exit = Exit::Product(label.clone());
        let expression = match self.converted_calls(arrow, scope) {
            Some(converted) => self.contents_of(converted, body, &exit, scope),
            None => self.contents(body, &exit, scope),
        };
        match body.facts.diverges {
            true => emit!(#expression;),
            false => quote_spanned!(at(span)=> #ends({ #expression });),
        }
    }
}

/// Binds what `pattern` names of `value`. What it leaves is dropped with the block, as a function drops what is left of
/// its arguments; the lint means a `_` that drops at once, which this is not.
pub(super) fn taken_from(pattern: &TokenStream, value: &TokenStream) -> TokenStream {
    let allow = lock_allowed();
    emit!(
        let __value = #value;
        #allow
        let #pattern = __value;
    )
}

fn lock_allowed() -> TokenStream {
    emit!(#[allow(let_underscore_lock, let_underscore_drop)])
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

/// Where an expression's value stands: at its tail, or at the block that has none. What an editor is to complete is
/// unread tokens in braces of ours.
fn place(expression: &Expr) -> Span {
    let block = match expression {
        Expr::Block(block) => &block.block,
        Expr::Verbatim(tokens) => return start(&unbraced(tokens)),
        _ => return extent(expression),
    };
    match block.stmts.last() {
        Some(Stmt::Expr(tail, None)) => place(tail),
        Some(Stmt::Macro(tail)) if tail.semi_token.is_none() => tail.span(),
        _ => block.brace_token.span.join(),
    }
}

/// From an expression's first token to its last. Nearly all are calls and operators, and syn writes all the tokens to say so.
fn extent(expression: &Expr) -> Span {
    let join = |first: Span, last: Span| first.join(last).unwrap_or(first);
    match expression {
        Expr::Call(call) if call.attrs.is_empty() => {
            join(extent(&call.func), call.paren_token.span.close())
        }
        Expr::MethodCall(call) if call.attrs.is_empty() => {
            join(extent(&call.receiver), call.paren_token.span.close())
        }
        Expr::Binary(binary) if binary.attrs.is_empty() => {
            join(extent(&binary.left), extent(&binary.right))
        }
        Expr::Path(path) if path.attrs.is_empty() => match path.path.get_ident() {
            Some(name) => name.span(),
            None => path.span(),
        },
        _ => expression.span(),
    }
}

/// Where such tokens begin.
fn start(tokens: &TokenStream) -> Span {
    let first = tokens.clone().into_iter().next();
    first.map_or_else(Span::mixed_site, |first| first.span())
}

/// A block of ours, of whose value rustc says at `place` that it has the wrong type.
pub(super) fn block_at(place: Span, contents: TokenStream) -> Group {
    let mut block = Group::new(Delimiter::Brace, contents);
    block.set_span(at(place));
    block
}

/// A block that cannot be read, for rustc to say why.
fn half_written_block(body: &Body) -> Option<Group> {
    let Expr::Verbatim(tokens) = &body.expression else {
        return None;
    };
    match tokens.clone().into_iter().next() {
        Some(TokenTree::Group(block)) if block.delimiter() == Delimiter::Brace => Some(block),
        _ => None,
    }
}

/// The bindings inside of the user's own braces, as they stand in a block that can be read.
fn within(block: &Group, bindings: &TokenStream) -> TokenStream {
    let contents = block.stream();
    let mut within = Group::new(Delimiter::Brace, emit!(#bindings #contents));
    within.set_span(block.span());
    TokenTree::Group(within).into()
}

/// A parameter of the user's that starts with an underscore may well be used.
fn allowed(parameters: &Parameters) -> Option<TokenStream> {
    let underscored = matches!(parameters, Parameters::One(Pat::Ident(pattern), _) if pattern.ident.to_string().starts_with('_'));
    underscored.then(|| emit!(#[allow(clippy::no_effect_underscore_binding)]))
}

/// What a callback returns is a `Result` around its product.
fn callback_rejects(arrow: &Arrow) -> bool {
    arrow.body.facts.rejects || arrow.body.facts.unknown_macro
}
