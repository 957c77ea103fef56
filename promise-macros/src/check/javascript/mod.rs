//! What is JavaScript and no Rust. Each form is reported with Rust's, and replaced by something that syn can read, so
//! that what follows it is looked at too.

mod look;

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use look::{
    declares, end_of_part, ends_operand, is_assigned, is_conditional, is_for_of, is_name,
    is_object, is_opaque_macro, is_path_before, is_switch, is_value, starts_operand,
};

use crate::errors::Errors;
use crate::tokens::{group, is_fat_arrow, is_ident, is_pair, is_punct, regroup, stream, trees};

/// Whose tokens they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// An arrow's, a source's, an argument's.
    Arrow,
    /// A Rust closure's: only what can never be Rust is reported.
    Closure,
}

/// The tokens without JavaScript's forms; `None`: there were none. What is inside a macro of unknown meaning stays.
pub(crate) fn repaired(
    tokens: &[TokenTree],
    dialect: Dialect,
    errors: &mut Errors,
) -> Option<Vec<TokenTree>> {
    let mut repair = Repair {
        dialect,
        errors,
        found: false,
    };
    let repaired = repair.tokens(tokens);
    repair.found.then_some(repaired)
}

struct Repair<'a> {
    dialect: Dialect,
    errors: &'a mut Errors,
    found: bool,
}

/// What stands in the place of a form, and where to go on.
type Form = Option<(TokenStream, usize)>;

