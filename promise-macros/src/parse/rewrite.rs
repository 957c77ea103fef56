//! Makes an arrow's body readable for syn: what Rust's grammar has no place for becomes a form that it has.
//!
//! | written | becomes | |
//! |---|---|---|
//! | `throw e` | `break '__promise_throw e` | the extent of `break` is that of JavaScript's `throw` |
//! | `await p` | `*#[__promise_await] p` | a unary operator on one postfix expression |
//! | a nested chain, a record | a name, `__promise_nested_3` | parsed on its own |

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use super::chain::{is_collection_step, is_step_name, nested_chain};
use super::{arguments, statics};
use crate::body::{self, Place};
use crate::check;
use crate::errors::Errors;
use crate::model::Nested;
use crate::tokens::{
    after_angles, fat_arrow, group, is_fat_arrow, is_ident, is_number, is_pair, is_punct,
    is_record, regroup, snake_case, span, stream, trees,
};

pub(crate) const THROW: &str = "__promise_throw";
pub(crate) const AWAIT: &str = "__promise_await";
pub(crate) const NESTED: &str = "__promise_nested_";

/// Tokens that syn can parse, and what was taken out of them.
pub(crate) struct Rewritten {
    pub(crate) tokens: TokenStream,
    pub(crate) nested: Vec<Nested>,
    /// Some token was replaced.
    pub(crate) changed: bool,
    /// A mistake in it has been reported.
    pub(crate) broken: bool,
}

pub(crate) fn rewrite(tokens: &[TokenTree], place: Place, errors: &mut Errors) -> Rewritten {
    let mut rewriter = Rewriter {
        nested: Vec::new(),
        changed: false,
        broken: false,
        place,
        depth: 0,
        errors,
    };
    let tokens = match tokens {
        // An arrow's whole body: `({ user })` is a record here, though it could be a block in parentheses.
        [TokenTree::Group(parens)] if rewriter.record(parens, true).is_some() => {
            rewriter.take_record(parens)
        }
        _ => rewriter.tokens(tokens),
    };
    Rewritten {
        tokens,
        nested: rewriter.nested,
        changed: rewriter.changed,
        broken: rewriter.broken,
    }
}

struct Rewriter<'a> {
    nested: Vec<Nested>,
    changed: bool,
    broken: bool,
    place: Place,
    /// How many groups are around.
    depth: usize,
    errors: &'a mut Errors,
}

