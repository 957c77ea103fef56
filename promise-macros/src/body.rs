//! Expressions in which an arrow's words mean something: arrows' bodies, sources, arguments.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Macro, Stmt, UnOp};

use crate::check;
use crate::errors::Errors;
use crate::model::{Body, Chain, Facts, Nested};
use crate::parse::{self, NESTED, THROW};
use crate::tokens::{is_record, stream};

/// Where an expression stands, which decides what it may say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Source,
    /// What a combinator combines, if it has no steps: it is evaluated before any of them starts.
    Element,
    Argument,
    Guard,
    Arrow {
        asynchronous: bool,
    },
}

pub(crate) fn parse(tokens: &[TokenTree], place: Place, errors: &mut Errors) -> Body {
    if let [TokenTree::Group(braces)] = tokens {
        if is_record(braces, false) {
            errors.at_span(
                braces.span_open(),
                match place {
                    Place::Element => "braces make a block here; a record of promises is a promise, too: `Promise.all({ … })`",
                    _ => "braces make a block here; a record stands in parentheses: `({ … })`",
                },
            );
            return Body::broken(Vec::new());
        }
    }
    let before = errors.count();
    let repaired = check::repaired(tokens, check::Dialect::Arrow, errors);
    let javascript = repaired.is_some();
    let tokens = repaired.as_deref().unwrap_or(tokens);
    let rewritten = parse::rewrite(tokens, place, errors);
    let expression = match syn::parse2::<Expr>(rewritten.tokens) {
        Ok(expression) => expression,
        // Without words of ours rustc explains it better, and an editor can complete what is half written.
        Err(_) if !rewritten.changed && !javascript && !errors.thorough => match tokens {
            [TokenTree::Group(block)] if block.delimiter() == Delimiter::Brace => {
                Expr::Verbatim(stream(tokens))
            }
            _ => Expr::Verbatim(braced(tokens)),
        },
        Err(error) => {
            if errors.count() == before {
                errors.push(located(error, tokens));
            }
            return Body::broken(rewritten.nested);
        }
    };
    let before = errors.count();
    check::body(&expression, place, errors);
    if javascript || rewritten.broken || errors.count() > before {
        return Body::broken(rewritten.nested);
    }
    let facts = facts(&expression, &rewritten.nested);
    let expression = match matches!(place, Place::Arrow { .. }) && !rewritten.changed {
        true if ends_with_field(tokens) => Expr::Verbatim(braced_at(tokens, Span::mixed_site())),
        _ => expression,
    };
    Body {
        expression,
        nested: rewritten.nested,
        facts,
    }
}

impl Body {
    /// The chain that it is.
    pub(crate) fn chain(&self) -> Option<&Chain> {
        match self.nested.get(nested_index(&self.expression)?)? {
            Nested::Chain(chain) => Some(chain),
            Nested::Record(_) => None,
        }
    }

    /// There is none yet, which has been reported. An editor completes what is typed in its place.
    pub(crate) fn missing() -> Self {
        let hidden = crate::runtime::hidden();
        Self {
            expression: Expr::Verbatim(quote::quote!(!#hidden::anything())),
            nested: Vec::new(),
            facts: Facts::default(),
        }
    }

    /// Its mistakes have been reported; those of the chains in it may not have been.
    fn broken(nested: Vec<Nested>) -> Self {
        let facts = Facts {
            broken: true,
            ..Facts::default()
        };
        Self {
            expression: Expr::Verbatim(TokenStream::new()),
            nested,
            facts,
        }
    }
}

/// `user.name`. An editor compares it with `user.`, which is still being typed, and needs both in the same braces.
fn ends_with_field(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., TokenTree::Punct(dot), TokenTree::Ident(_)] if dot.as_char() == '.')
}

/// What is missing at the end is missing after the user's last token.
pub(crate) fn located(error: syn::Error, tokens: &[TokenTree]) -> syn::Error {
    let reread = |input: syn::parse::ParseStream<'_>| {
        let contents;
        syn::braced!(contents in input);
        contents.parse::<Expr>()
    };
    match syn::parse::Parser::parse2(reread, braced(tokens)) {
        Err(located) if located.to_string() == error.to_string() => located,
        _ => error,
    }
}

/// In braces that stand at the user's last token: that is where rustc says what is missing.
pub(crate) fn braced(tokens: &[TokenTree]) -> TokenStream {
    let last = tokens.last().map_or_else(Span::mixed_site, TokenTree::span);
    braced_at(tokens, last)
}

