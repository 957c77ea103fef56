//! What promises fulfil and reject with here: one type, as in JavaScript.

use promise_runtime::AggregateError;
use std::convert::Infallible;
use std::fmt::{self, Display, Formatter};

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Number(i64),
    List(Vec<Value>),
    Outcomes(Vec<Result<Value, Value>>),
    Errors(Vec<Value>),
}

/// What a variable holds before anything is assigned to it.
pub(crate) const ZERO: Value = Value::Number(0);

impl Value {
    pub(crate) fn is_odd(&self) -> bool {
        matches!(self, Self::Number(number) if number % 2 == 1)
    }

    /// As `show` in `interpret.mjs`.
    fn show(&self, f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::List(values) => list(f, depth, values, |value, f| value.show(f, depth + 1)),
            Self::Errors(reasons) => {
                f.write_str("A")?;
                list(f, depth, reasons, |reason, f| reason.show(f, depth + 1))
            }
            Self::Outcomes(outcomes) => list(f, depth, outcomes, |outcome, f| {
                let (sign, value) = match outcome {
                    Ok(value) => ("+", value),
                    Err(reason) => ("-", reason),
                };
                f.write_str(sign)?;
                value.show(f, depth + 1)
            }),
        }
    }
}

/// Lists of lists get long: the third level is only counted.
fn list<T>(
    f: &mut Formatter<'_>,
    depth: usize,
    items: &[T],
    show: impl Fn(&T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    if depth == 2 {
        return write!(f, "[{}]", items.len());
    }
    f.write_str("[")?;
    for (index, item) in items.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { "," })?;
        show(item, f)?;
    }
    f.write_str("]")
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.show(f, 0)
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Self {
        Self::List(values)
    }
}

impl From<Vec<Result<Value, Value>>> for Value {
    fn from(outcomes: Vec<Result<Value, Value>>) -> Self {
        Self::Outcomes(outcomes)
    }
}

impl From<AggregateError<Vec<Value>>> for Value {
    fn from(error: AggregateError<Vec<Value>>) -> Self {
        Self::Errors(error.errors)
    }
}

impl From<Infallible> for Value {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