impl Repair<'_> {
    fn tokens(&mut self, tokens: &[TokenTree]) -> Vec<TokenTree> {
        let mut out = Vec::new();
        let mut index = 0;
        while index < tokens.len() {
            if is_opaque_macro(tokens, index) {
                out.extend_from_slice(&tokens[index..index + 3]);
                index += 3;
                continue;
            }
            let form = match &tokens[index] {
                TokenTree::Punct(_) => self.punctuation(tokens, index, &out),
                TokenTree::Ident(word) => self.word(tokens, index, word),
                _ => None,
            };
            if let Some((replacement, next)) = form {
                self.found = true;
                out.extend(replacement);
                index = next;
                continue;
            }
            out.push(match &tokens[index] {
                TokenTree::Group(group) => {
                    let contents = self.tokens(&trees(group.stream()));
                    regroup(group, contents.into_iter().collect())
                }
                token => token.clone(),
            });
            index += 1;
        }
        out
    }

    fn report(&mut self, tokens: &[TokenTree], message: impl std::fmt::Display) {
        self.errors.at(stream(tokens), message);
    }

    fn punctuation(&mut self, tokens: &[TokenTree], index: usize, out: &[TokenTree]) -> Form {
        let three = |first, second, third| {
            is_pair(tokens, index, first, second) && is_pair(tokens, index + 1, second, third)
        };
        if three('=', '=', '=') || three('!', '=', '=') {
            let (js, rust) = match is_punct(tokens.get(index), '=') {
                true => ("===", "=="),
                false => ("!==", "!="),
            };
            self.report(
                &tokens[index..index + 3],
                format!("`{js}` is JavaScript's: write `{rust}`"),
            );
            return Some((
                stream(&[tokens[index].clone(), last_of(&tokens[index + 1])]),
                index + 3,
            ));
        }
        if three('.', '.', '.') && !ends_operand(out.last()) && tokens.len() > index + 3 {
            self.report(
                &tokens[index..index + 3],
                "Rust has no spread: hand over the collection itself, `Promise.all(xs)`, or chain iterators, `xs.into_iter().chain(ys)`",
            );
            return Some((TokenStream::new(), index + 3));
        }
        if is_pair(tokens, index, '+', '+') && !is_punct(tokens.get(index + 2), '=') {
            self.report(
                &tokens[index..index + 2],
                "`++` is JavaScript's: write `+= 1`",
            );
            return Some((TokenStream::new(), index + 2));
        }
        if is_fat_arrow(tokens, index) && is_assigned(tokens, index) {
            self.report(
                &tokens[index..index + 2],
                "an arrow is a handler of a promise's step; write a closure here: `|value| …`",
            );
            return Some((quote_spanned!(tokens[index].span()=> ==), index + 2));
        }
        if is_pair(tokens, index, '?', '?') && starts_operand(tokens, index + 2) {
            self.report(
                &tokens[index..index + 2],
                "`a ?? b` is JavaScript's: write `a.unwrap_or(b)`",
            );
            return Some((TokenStream::new(), end_of_part(tokens, index)));
        }
        if is_punct(tokens.get(index), '?') && is_conditional(tokens, index) {
            self.report(
                &tokens[index..=index],
                "`a ? b : c` is JavaScript's: write `if a { b } else { c }`",
            );
            return Some((TokenStream::new(), end_of_part(tokens, index)));
        }
        None
    }

    fn word(&mut self, tokens: &[TokenTree], index: usize, word: &Ident) -> Form {
        let here = &tokens[index..=index];
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        if is_punct(before, '.')
            && !is_punct(index.checked_sub(2).and_then(|at| tokens.get(at)), '.')
            || is_punct(before, '\'')
            || is_path_before(tokens, index)
        {
            return None;
        }
        let span = word.span();
        match word.to_string().as_str() {
            "const" | "let" if declares(tokens, index + 1) => self.declaration(tokens, index, word),
            "var" if is_name(tokens.get(index + 1)) || declares(tokens, index + 1) => {
                self.declaration(tokens, index, word)
            }
            "function" => self.function(tokens, index),
            "new"
                if is_name(tokens.get(index + 1))
                    && !is_ident(tokens.get(index + 1), "Promise") =>
            {
                let thrown = is_ident(before, "throw");
                let error = matches!(tokens.get(index + 1), Some(TokenTree::Ident(name)) if name.to_string().ends_with("Error"));
                self.report(here, match thrown || error {
                    true => "Rust has no `new`: throw a value of your error type, such as `throw MyError::NotFound`",
                    false => "Rust has no `new`: call the function that makes the value, such as `Name::new(…)`",
                });
                Some((TokenStream::new(), index + 1))
            }
            "return" if is_object(tokens.get(index + 1)) => {
                self.report(
                    &tokens[index + 1..index + 2],
                    "braces make a block here; a record stands in parentheses: `({ … })`",
                );
                Some((quote_spanned!(span=> return), index + 2))
            }
            "switch" if is_switch(tokens, index) => {
                self.report(
                    here,
                    "`switch` is JavaScript's: write `match value { 1 => …, _ => … }`",
                );
                Some((unit(span), index + 3))
            }
            "for" if is_for_of(tokens.get(index + 1)) => {
                self.report(
                    here,
                    "`for (const x of xs)` is JavaScript's: write `for x in xs`",
                );
                Some((quote_spanned!(span=> for _ in [()]), index + 2))
            }
            "instanceof" if ends_operand(before) && is_name(tokens.get(index + 1)) => {
                self.report(here, "`instanceof` is JavaScript's: catch by the type, `.catch((e: MyError) => …)`, or by a pattern, `matches!(e, MyError::NotFound)`");
                Some((quote_spanned!(span=> ==), index + 1))
            }
            "try" => self.try_block(tokens, index),
            "typeof" if is_name(tokens.get(index + 1)) => {
                self.report(here, "`typeof` is JavaScript's: a Rust value has one type; for one of several write an enum and `match`");
                Some((TokenStream::new(), index + 1))
            }
            "null" | "undefined" if self.dialect == Dialect::Arrow && is_value(tokens, index) => {
                self.report(here, format!("`{word}` is JavaScript's: an absent value is `None`, no value is `()`; for a variable of that name write `r#{word}`"));
                Some((unit(span), index + 1))
            }
            "console" if self.dialect == Dialect::Arrow => self.console(tokens, index),
            _ => None,
        }
    }

    /// `const x =`, `var x`, `const { a, b } =`
    fn declaration(&mut self, tokens: &[TokenTree], index: usize, word: &Ident) -> Form {
        let span = word.span();
        if let Some(pattern) = group(tokens.get(index + 1), Delimiter::Brace) {
            self.report(
                &tokens[index..=index],
                "Rust takes fields apart with the type's name: `let Type { a, b } = value`; a parameter `({ a, b }) => …` takes a record apart",
            );
            let ignored = quote_spanned!(pattern.span()=> _);
            return Some((quote_spanned!(span=> let #ignored), index + 2));
        }
        if word == "const" {
            self.report(
                &tokens[index..=index],
                "`const x = …` is JavaScript's: write `let x = …`",
            );
            return Some((quote_spanned!(span=> let), index + 1));
        }
        self.report(
            &tokens[index..=index],
            "`var` is JavaScript's: write `let x = …`, or `let mut x = …` for what changes",
        );
        Some((quote_spanned!(span=> let mut), index + 1))
    }

    /// `function (a) { … }`, `function name(a) { … }`
    fn function(&mut self, tokens: &[TokenTree], index: usize) -> Form {
        let named = usize::from(is_name(tokens.get(index + 1)));
        let parameters = index + 1 + named;
        group(tokens.get(parameters), Delimiter::Parenthesis)?;
        let body = group(tokens.get(parameters + 1), Delimiter::Brace)?;
        self.report(
            &tokens[index..=index],
            "`function` is JavaScript's: write an arrow, `value => …`, as a handler, and a closure, `|value| …`, elsewhere",
        );
        let span = tokens[index].span();
        let empty = {
            let mut empty = Group::new(Delimiter::Brace, TokenStream::new());
            empty.set_span(body.span());
            TokenTree::Group(empty)
        };
        let name = &tokens[index + 1];
        Some((
            match named {
                0 => quote_spanned!(span=> (|| #empty)),
                _ => quote_spanned!(span=> fn #name() #empty),
            },
            parameters + 2,
        ))
    }

    /// `try { … } catch (e) { … } finally { … }`
    fn try_block(&mut self, tokens: &[TokenTree], index: usize) -> Form {
        let block = |at: usize| group(tokens.get(at), Delimiter::Brace).is_some();
        let bound = group(tokens.get(index + 3), Delimiter::Parenthesis).is_some();
        let after_catch = index + 4 + usize::from(bound);
        let catches = is_ident(tokens.get(index + 2), "catch") && block(after_catch - 1);
        let end = if catches { after_catch } else { index + 2 };
        let finally = is_ident(tokens.get(end), "finally") && block(end + 1);
        if !block(index + 1) || !(catches || finally) {
            return None;
        }
        self.report(
            &tokens[index..=index],
            match catches {
                true => "`try` is JavaScript's: catch where the promise is, `await f().catch(e => …)`, or look at the `Result`, `match f().await { Ok(value) => …, Err(e) => … }`",
                false => "`try` is JavaScript's: clean up where the promise is, `await f().finally(() => …)`",
            },
        );
        let span = tokens[index].span();
        Some((quote_spanned!(span=> {}), end + 2 * usize::from(finally)))
    }

    /// `console.log(…)`, and `console.log` as a handler.
    fn console(&mut self, tokens: &[TokenTree], index: usize) -> Form {
        let Some(TokenTree::Ident(method)) = tokens.get(index + 2) else {
            return None;
        };
        let method = method.to_string();
        let rust = match method.as_str() {
            "log" | "info" | "debug" => "println!",
            "warn" | "error" => "eprintln!",
            _ => return None,
        };
        if !is_punct(tokens.get(index + 1), '.') {
            return None;
        }
        self.report(
            &tokens[index..index + 3],
            format!("`console.{method}` is JavaScript's: write `{rust}(\"{{value:?}}\")`; for a variable of that name write `r#console`"),
        );
        let called = group(tokens.get(index + 3), Delimiter::Parenthesis).is_some();
        Some((unit(tokens[index].span()), index + 3 + usize::from(called)))
    }
}

fn unit(span: Span) -> TokenStream {
    quote_spanned!(span=> ())
}

/// The sign of its own, where it was glued to one that is gone.
fn last_of(token: &TokenTree) -> TokenTree {
    match token {
        TokenTree::Punct(punct) => {
            let mut alone = proc_macro2::Punct::new(punct.as_char(), Spacing::Alone);
            alone.set_span(punct.span());
            TokenTree::Punct(alone)
        }
        other => other.clone(),
    }
}
