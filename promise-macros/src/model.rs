//! What the user wrote: plain data that keeps its tokens. What may be missing while someone types is an `Option`.
#![expect(
    clippy::large_enum_variant,
    reason = "a chain has a handful of nodes, each of which is made once and never moved about"
)]

use proc_macro2::{Ident, Span, TokenStream};
use syn::visit::Visit;
use syn::{Expr, Pat, Token, Type};

use crate::runtime::Runtime;

/// `promise! { [runtime] move <T, E> chain }`
pub(crate) struct Promise {
    pub(crate) runtime: Runtime,
    pub(crate) capture: Option<Token![move]>,
    pub(crate) types: Types,
    /// `None`: nothing was written.
    pub(crate) chain: Option<Chain>,
}

/// `<T, E>`; `_` and a missing header leave a type to inference.
#[derive(Default)]
pub(crate) struct Types {
    pub(crate) fulfilment: Option<Type>,
    pub(crate) rejection: Option<Type>,
}

/// A source and its steps.
pub(crate) struct Chain {
    pub(crate) source: Source,
    pub(crate) steps: Vec<Step>,
    /// A source that may be becoming one with a step.
    pub(crate) typing: Option<Typing>,
    /// The user's first token: where rustc reports what concerns the chain as a whole.
    pub(crate) start: Span,
    /// What in it is redundant.
    pub(crate) warnings: Vec<Warning>,
}

/// `before.name` or `before.`, which are fields if they are left as they are.
pub(crate) struct Typing {
    pub(crate) before: TokenStream,
    pub(crate) name: Ident,
}

/// An item of `promise_runtime::warnings`, and where to warn.
pub(crate) struct Warning {
    pub(crate) marker: &'static str,
    pub(crate) at: Span,
}

pub(crate) enum Source {
    Value(Body),
    Static(Static),
    New(New),
}

/// `Promise.name(…)`
pub(crate) struct Static {
    pub(crate) name: Ident,
    pub(crate) kind: StaticKind,
}

pub(crate) enum StaticKind {
    Resolve(Option<Box<Chain>>),
    Reject(Body),
    Try(Handler),
    Never,
    Delay {
        duration: Body,
        value: Option<Box<Chain>>,
    },
    Combine(Combinator, Inputs),
    /// `Promise.map(xs, f)` and its like.
    Collect {
        items: Body,
        collection: Collection,
    },
    /// Reported already.
    Invalid,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combinator {
    All,
    AllSettled,
    Any,
    Race,
}

/// What a combinator combines.
pub(crate) enum Inputs {
    /// `[a, b]`
    Literal(Vec<Chain>),
    /// `(a, b)`
    Tuple(Vec<Chain>),
    /// `{ name: a, name }`
    Record(Vec<(Ident, Chain)>),
    /// Anything else: its type says whether it is a tuple, an array or an iterator.
    Value(Body),
}

/// `new Promise(executor)`
pub(crate) struct New {
    pub(crate) promise: Ident,
    pub(crate) executor: Option<Handler>,
}

/// `.name(…)`
pub(crate) struct Step {
    pub(crate) name: Ident,
    pub(crate) kind: StepKind,
}

pub(crate) enum StepKind {
    Then(Handler, Option<Handler>),
    Catch(Catch),
    Finally(Handler),
    Tap(Handler),
    TapCatch(Handler),
    Spread(Handler),
    Delay(Body),
    Timeout {
        duration: Body,
        reason: Option<Body>,
    },
    Collect(Collection),
    Retry {
        policy: Body,
        predicate: Option<Handler>,
    },
    /// Reported already.
    Invalid,
}

/// `.map(f)` and the other steps over each item of a fulfilled iterator.
pub(crate) enum Collection {
    /// `map`, `filter`: items at once, or so many at most.
    Concurrent {
        filters: bool,
        handler: Handler,
        room: Room,
    },
    Each(Handler),
    Reduce {
        handler: Handler,
        initial: Body,
    },
}

/// How many items at once.
pub(crate) enum Room {
    Unlimited,
    /// `{ concurrency: n }`
    Concurrency(Body),
    /// `{ batch: n }`
    Batch(Body),
}

pub(crate) enum Catch {
    All(Handler),
    /// `e: Type`, by its type.
    Typed(Type, Handler),
    Arms(Vec<Arm>),
}

/// `pattern if guard => body`
pub(crate) struct Arm {
    pub(crate) pattern: Pat,
    pub(crate) guard: Option<Body>,
    pub(crate) body: Body,
}

impl Arm {
    /// It matches everything, by its form: a guard or a constant could refuse.
    pub(crate) fn is_catch_all(&self) -> bool {
        self.guard.is_none() && is_irrefutable(&self.pattern)
    }
}

/// `_`, a lower-case binding, tuples of these. A capitalised name may be a variant or a constant.
pub(crate) fn is_irrefutable(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        Pat::Ident(binding) => {
            let lower_case = !binding.ident.to_string().starts_with(char::is_uppercase);
            lower_case
                && binding
                    .subpat
                    .as_ref()
                    .is_none_or(|(_, inner)| is_irrefutable(inner))
        }
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_irrefutable),
        Pat::Paren(inner) => is_irrefutable(&inner.pat),
        Pat::Reference(inner) => is_irrefutable(&inner.pat),
        _ => false,
    }
}