impl Rewriter<'_> {
    fn tokens(&mut self, tokens: &[TokenTree]) -> TokenStream {
        let mut out = TokenStream::new();
        let mut index = 0;
        while index < tokens.len() {
            index = self.next(tokens, index, &mut out);
        }
        out
    }

    /// Rewrites what stands at `index` and says where to go on.
    fn next(&mut self, tokens: &[TokenTree], index: usize, out: &mut TokenStream) -> usize {
        let operand = expects_operand(tokens, index);
        if operand && is_throw(tokens, index) {
            self.changed = true;
            let span = tokens[index].span();
            let mark = syn::Lifetime::new(&format!("'{THROW}"), span);
            out.extend(quote_spanned!(span=> break #mark));
            return index + 1;
        }
        if operand && is_ident(tokens.get(index), "await") {
            self.changed = true;
            let span = tokens[index].span();
            let mark = Ident::new(AWAIT, span);
            out.extend(quote_spanned!(span=> *#[#mark]));
            return index + 1;
        }
        let Some(run) = operand.then(|| Run::at(tokens, index)).flatten() else {
            self.token(&tokens[index], out);
            return index + 1;
        };
        let mut done = index;
        // A source that is a chain as a whole has been read as one: what is left of it has no steps.
        let is_source = matches!(self.place, Place::Source | Place::Element) && self.depth == 0;
        let is_whole = |end: usize| is_source && index == 0 && end == tokens.len();
        if let Some(chain_end) = run.chain_end.filter(|&end| !is_whole(end)) {
            let chain = nested_chain(&tokens[index..chain_end], self.errors);
            out.extend([self.placeholder(Nested::Chain(chain), span(&tokens[index..]))]);
            done = chain_end;
        } else if is_opaque_macro(&tokens[index..run.atom_end]) {
            // What its tokens mean is its own business.
            out.extend(tokens[index..run.atom_end].iter().cloned());
            done = run.atom_end;
        }
        for at in done..run.end {
            let step = match at.checked_sub(1).and_then(|before| tokens.get(before)) {
                Some(TokenTree::Ident(name))
                    if is_source && index == 0 && is_collection_step(&snake_case(name)) =>
                {
                    Some(name)
                }
                _ => None,
            };
            self.postfix_token(&tokens[at], step, out);
        }
        run.end
    }

    /// A token of a postfix expression: the parentheses of a method that is no step must not hold an arrow. `step`: it would
    /// be one, if the source were in parentheses.
    fn postfix_token(&mut self, token: &TokenTree, step: Option<&Ident>, out: &mut TokenStream) {
        let arrow = match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                fat_arrow(&trees(group.stream()))
            }
            _ => None,
        };
        match (arrow, token) {
            (Some(place), TokenTree::Group(group)) => {
                let inner = trees(group.stream());
                let arrow = stream(&inner[place..place + 2]);
                match step {
                    Some(step) => self.errors.at(
                        arrow,
                        format!("an ordinary value has a `{step}` of its own: put the source of a promise in parentheses, `(…).{step}(…)`, or write a closure for the method, `|value| …`"),
                    ),
                    None => self.errors.at(
                        arrow,
                        "an arrow is a handler of a promise's step; write a closure here: `|value| …`",
                    ),
                }
                self.changed = true;
                self.broken = true;
                let span = group.span();
                out.extend([regroup(
                    group,
                    quote_spanned!(span=> ::core::unreachable!()),
                )]);
            }
            _ => self.token(token, out),
        }
    }

    fn token(&mut self, token: &TokenTree, out: &mut TokenStream) {
        let TokenTree::Group(group) = token else {
            out.extend([token.clone()]);
            return;
        };
        if self.record(group, false).is_some() {
            out.extend(self.take_record(group));
            return;
        }
        let changed = std::mem::replace(&mut self.changed, false);
        self.depth += 1;
        let inner = self.tokens(&trees(group.stream()));
        self.depth -= 1;
        // Most groups stay as they are, and a new one is made token by token.
        out.extend([match self.changed {
            true => regroup(group, inner),
            false => token.clone(),
        }]);
        self.changed |= changed;
    }

    /// The braces in `({ user, posts })`.
    fn record(&self, parens: &Group, single: bool) -> Option<Group> {
        if parens.delimiter() != Delimiter::Parenthesis {
            return None;
        }
        match trees(parens.stream()).as_slice() {
            [TokenTree::Group(record)] if is_record(record, single) => Some(record.clone()),
            _ => None,
        }
    }

    fn take_record(&mut self, parens: &Group) -> TokenStream {
        let Some(record) = self.record(parens, true) else {
            return TokenStream::new();
        };
        let fields = statics::record_fields(&arguments(record.stream()), self.errors);
        let mut parsed = Vec::new();
        for (name, value) in fields {
            parsed.push((name, body::parse(&value, self.place, self.errors)));
        }
        TokenStream::from(self.placeholder(Nested::Record(parsed), parens.span()))
    }

    fn placeholder(&mut self, nested: Nested, span: Span) -> TokenTree {
        self.changed = true;
        self.nested.push(nested);
        TokenTree::Ident(Ident::new(
            &format!("{NESTED}{}", self.nested.len() - 1),
            span,
        ))
    }
}

/// `throw` is a keyword only where an expression starts and not before `!`, `.`, `::`, `=`, `,`: there, and before the
/// `:` of a field, it is a name.
fn is_throw(tokens: &[TokenTree], index: usize) -> bool {
    let next = |char| is_punct(tokens.get(index + 1), char);
    let is_name = ['.', ':', '=', ','].into_iter().any(next)
        || (next('!') && !is_prefix_not(tokens, index + 1));
    is_ident(tokens.get(index), "throw") && !is_name
}

/// `throw !flag` negates; `throw!(…)` is a macro.
fn is_prefix_not(tokens: &[TokenTree], bang: usize) -> bool {
    !matches!(tokens.get(bang + 1), Some(TokenTree::Group(_)))
}

/// Whether an expression may start at `index`, by what stands before it.
fn expects_operand(tokens: &[TokenTree], index: usize) -> bool {
    let Some(before) = index.checked_sub(1) else {
        return true;
    };
    match &tokens[before] {
        TokenTree::Punct(punct) => match punct.as_char() {
            '.' => before > 0 && is_punct(tokens.get(before - 1), '.'),
            ':' => !(before > 0 && is_pair(tokens, before - 1, ':', ':')),
            '?' | '#' | '\'' => false,
            _ => true,
        },
        TokenTree::Ident(name) => {
            is_keyword(name)
                && !(before > 0
                    && (is_punct(tokens.get(before - 1), '.')
                        || is_punct(tokens.get(before - 1), '\'')))
        }
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Literal(_) => false,
    }
}

/// Keywords that an expression may follow. `async`, `self` and the like begin one.
fn is_keyword(name: &Ident) -> bool {
    const KEYWORDS: [&str; 22] = [
        "as", "await", "break", "else", "for", "if", "impl", "in", "let", "loop", "match", "move",
        "mut", "ref", "return", "throw", "type", "unsafe", "use", "where", "while", "yield",
    ];
    KEYWORDS.contains(&name.to_string().as_str())
}

/// A postfix expression in the tokens: `client.get(url).then(response => …)`.
struct Run {
    /// Where its first name, literal or group ends.
    atom_end: usize,
    end: usize,
    /// Where the chain in it ends, if there is one.
    chain_end: Option<usize>,
}

impl Run {
    fn at(tokens: &[TokenTree], start: usize) -> Option<Self> {
        let promise =
            is_ident(tokens.get(start), "Promise") && is_punct(tokens.get(start + 1), '.');
        let constructor =
            is_ident(tokens.get(start), "new") && is_ident(tokens.get(start + 1), "Promise");
        let mut end = if constructor {
            start + 2
        } else {
            after_atom(tokens, start)?
        };
        let atom_end = end;
        let mut chain_end = constructor.then_some(end);
        while let Some(after) = after_postfix(tokens, end) {
            let step = is_step(tokens, end, after);
            let in_chain = chain_end.is_some_and(|chain_end| chain_end == end);
            let first = promise && end == start + 1;
            if first
                || (constructor && end == start + 2)
                || step.with_arrow
                || (in_chain && (step.named || step.misspelt))
            {
                chain_end = Some(after);
            }
            end = after;
        }
        Some(Self {
            atom_end,
            end,
            chain_end,
        })
    }
}

/// What the postfix between two places is to a chain.
struct IsStep {
    named: bool,
    /// Nearly so, and called with handlers.
    misspelt: bool,
    with_arrow: bool,
}

fn is_step(tokens: &[TokenTree], start: usize, end: usize) -> IsStep {
    let (TokenTree::Ident(name), Some(arguments)) = (
        &tokens[(start + 1).min(end - 1)],
        group(tokens.get(end - 1), Delimiter::Parenthesis),
    ) else {
        return IsStep {
            named: false,
            misspelt: false,
            with_arrow: false,
        };
    };
    let named = end == start + 3 && is_step_name(name);
    // Ordinary values have collection steps too, with closures.
    let certain = named && !is_collection_step(&snake_case(name));
    let arguments = trees(arguments.stream());
    let misspelt = !named && end == start + 3 && check::is_misspelt_step(name, &arguments);
    IsStep {
        named,
        misspelt,
        with_arrow: (certain || misspelt) && fat_arrow(&arguments).is_some(),
    }
}

/// `name!(…)` of a macro whose tokens are not expressions for us.
fn is_opaque_macro(atom: &[TokenTree]) -> bool {
    match atom {
        [
            ..,
            TokenTree::Ident(name),
            TokenTree::Punct(bang),
            TokenTree::Group(_),
        ] => bang.as_char() == '!' && body::is_opaque(name),
        _ => false,
    }
}

/// The token after the name, literal, group, macro call or `async` block at `start`.
fn after_atom(tokens: &[TokenTree], start: usize) -> Option<usize> {
    match tokens.get(start)? {
        TokenTree::Literal(_) => Some(start + 1),
        TokenTree::Group(_) => Some(start + 1),
        TokenTree::Ident(name) if name == "async" => {
            let block = start + 1 + usize::from(is_ident(tokens.get(start + 1), "move"));
            group(tokens.get(block), Delimiter::Brace).map(|_| block + 1)
        }
        TokenTree::Ident(name) if is_keyword(name) => None,
        TokenTree::Ident(_) => after_path(tokens, start),
        TokenTree::Punct(punct) if punct.as_char() == '<' => {
            let after = after_angles(tokens, start)?;
            is_pair(tokens, after, ':', ':')
                .then(|| after_path(tokens, after + 2))
                .flatten()
        }
        TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint => {
            after_path(tokens, start + 2)
        }
        TokenTree::Punct(_) => None,
    }
}

/// `a::b::<T>::c`, `name!(…)`.
fn after_path(tokens: &[TokenTree], start: usize) -> Option<usize> {
    let TokenTree::Ident(_) = tokens.get(start)? else {
        return None;
    };
    let mut end = start + 1;
    while is_pair(tokens, end, ':', ':') {
        end = match tokens.get(end + 2) {
            Some(TokenTree::Ident(_)) => end + 3,
            Some(TokenTree::Punct(punct)) if punct.as_char() == '<' => {
                after_angles(tokens, end + 2)?
            }
            _ => return Some(end),
        };
    }
    let called =
        is_punct(tokens.get(end), '!') && matches!(tokens.get(end + 1), Some(TokenTree::Group(_)));
    Some(if called { end + 2 } else { end })
}

/// The token after `.name`, `.name::<T>(…)`, `.0`, `(…)`, `[…]` or `?`.
fn after_postfix(tokens: &[TokenTree], start: usize) -> Option<usize> {
    match tokens.get(start)? {
        TokenTree::Punct(punct) if punct.as_char() == '?' => Some(start + 1),
        TokenTree::Punct(punct) if punct.as_char() == '.' => {
            if is_number(tokens.get(start + 1)) {
                return Some(start + 2);
            }
            let TokenTree::Ident(_) = tokens.get(start + 1)? else {
                return None;
            };
            let mut end = start + 2;
            if is_pair(tokens, end, ':', ':') {
                end = after_angles(tokens, end + 2)?;
            }
            let called = group(tokens.get(end), Delimiter::Parenthesis).is_some();
            Some(if called { end + 1 } else { end })
        }
        TokenTree::Group(group)
            if group.delimiter() != Delimiter::Brace && !is_fat_arrow(tokens, start + 1) =>
        {
            Some(start + 1)
        }
        _ => None,
    }
}
