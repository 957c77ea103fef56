//! Async functions: those of a program, and those that are a cold chain.

use super::{Rest, declare, handler, own_x};
use crate::program::{End, Handler, Settle, Statement, Step};
use std::fmt::{self, Display, Formatter};

/// A call of a handler in an async function, which awaits what it returns if that is a promise.
struct Call<'a>(char, &'a Handler);

pub(super) struct Statements<'a>(pub(super) &'a [Statement]);

/// How a step of a chain goes on after a rejection.
pub(super) const FAIL: &str = "catch (e) { ok = false; x = e; }";

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Then(one) => write!(f, "if (ok) try {{ x = {}; }} {FAIL}", Call('+', one)),
            Self::ThenOrElse(one, other) => write!(
                f,
                "try {{ if (ok) x = {}; else {{ x = {}; ok = true; }} }} {FAIL}",
                Call('+', one),
                Call('-', other)
            ),
            Self::Catch(one) => {
                write!(
                    f,
                    "if (!ok) try {{ x = {}; ok = true; }} {FAIL}",
                    Call('-', one)
                )
            }
            Self::Finally(one) => {
                let (event, word, rest) = (one.event, word(one), Rest(one));
                let x = own_x(&one.body, one.end);
                write!(
                    f,
                    "try {{ {word}(() => {{{x} log('{event}');{rest} }})(); }} {FAIL}"
                )
            }
        }
    }
}

impl Display for Call<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(sign, one) = self;
        write!(f, "{}(", word(one))?;
        handler(f, *sign, one)?;
        f.write_str(")(x)")
    }
}

fn word(handler: &Handler) -> &'static str {
    match handler.end {
        Some(End::Always(Settle::Adopt(_))) => "await ",
        _ => "",
    }
}

impl Display for Statements<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        declare(f, self.0.iter().filter_map(Statement::op))?;
        for statement in self.0 {
            write!(f, " {statement}")?;
        }
        Ok(())
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Op(op) => write!(f, "{op};"),
            Self::Await(event, slot) => write!(f, "x = await p{slot}; log('{event}+', x);"),
            Self::AwaitValue(event, value) => write!(f, "x = await {value}; log('{event}+', x);"),
            Self::Try {
                body,
                catch,
                finally,
            } => {
                write!(f, "try {{{} }}", Statements(body))?;
                if let Some((event, body)) = catch {
                    write!(
                        f,
                        " catch (e) {{ x = e; log('{event}-', x);{} }}",
                        Statements(body)
                    )?;
                }
                if let Some((event, body)) = finally {
                    write!(f, " finally {{ log('{event}');{} }}", Statements(body))?;
                }
                Ok(())
            }
            Self::Return(value) => write!(f, "return {value};"),
            Self::ReturnAwait(slot) => write!(f, "return await p{slot};"),
            Self::Throw(value) => write!(f, "throw {value};"),
        }
    }
}
