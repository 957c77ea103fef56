//! Runs programs on both sides and says where they differ.

use super::node::{self, Timers};
use super::program::Program;
use super::setting::Setting;
use super::shrink::shrink;
use super::{local, shared};
use std::any::Any;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How a kind of promise is compared with Node's.
pub(crate) struct Side {
    play: fn(&Program, Setting) -> String,
    settings: fn(&Program) -> &'static [Setting],
    same: fn(&str, &str) -> bool,
}

/// `LocalPromise`: the very log.
pub(crate) const LOCAL: Side = Side {
    play: local::play::play,
    settings: Setting::of,
    same: |log, expected| log == expected,
};

/// `Promise`: the same events.
pub(crate) const SHARED: Side = Side {
    play: shared::play::play,
    // Outside an executor nobody would run the handlers.
    settings: |_| &[Setting::Kept, Setting::Dropped, Setting::ForeignWakers],
    same: |log, expected| events(log) == events(expected),
};

/// What happened, in whatever order. A `Promise` reports an unhandled rejection when its last handle is dropped, which
/// JavaScript does not see.
fn events(log: &str) -> Vec<&str> {
    let mut events: Vec<&str> = log
        .split_whitespace()
        .filter(|word| !word.starts_with(['@', '#', '!']))
        .collect();
    events.sort_unstable();
    events
}

/// The programs that differ.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) count: usize,
    /// About the first few of them, made small.
    pub(crate) text: String,
}

impl Report {
    const SHOWN: usize = 3;

    pub(crate) fn add(&mut self, other: Self) {
        if self.count == 0 {
            self.text = other.text;
        }
        self.count += other.count;
    }
}

impl Side {
    /// About the programs whose log is not the expected one.
    pub(crate) fn differences<'a>(
        &self,
        programs: impl IntoIterator<Item = (&'a Program, &'a str)>,
    ) -> Report {
        let mut report = Report::default();
        for (program, expected) in programs {
            if self.differs(program, expected) {
                report.count += 1;
                if report.count <= Report::SHOWN {
                    report.text += &self.explain(program, expected);
                }
            }
        }
        report
    }

    fn differs(&self, program: &Program, expected: &str) -> bool {
        (self.settings)(program)
            .iter()
            .any(|setting| !(self.same)(&self.log(program, *setting), expected))
    }

    /// A panic is a difference, too.
    fn log(&self, program: &Program, setting: Setting) -> String {
        catch_unwind(AssertUnwindSafe(|| (self.play)(program, setting)))
            .unwrap_or_else(|panic| format!("panicked: {}", message(&*panic)))
    }

    fn explain(&self, program: &Program, expected: &str) -> String {
        let (program, expected) = match node::missing() {
            None => self.smallest(program),
            Some(_) => (program.clone(), expected.to_owned()),
        };
        let mut text = format!("\n{program}\nNode: {expected}\n");
        for setting in (self.settings)(&program) {
            let log = self.log(&program, *setting);
            writeln!(text, "{setting:?}: {log}").expect("a String takes everything");
        }
        text
    }

    fn smallest(&self, program: &Program) -> (Program, String) {
        let program = shrink(program, |candidates| {
            let logs = node::logs(candidates, Timers::Virtual);
            candidates
                .iter()
                .zip(logs)
                .map(|(candidate, expected)| self.differs(candidate, &expected))
                .collect()
        });
        let mut logs = node::logs(std::slice::from_ref(&program), Timers::Virtual);
        (program, logs.remove(0))
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    match panic.downcast_ref::<String>() {
        Some(message) => message,
        None => panic.downcast_ref().copied().unwrap_or("no message"),
    }
}
