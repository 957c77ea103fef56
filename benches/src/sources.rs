//! The crates whose compile time is measured, as text.

use std::fmt::Write as _;

/// How the chains of a crate are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    HandWritten,
    Arrows,
    Closures,
}

/// A crate to build: `chains` functions, each with a chain of `steps` steps. Every other step is a future.
#[derive(Clone, Copy)]
pub(crate) struct Crate {
    pub(crate) style: Style,
    pub(crate) chains: usize,
    pub(crate) steps: usize,
}

impl Crate {
    pub(crate) fn text(self) -> String {
        let mut text = String::from(PRELUDE);
        for chain in 0..self.chains {
            self.chain(chain, &mut text);
        }
        text.push_str("fn main() {\n    let mut sum = 0;\n");
        for chain in 0..self.chains {
            let _ = writeln!(text, "    sum ^= run(chain_{chain}(sum));");
        }
        text.push_str("    println!(\"{sum}\");\n}\n");
        text
    }

    fn chain(self, number: usize, text: &mut String) {
        let _ = writeln!(
            text,
            "fn chain_{number}(x: u64) -> impl Future<Output = Result<u64, u32>> {{"
        );
        match self.style {
            Style::HandWritten => {
                text.push_str("    async move {\n        let v = leaf(x).await?;\n");
                for step in 0..self.steps {
                    let expression = expression(number, step);
                    let wait = if is_future(step) { ".await?" } else { "" };
                    let _ = writeln!(text, "        let v = {expression}{wait};");
                }
                text.push_str("        Ok(v)\n    }\n}\n");
            }
            Style::Arrows | Style::Closures => {
                text.push_str("    promise! { move leaf(x)\n");
                for step in 0..self.steps {
                    let expression = expression(number, step);
                    let parameter = match self.style {
                        Style::Arrows => "v =>",
                        _ => "|v|",
                    };
                    let _ = writeln!(text, "        .then({parameter} {expression})");
                }
                text.push_str("    }\n}\n");
            }
        }
    }
}

fn is_future(step: usize) -> bool {
    step % 2 == 0
}

fn expression(chain: usize, step: usize) -> String {
    let constant = chain * 31 + step;
    match is_future(step) {
        true => format!("leaf(v ^ {constant})"),
        false => format!("v ^ {constant}"),
    }
}

const PRELUDE: &str = "\
#![allow(unused_imports)]
use promise_runtime::prelude::*;
use std::future::Future;
use std::task::{Context, Poll, Waker};

async fn leaf(v: u64) -> Result<u64, u32> {
    if v == 77 { Err(1) } else { Ok(v) }
}

fn run(chain: impl Future<Output = Result<u64, u32>>) -> u64 {
    let mut chain = std::pin::pin!(chain);
    loop {
        if let Poll::Ready(outcome) = chain.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return outcome.unwrap_or_else(u64::from);
        }
    }
}

";
