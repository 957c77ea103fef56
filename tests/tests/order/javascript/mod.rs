//! A program as the JavaScript that Node runs: one line, in which `log` and `state` write the log, and `odd` looks at a
//! value.

mod asynchronous;

use crate::program::{End, Expression, Handler, Op, Program, Rule, Settle, Slot, Ticker};
use asynchronous::{FAIL, Statements};
use std::fmt::{self, Display, Formatter, Write};

/// The arguments of a call.
struct List<'a>(&'a [Slot]);

/// The body of a function of no argument.
struct Body<'a>(&'a [Op]);

/// Everything in a handler's braces after the event is logged.
struct Rest<'a>(&'a Handler);

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ticker = match self.ticker {
            Ticker::Then => "then",
            Ticker::Microtask => "microtask",
            Ticker::Await => "await",
        };
        write!(f, "ticker('{ticker}');{}", Body(&self.body))
    }
}

impl Display for Body<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(own_x(self.0, None))?;
        declare(f, self.0)?;
        for op in self.0 {
            write!(f, " {op};")?;
        }
        Ok(())
    }
}

/// What is called without an argument has one that is 0, if it looks at it.
fn own_x(ops: &[Op], end: Option<End>) -> &'static str {
    let settles = |settle| {
        matches!(
            settle,
            Settle::Fulfil(Expression::Argument) | Settle::Reject(Expression::Argument)
        )
    };
    let looks = |op: &Op| match op {
        Op::Resolve(_, value) | Op::Reject(_, value) => matches!(value, Expression::Argument),
        Op::Settle(_, settle) => settles(*settle),
        _ => false,
    };
    let ends = match end {
        Some(End::Always(end)) => settles(end),
        Some(End::IfOdd(..)) => true,
        None => false,
    };
    if ends || ops.iter().any(looks) {
        " const x = 0;"
    } else {
        ""
    }
}

/// The variables that a block assigns to.
fn declare<'a>(f: &mut Formatter<'_>, ops: impl IntoIterator<Item = &'a Op>) -> fmt::Result {
    let mut separator = " let ";
    for op in ops {
        let names = match (op, op.promise()) {
            (Op::New(slot, _) | Op::WithResolvers(slot), _) => format!("p{slot}, d{slot}"),
            (Op::Timeout { timer, .. } | Op::Interval { timer, .. }, _) => format!("t{timer}"),
            (_, Some(slot)) => format!("p{slot}"),
            (_, None) => continue,
        };
        write!(f, "{separator}{names}")?;
        separator = ", ";
    }
    f.write_str(if separator == ", " { ";" } else { "" })
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => value.fmt(f),
            Self::Argument => f.write_str("x"),
        }
    }
}

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, slot) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}p{slot}")?;
        }
        Ok(())
    }
}

impl Display for Rest<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        declare(f, &*self.0.body)?;
        for op in &*self.0.body {
            write!(f, " {op};")?;
        }
        match self.0.end {
            Some(End::Always(end)) => write!(f, " {}", leave(end)),
            Some(End::IfOdd(one, other)) => {
                write!(f, " if (odd(x)) {{ {} }} {}", leave(one), leave(other))
            }
            None => Ok(()),
        }
    }
}

fn leave(end: Settle) -> String {
    match end {
        Settle::Fulfil(value) => format!("return {value};"),
        Settle::Reject(value) => format!("throw {value};"),
        Settle::Adopt(slot) => format!("return p{slot};"),
    }
}

/// A handler that is told `+` what was fulfilled or `-` what was rejected.
fn handler(f: &mut Formatter<'_>, sign: char, handler: &Handler) -> fmt::Result {
    let event = handler.event;
    write!(f, "x => {{ log('{event}{sign}', x);{} }}", Rest(handler))
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log(event) => write!(f, "log('{event}')"),
            Self::State(event, slot) => write!(f, "state('{event}', p{slot})"),
            Self::Resolve(slot, value) => write!(f, "p{slot} = Promise.resolve({value})"),
            Self::Reject(slot, value) => write!(f, "p{slot} = Promise.reject({value})"),
            Self::New(slot, body) => write!(
                f,
                "p{slot} = new Promise((resolve, reject) => {{ d{slot} = {{ resolve, reject }};{} }})",
                Body(body)
            ),
            Self::WithResolvers(slot) => {
                write!(f, "d{slot} = withResolvers(); p{slot} = d{slot}.promise")
            }
            Self::Settle(slot, settle) => match settle {
                Settle::Fulfil(value) => write!(f, "d{slot}.resolve({value})"),
                Settle::Reject(value) => write!(f, "d{slot}.reject({value})"),
                Settle::Adopt(other) => write!(f, "d{slot}.resolve(p{other})"),
            },
            Self::Map {
                slot,
                of,
                event,
                value,
            } => write!(
                f,
                "p{slot} = p{of}.then(x => {{ log('{event}+', x); return {value}; }})"
            ),
            Self::Then(slot, of, fulfilled) => {
                write!(f, "p{slot} = p{of}.then(")?;
                handler(f, '+', fulfilled)?;
                f.write_char(')')
            }
            Self::ThenOrElse(slot, of, fulfilled, rejected) => {
                write!(f, "p{slot} = p{of}.then(")?;
                handler(f, '+', fulfilled)?;
                f.write_str(", ")?;
                handler(f, '-', rejected)?;
                f.write_char(')')
            }
            Self::Catch(slot, of, rejected) => {
                write!(f, "p{slot} = p{of}.catch(")?;
                handler(f, '-', rejected)?;
                f.write_char(')')
            }
            Self::Finally(slot, of, finished) => {
                let event = finished.event;
                write!(
                    f,
                    "p{slot} = p{of}.finally(() => {{{} log('{event}');{} }})",
                    own_x(&finished.body, finished.end),
                    Rest(finished)
                )
            }
            Self::Combine(slot, rule, of) => {
                let rule = match rule {
                    Rule::All => "all",
                    Rule::AllSettled => "allSettled",
                    Rule::Any => "any",
                    Rule::Race => "race",
                };
                write!(f, "p{slot} = Promise.{rule}([{}])", List(of))
            }
            Self::Async(slot, statements) => {
                write!(
                    f,
                    "p{slot} = (async () => {{ let x = 0;{} return x; }})()",
                    Statements(statements)
                )
            }
            Self::Chain(slot, of, steps) => {
                write!(
                    f,
                    "p{slot} = (async () => {{ let ok = true, x; try {{ x = await p{of}; }} {FAIL}"
                )?;
                for step in &**steps {
                    write!(f, " {step}")?;
                }
                f.write_str(" if (ok) return x; throw x; })()")
            }
            Self::Microtask(event, body) => {
                write!(
                    f,
                    "queueMicrotask(() => {{ log('{event}');{} }})",
                    Body(body)
                )
            }
            Self::Timeout {
                timer,
                event,
                milliseconds,
                body,
            } => write!(
                f,
                "t{timer} = setTimeout(() => {{ log('{event}');{} }}, {milliseconds})",
                Body(body)
            ),
            Self::Interval {
                timer,
                event,
                milliseconds,
                times,
                body,
            } => {
                write!(
                    f,
                    "t{timer} = setInterval((() => {{ let n = 0; return () => {{ log('{event}'); n += 1; \
                     if (n === {times}) {{ clearInterval(t{timer});{} }} }}; }})(), {milliseconds})",
                    Body(body)
                )
            }
            Self::Clear(timer) => write!(f, "clearTimeout(t{timer})"),
        }
    }
}