fn braced_at(tokens: &[TokenTree], span: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Brace, stream(tokens));
    group.set_span(span);
    TokenTree::Group(group).into()
}

/// `a + b.then(f)`: the steps would bind more tightly than the reader thinks.
pub(crate) fn unambiguous_source(body: &mut Body, errors: &mut Errors) {
    let source = &body.expression;
    let ambiguous = match source {
        Expr::Unary(unary) => !is_await(&unary.expr),
        Expr::Binary(_)
        | Expr::Reference(_)
        | Expr::Range(_)
        | Expr::Cast(_)
        | Expr::Assign(_)
        | Expr::Let(_)
        | Expr::RawAddr(_) => true,
        _ => false,
    };
    if ambiguous {
        errors.at(source, "put parentheses around the source: `(…).then(…)`");
        body.facts.broken = true;
    }
}

/// Whether the value is plain by its syntax: literals, operators, tuples, arrays, casts, ranges, `()` blocks, closures,
/// and the macros that make text or vectors. A `*`, `&`, `?` or `.await` may yield a promise.
pub(crate) fn is_plain(expression: &Expr) -> bool {
    facts(expression, &[]).plain
}

/// What there is to know of the body of a Rust closure; `None` if it is half written.
pub(crate) fn closure_facts(body: TokenStream) -> Option<Facts> {
    syn::parse2(body).ok().map(|body: Expr| facts(&body, &[]))
}

/// The number in the name of a placeholder.
pub(crate) fn nested_index(expression: &Expr) -> Option<usize> {
    let Expr::Path(path) = expression else {
        return None;
    };
    path.path
        .get_ident()?
        .to_string()
        .strip_prefix(NESTED)?
        .parse()
        .ok()
}

/// `throw e`, as it was rewritten.
pub(crate) fn is_throw(expression: &syn::ExprBreak) -> bool {
    expression
        .label
        .as_ref()
        .is_some_and(|label| label.ident == THROW)
}

/// The operand of `await p`, as it was rewritten.
pub(crate) fn is_await(operand: &Expr) -> bool {
    attributes(operand)
        .iter()
        .any(|attribute| attribute.path().is_ident(parse::AWAIT))
}

pub(crate) fn attributes(expression: &Expr) -> &[syn::Attribute] {
    match expression {
        Expr::Path(inner) => &inner.attrs,
        Expr::Call(inner) => &inner.attrs,
        Expr::MethodCall(inner) => &inner.attrs,
        Expr::Field(inner) => &inner.attrs,
        Expr::Index(inner) => &inner.attrs,
        Expr::Paren(inner) => &inner.attrs,
        Expr::Macro(inner) => &inner.attrs,
        Expr::Async(inner) => &inner.attrs,
        Expr::Block(inner) => &inner.attrs,
        Expr::Try(inner) => &inner.attrs,
        Expr::Await(inner) => &inner.attrs,
        Expr::Lit(inner) => &inner.attrs,
        Expr::If(inner) => &inner.attrs,
        Expr::Match(inner) => &inner.attrs,
        Expr::Struct(inner) => &inner.attrs,
        Expr::Tuple(inner) => &inner.attrs,
        Expr::Array(inner) => &inner.attrs,
        Expr::Unsafe(inner) => &inner.attrs,
        _ => &[],
    }
}

/// What is known of the macro that is called.
pub(crate) fn macro_kind(mac: &Macro) -> Option<MacroKind> {
    known_macro(&mac.path.segments.last()?.ident)
}

