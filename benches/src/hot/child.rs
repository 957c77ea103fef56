//! Runs a contender in a process of its own, as `node.rs` does with Node.

use super::node::milliseconds_of;
use super::{Contender, RUNS, Shape, find, milliseconds};
use crate::allocator;
use std::process::Command;
use std::time::{Duration, Instant};

/// The command with which the binary asks itself to run one contender.
pub(crate) const ONE_CONTENDER: &str = "one-contender";

/// What the line with the allocations begins with.
const ALLOCATIONS: &str = "allocations: ";

/// Where a process has its memory from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Allocator {
    System,
    Fast,
}

impl Allocator {
    pub(super) const BOTH: [Self; 2] = [Self::System, Self::Fast];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::System => "the system's allocator",
            Self::Fast => allocator::FAST,
        }
    }
}

/// What several processes have found out.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) times: Vec<Duration>,
    /// The calls of the allocator in one run.
    pub(super) allocations: u64,
}

impl Outcome {
    pub(super) fn best(&self) -> Option<Duration> {
        self.times.iter().min().copied()
    }

    pub(super) fn mean(&self) -> Duration {
        let runs = u32::try_from(self.times.len().max(1)).unwrap_or(u32::MAX);
        self.times.iter().sum::<Duration>() / runs
    }
}

/// Adds what one process finds out.
pub(super) fn run(
    shape: &Shape,
    contender: &Contender,
    allocator: Allocator,
    outcome: &mut Outcome,
) {
    let Ok(binary) = std::env::current_exe() else {
        return;
    };
    let mut command = Command::new(binary);
    command.args([ONE_CONTENDER, shape.name, contender.name]);
    match allocator {
        Allocator::System => command.env_remove(allocator::VARIABLE),
        Allocator::Fast => command.env(allocator::VARIABLE, "1"),
    };
    let Ok(output) = command.output() else { return };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match line.strip_prefix(ALLOCATIONS) {
            Some(count) => outcome.allocations = count.parse().unwrap_or_default(),
            None => outcome.times.extend(milliseconds_of(line)),
        }
    }
}

/// In the child: prints each run's milliseconds, and then the allocations of one more. False if there is no such contender.
pub(crate) fn run_in_child(shape: &str, contender: &str) -> bool {
    let Some((_, contender)) = find(shape, contender) else {
        return false;
    };
    (contender.run)();
    for _ in 0..RUNS {
        let start = Instant::now();
        (contender.run)();
        println!("{}", milliseconds(start.elapsed()));
    }
    println!("{ALLOCATIONS}{}", allocator::count(contender.run));
    true
}
