//! Runs programs on both sides and says where they differ.

use super::node::{self, Timers};
use super::play::{Setting, play};
use super::program::Program;
use super::shrink::shrink;
use std::any::Any;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A report about the programs whose log differs from Node's, the first few of them made small; `None` if there is none.
pub(crate) fn differences<'a>(
    programs: impl IntoIterator<Item = (&'a Program, &'a str)>,
) -> Option<Report> {
    let mut report = Report::default();
    for (program, expected) in programs {
        if differs(program, expected) {
            report.add(program, expected);
        }
    }
    (report.count > 0).then_some(report)
}

#[derive(Default)]
pub(crate) struct Report {
    count: usize,
    pub(crate) text: String,
}

impl Report {
    const SHOWN: usize = 3;

    fn add(&mut self, program: &Program, expected: &str) {
        self.count += 1;
        if self.count > Self::SHOWN {
            return;
        }
        let (program, expected) = match node::missing() {
            None => smallest(program),
            Some(_) => (program.clone(), expected.to_owned()),
        };
        writeln!(self.text, "\n{program}\nNode: {expected}").expect("a String takes everything");
        for setting in Setting::of(&program) {
            let log = log(&program, *setting);
            writeln!(self.text, "{setting:?}: {log}").expect("a String takes everything");
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }
}

fn differs(program: &Program, expected: &str) -> bool {
    Setting::of(program)
        .iter()
        .any(|setting| log(program, *setting) != expected)
}

/// A panic is a difference, too.
fn log(program: &Program, setting: Setting) -> String {
    catch_unwind(AssertUnwindSafe(|| play(program, setting)))
        .unwrap_or_else(|panic| format!("panicked: {}", message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    match panic.downcast_ref::<String>() {
        Some(message) => message,
        None => panic.downcast_ref().copied().unwrap_or("no message"),
    }
}

fn smallest(program: &Program) -> (Program, String) {
    let program = shrink(program, |candidates| {
        let logs = node::logs(candidates, Timers::Virtual);
        candidates
            .iter()
            .zip(logs)
            .map(|(candidate, expected)| differs(candidate, &expected))
            .collect()
    });
    let mut logs = node::logs(std::slice::from_ref(&program), Timers::Virtual);
    (program, logs.remove(0))
}