/// Macros of std whose arguments are expressions.
pub(crate) fn known_macro(name: &Ident) -> Option<MacroKind> {
    Some(match name.to_string().as_str() {
        "println" | "print" | "eprintln" | "eprint" | "format" | "vec" | "assert" | "assert_eq"
        | "assert_ne" | "debug_assert" | "debug_assert_eq" | "debug_assert_ne" | "format_args"
        | "concat" | "stringify" | "line" | "file" | "column" | "env" | "cfg" => MacroKind::Plain,
        "matches" => MacroKind::Matches,
        "write" | "writeln" | "dbg" => MacroKind::Value,
        "promise" => MacroKind::Promise,
        "panic" | "todo" | "unimplemented" | "unreachable" => MacroKind::Diverges,
        _ => return None,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MacroKind {
    /// Its value is plain.
    Plain,
    /// `matches!(expression, pattern)`: only the first argument is an expression.
    Matches,
    Value,
    Diverges,
    /// `promise!` itself: it looks after its own tokens, and nothing in it leaves it.
    Promise,
}

/// Whether the tokens of the macro of this name are its own business.
pub(crate) fn is_opaque(name: &Ident) -> bool {
    matches!(known_macro(name), None | Some(MacroKind::Promise))
}

/// The expressions among a known macro's arguments, and what stands around them.
pub(crate) fn macro_arguments(mac: &Macro, kind: MacroKind) -> Vec<Expr> {
    let parts = macro_parts(mac, kind);
    parts
        .into_iter()
        .filter_map(|part| part.expression)
        .collect()
}

pub(crate) struct MacroPart {
    /// `name =`, or tokens that are no expression.
    pub(crate) before: TokenStream,
    pub(crate) expression: Option<Expr>,
    /// `,`, `;`, or the pattern of `matches!`.
    pub(crate) after: TokenStream,
}

/// Takes a known macro's arguments apart so that they can be put together again.
pub(crate) fn macro_parts(mac: &Macro, kind: MacroKind) -> Vec<MacroPart> {
    let tokens: Vec<TokenTree> = mac.tokens.clone().into_iter().collect();
    let mut parts = Vec::new();
    if kind == MacroKind::Promise {
        return vec![MacroPart {
            before: mac.tokens.clone(),
            expression: None,
            after: TokenStream::new(),
        }];
    }
    let mut start = 0;
    while start < tokens.len() {
        let is_separator = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';'));
        let length = crate::tokens::split_commas(&tokens[start..])
            .first()
            .map_or(0, Vec::len);
        let comma = start + length;
        let semicolon = (start..comma).find(
            |&index| matches!(&tokens[index], TokenTree::Punct(punct) if punct.as_char() == ';'),
        );
        let end = semicolon.unwrap_or(comma);
        let named = usize::from(
            matches!((tokens.get(start), tokens.get(start + 1)), (Some(TokenTree::Ident(_)), Some(TokenTree::Punct(punct))) if punct.as_char() == '=' && punct.spacing() == proc_macro2::Spacing::Alone),
        ) * 2;
        let value = stream(&tokens[start + named..end]);
        let mut next = end;
        if tokens.get(end).is_some_and(is_separator) {
            next += 1;
        }
        let last = kind == MacroKind::Matches;
        if last {
            next = tokens.len();
        }
        let expression = syn::parse2::<Expr>(value.clone()).ok();
        let mut before = stream(&tokens[start..start + named]);
        if expression.is_none() {
            before.extend(value);
        }
        parts.push(MacroPart {
            before,
            expression,
            after: stream(&tokens[end..next]),
        });
        start = next.max(start + 1);
    }
    parts
}

/// What the places are where an expression yields its value. `return` is looked at on its own.
pub(crate) fn tails<'a>(expression: &'a Expr, found: &mut Vec<Tail<'a>>) {
    match expression {
        Expr::Paren(inner) => tails(&inner.expr, found),
        Expr::Group(inner) => tails(&inner.expr, found),
        Expr::Block(inner) if inner.label.is_none() => block_tails(&inner.block, found),
        Expr::Unsafe(inner) => block_tails(&inner.block, found),
        Expr::If(inner) => {
            block_tails(&inner.then_branch, found);
            match &inner.else_branch {
                Some((_, other)) => tails(other, found),
                None => found.push(Tail::Unit),
            }
        }
        Expr::Match(inner) => inner.arms.iter().for_each(|arm| tails(&arm.body, found)),
        _ if never_has_value(expression) => {}
        _ => found.push(Tail::Value(expression)),
    }
}

pub(crate) enum Tail<'a> {
    Value(&'a Expr),
    /// A block that ends in a statement.
    Unit,
    /// A macro call in a statement's place, whose value nobody but rustc knows.
    Macro(&'a Macro),
}

fn block_tails<'a>(block: &'a Block, found: &mut Vec<Tail<'a>>) {
    match block.stmts.last() {
        Some(Stmt::Expr(last, None)) => tails(last, found),
        Some(Stmt::Expr(last, Some(_))) => {
            let mut inner = Vec::new();
            tails(last, &mut inner);
            // `if c { return a } else { throw b };` goes nowhere either.
            if !inner.is_empty() {
                found.push(Tail::Unit);
            }
        }
        Some(Stmt::Macro(last)) if never_returns(&last.mac) => {}
        Some(Stmt::Macro(last)) if last.semi_token.is_none() => found.push(Tail::Macro(&last.mac)),
        _ => found.push(Tail::Unit),
    }
}