/// Nothing is left of the value once the pattern has taken it: a binding, tuples and structs of these. What is behind a
/// reference is not the pattern's to leave.
pub(crate) fn takes_all(pattern: &Pat) -> bool {
    match pattern {
        // A capitalised name may be a constant.
        Pat::Ident(binding) => {
            binding.by_ref.is_none() && !binding.ident.to_string().starts_with(char::is_uppercase)
        }
        Pat::Type(typed) => takes_all(&typed.pat),
        Pat::Paren(inner) => takes_all(&inner.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(takes_all),
        Pat::TupleStruct(tuple) => tuple.elems.iter().all(takes_all),
        Pat::Slice(slice) => slice.elems.iter().all(takes_all),
        Pat::Struct(fields) => {
            fields.rest.is_none() && fields.fields.iter().all(|field| takes_all(&field.pat))
        }
        Pat::Reference(_) => true,
        _ => false,
    }
}

/// What stands where a function is expected.
pub(crate) enum Handler {
    Arrow(Arrow),
    Closure(Closure),
    /// A path or another expression that is a function.
    Function(TokenStream),
}

/// `async params => body`
pub(crate) struct Arrow {
    pub(crate) asynchronous: Option<Ident>,
    pub(crate) parameters: Parameters,
    pub(crate) body: Body,
}

pub(crate) enum Parameters {
    /// `() =>`, `_ =>`
    None,
    /// `user =>`, `(user: User) =>`
    One(Pat, Option<Type>),
    /// `(a, b) =>` or `([a, b]) =>`: one tuple or array taken apart, or several parameters. Each may be taken apart in turn.
    List(Vec<Parameters>),
    /// `({ a, b }) =>`
    Record(Vec<Ident>),
}

/// `ApiError::NotFound`. An enum may have no other variant, but then nobody looks which one it is.
fn is_variant(path: &syn::Path) -> bool {
    let of = path.segments.iter().rev().nth(1);
    path.is_ident("None")
        || of.is_some_and(|of| of.ident.to_string().starts_with(char::is_uppercase))
}

impl Parameters {
    /// A pattern that is one of several: a value, or a variant that holds nothing. (One that holds something may be its enum's only one.)
    pub(crate) fn one_of_several(&self) -> Option<&Pat> {
        fn one_of_several(pattern: &Pat) -> Option<&Pat> {
            match pattern {
                Pat::Lit(_) => Some(pattern),
                Pat::Ident(binding) => match &binding.subpat {
                    Some((_, inner)) => one_of_several(inner),
                    None => (binding.ident == "None").then_some(pattern),
                },
                Pat::Path(path) => is_variant(&path.path).then_some(pattern),
                Pat::Paren(inner) => one_of_several(&inner.pat),
                Pat::Reference(inner) => one_of_several(&inner.pat),
                Pat::Slice(list) => list.elems.iter().find_map(one_of_several),
                Pat::Tuple(list) => list.elems.iter().find_map(one_of_several),
                Pat::TupleStruct(list) if list.path.is_ident("Some") => Some(pattern),
                Pat::TupleStruct(list) => list.elems.iter().find_map(one_of_several),
                _ => None,
            }
        }
        match self {
            Self::One(pattern, _) => one_of_several(pattern),
            Self::List(parts) => parts.iter().find_map(Self::one_of_several),
            Self::None | Self::Record(_) => None,
        }
    }

    /// One of them is a `ref`.
    pub(crate) fn borrow(&self) -> bool {
        #[derive(Default)]
        struct References(bool);
        impl<'ast> Visit<'ast> for References {
            fn visit_pat_ident(&mut self, binding: &'ast syn::PatIdent) {
                self.0 |= binding.by_ref.is_some();
                syn::visit::visit_pat_ident(self, binding);
            }
        }
        let mut references = References::default();
        match self {
            Self::One(pattern, _) => references.visit_pat(pattern),
            Self::List(parts) => return parts.iter().any(Self::borrow),
            Self::None | Self::Record(_) => {}
        }
        references.0
    }
}

/// A Rust closure, forwarded as the tokens it came in.
pub(crate) struct Closure {
    pub(crate) tokens: TokenStream,
    pub(crate) parameters: usize,
    pub(crate) asynchronous: bool,
    /// Its body is a plain value by its syntax.
    pub(crate) plain: bool,
    /// It never has a value, by its syntax: `|v| todo!()`.
    pub(crate) diverges: bool,
    /// Where a block with a `let` is the same as a call: it neither moves its captures nor has a `return`, `?` or
    /// `.await`, nor a macro that may hide one.
    pub(crate) inlined: Option<Inlined>,
    /// It has a `?`, whose rejection type only the chain can fix.
    pub(crate) question_mark: bool,
}

/// A closure taken apart.
pub(crate) struct Inlined {
    /// What stands between its bars.
    pub(crate) parameter: TokenStream,
    /// The parameter binds the whole argument.
    pub(crate) takes_all: bool,
    pub(crate) body: TokenStream,
    /// The body would be two statements where a statement is expected.
    pub(crate) begins_with_block: bool,
}

/// An expression in which an arrow's words mean something.
pub(crate) struct Body {
    pub(crate) expression: Expr,
    /// Chains and records in it, by the number in their placeholder's name.
    pub(crate) nested: Vec<Nested>,
    pub(crate) facts: Facts,
}

/// What stands in an expression that Rust's grammar has no place for.
pub(crate) enum Nested {
    Chain(Chain),
    /// `({ a, b: value })`
    Record(Vec<(Ident, Body)>),
}

impl Nested {
    /// The fields of a record.
    pub(crate) fn fields(&self) -> Option<&[(Ident, Body)]> {
        match self {
            Self::Record(fields) => Some(fields),
            Self::Chain(_) => None,
        }
    }
}

/// What a look at an expression tells, outside the closures in it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Facts {
    /// Its value is neither a future nor a `Result`, whatever its type.
    pub(crate) plain: bool,
    /// It could be read.
    pub(crate) known: bool,
    /// A mistake in it has been reported, and rustc had better not look at it.
    pub(crate) broken: bool,
    /// It never has a value.
    pub(crate) diverges: bool,
    /// `throw`, `?` or prefix `await`.
    pub(crate) rejects: bool,
    pub(crate) returns: bool,
    /// `p.await`
    pub(crate) waits: bool,
    /// A macro that may hide a `return` or a `?`.
    pub(crate) unknown_macro: bool,
    /// Its tokens have a `return`.
    pub(crate) macro_returns: bool,
    /// What it produces may borrow from it: a nested chain, or a `&` in its tail.
    pub(crate) borrows: bool,
    /// `match x { … } + 1`: a block's statement would end after the braces.
    pub(crate) begins_with_block: bool,
    /// What it produces has a `?` in it, in a closure or an `async` block, whose rejection type only the chain can fix.
    pub(crate) open: bool,
}