fn never_has_value(expression: &Expr) -> bool {
    match expression {
        Expr::Break(_) | Expr::Return(_) | Expr::Continue(_) => true,
        Expr::Macro(inner) => never_returns(&inner.mac),
        _ => false,
    }
}

/// `panic!` and its like, and `bail!`, which every crate of errors defines as a `return`.
fn never_returns(mac: &Macro) -> bool {
    macro_kind(mac) == Some(MacroKind::Diverges)
        || mac
            .path
            .segments
            .last()
            .is_some_and(|name| name.ident == "bail")
}

fn has_return(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "return",
        TokenTree::Group(group) => has_return(group.stream()),
        _ => false,
    })
}

fn is_promise_macro(expression: &Expr) -> bool {
    matches!(expression, Expr::Macro(inner) if macro_kind(&inner.mac) == Some(MacroKind::Promise))
}

fn facts(expression: &Expr, nested: &[Nested]) -> Facts {
    let mut look = Look::default();
    look.visit_expr(expression);
    for (_, field) in nested.iter().filter_map(Nested::fields).flatten() {
        look.rejects |= field.facts.rejects;
        look.unknown_macro |= field.facts.unknown_macro;
        look.macro_returns |= field.facts.macro_returns;
        look.waits |= field.facts.waits;
    }
    let mut exits = Vec::new();
    tails(expression, &mut exits);
    for returned in &look.returned {
        match returned {
            Some(value) => exits.push(Tail::Value(value)),
            None => exits.push(Tail::Unit),
        }
    }
    let is_chain = |value: &Expr| {
        nested_index(value).is_some_and(|index| matches!(nested.get(index), Some(Nested::Chain(_))))
    };
    let plain = |exit: &Tail<'_>| match exit {
        Tail::Value(value) => !is_chain(value) && is_plain_value(value),
        Tail::Unit => true,
        Tail::Macro(mac) => matches!(macro_kind(mac), Some(MacroKind::Plain | MacroKind::Matches)),
    };
    let borrows = |exit: &Tail<'_>| match exit {
        Tail::Value(value) => {
            is_chain(value)
                || is_promise_macro(value)
                || has_reference(value)
                || is_method_of_local(value)
        }
        Tail::Macro(mac) => macro_kind(mac) == Some(MacroKind::Promise),
        Tail::Unit => false,
    };
    Facts {
        known: true,
        broken: false,
        plain: !exits.is_empty() && exits.iter().all(plain),
        diverges: exits.is_empty(),
        rejects: look.rejects,
        returns: !look.returned.is_empty(),
        waits: look.waits,
        unknown_macro: look.unknown_macro,
        macro_returns: look.macro_returns,
        borrows: exits.iter().any(borrows),
        begins_with_block: begins_with_block(expression),
        open: exits
            .iter()
            .any(|exit| matches!(exit, Tail::Value(value) if is_open(value))),
    }
}

/// `match x { … } + 1`, as opposed to `match x { … }` and `match x { … }.len()`.
pub(crate) fn begins_with_block(expression: &Expr) -> bool {
    let first = match expression {
        Expr::Binary(inner) => &inner.left,
        Expr::Assign(inner) => &inner.left,
        Expr::Cast(inner) => &inner.expr,
        Expr::Call(inner) => &inner.func,
        Expr::Index(inner) => &inner.expr,
        Expr::Range(inner) => match &inner.start {
            Some(start) => start,
            None => return false,
        },
        Expr::MethodCall(inner) => return begins_with_block(&inner.receiver),
        Expr::Field(inner) => return begins_with_block(&inner.base),
        Expr::Try(inner) => return begins_with_block(&inner.expr),
        Expr::Await(inner) => return begins_with_block(&inner.base),
        _ => return false,
    };
    let is_block = matches!(
        **first,
        Expr::Block(_)
            | Expr::Const(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Loop(_)
            | Expr::Match(_)
            | Expr::TryBlock(_)
            | Expr::Unsafe(_)
            | Expr::While(_)
    );
    is_block || begins_with_block(first)
}

fn is_plain_value(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(_)
        | Expr::Tuple(_)
        | Expr::Array(_)
        | Expr::Repeat(_)
        | Expr::Cast(_)
        | Expr::Range(_)
        | Expr::Closure(_)
        | Expr::Assign(_)
        | Expr::Binary(_)
        | Expr::While(_)
        | Expr::ForLoop(_)
        | Expr::Let(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_) | UnOp::Not(_)),
        Expr::Path(_) => nested_index(expression).is_some(),
        Expr::Macro(inner) => matches!(
            macro_kind(&inner.mac),
            Some(MacroKind::Plain | MacroKind::Matches)
        ),
        _ => false,
    }
}

/// A closure or an `async` block with a `?` in it: what that rejects with may be open.
pub(crate) fn is_open(expression: &Expr) -> bool {
    #[derive(Default)]
    struct Questions {
        inside: bool,
        found: bool,
    }
    impl Questions {
        fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
            let inside = std::mem::replace(&mut self.inside, true);
            visit(self);
            self.inside = inside;
        }
    }
    impl<'ast> Visit<'ast> for Questions {
        fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
            self.inside(|questions| visit::visit_expr_closure(questions, closure));
        }
        fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
            self.inside(|questions| visit::visit_expr_async(questions, block));
        }
        fn visit_expr_try(&mut self, question: &'ast syn::ExprTry) {
            self.found |= self.inside;
            visit::visit_expr_try(self, question);
        }
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut questions = Questions::default();
    questions.visit_expr(expression);
    questions.found
}

/// A `&` outside the closures in an expression: what it yields may point into it.
fn has_reference(expression: &Expr) -> bool {
    #[derive(Default)]
    struct References(bool);
    impl<'ast> Visit<'ast> for References {
        fn visit_expr_reference(&mut self, _: &'ast syn::ExprReference) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_block(&mut self, _: &'ast Block) {}
    }
    let mut references = References::default();
    references.visit_expr(expression);
    references.0
}

/// `user.fetch()`, `user.profile.fetch()`: a method may borrow what it is called on.
fn is_method_of_local(expression: &Expr) -> bool {
    fn starts_at_local(receiver: &Expr) -> bool {
        match receiver {
            Expr::Path(path) => path.path.get_ident().is_some(),
            Expr::Field(inner) => starts_at_local(&inner.base),
            Expr::MethodCall(inner) => starts_at_local(&inner.receiver),
            Expr::Index(inner) => starts_at_local(&inner.expr),
            Expr::Paren(inner) => starts_at_local(&inner.expr),
            _ => false,
        }
    }
    matches!(expression, Expr::MethodCall(call) if starts_at_local(&call.receiver))
}

/// Looks at what happens in an arrow itself, not in the closures and blocks that have their own `return`.
#[derive(Default)]
struct Look<'ast> {
    rejects: bool,
    unknown_macro: bool,
    macro_returns: bool,
    waits: bool,
    returned: Vec<Option<&'ast Expr>>,
}

impl<'ast> Visit<'ast> for Look<'ast> {
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_expr_break(&mut self, expression: &'ast syn::ExprBreak) {
        self.rejects |= is_throw(expression);
        visit::visit_expr_break(self, expression);
    }

    fn visit_expr_try(&mut self, expression: &'ast syn::ExprTry) {
        self.rejects = true;
        visit::visit_expr_try(self, expression);
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.waits = true;
        visit::visit_expr_await(self, expression);
    }

    fn visit_expr_unary(&mut self, expression: &'ast syn::ExprUnary) {
        self.rejects |= is_await(&expression.expr);
        visit::visit_expr_unary(self, expression);
    }

    fn visit_expr_return(&mut self, expression: &'ast syn::ExprReturn) {
        self.returned.push(expression.expr.as_deref());
        visit::visit_expr_return(self, expression);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        match macro_kind(mac) {
            None => {
                self.unknown_macro = true;
                self.macro_returns |= has_return(mac.tokens.clone());
            }
            Some(kind) => {
                for argument in macro_arguments(mac, kind) {
                    let facts = facts(&argument, &[]);
                    self.rejects |= facts.rejects;
                    self.unknown_macro |= facts.unknown_macro;
                    self.macro_returns |= facts.macro_returns;
                    self.waits |= facts.waits;
                }
            }
        }
    }
}
