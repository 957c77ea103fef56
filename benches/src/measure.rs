//! One case: a way to make a future, its size, and what it takes to run it.

use crate::allocator;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// The command with which the binary asks itself to run one case.
pub(crate) const ONE_CASE: &str = "one-case";

/// What runs a case so many times.
type Repeat = Box<dyn Fn(u64)>;

pub(crate) struct Case {
    pub(crate) peer: &'static str,
    pub(crate) bytes: usize,
    repeat: Repeat,
}

pub(crate) struct Figures {
    pub(crate) bytes: usize,
    pub(crate) allocations: u64,
    /// `None`: valgrind is missing.
    pub(crate) instructions: Option<f64>,
    pub(crate) nanoseconds: f64,
}

impl Case {
    pub(crate) fn new<F: Future>(
        peer: &'static str,
        make: impl Fn(u64) -> F + Copy + 'static,
    ) -> Self {
        Self {
            peer,
            bytes: size_of_val(&make(1)),
            repeat: Box::new(move |times| repeat(make, times)),
        }
    }

    pub(crate) fn run(&self, times: u64) {
        (self.repeat)(times);
    }

    /// `index` is the number by which another process finds this case in `table`.
    pub(crate) fn measure(&self, table: &str, index: usize) -> Figures {
        Figures {
            bytes: self.bytes,
            allocations: self.allocations(),
            instructions: instructions(table, index),
            nanoseconds: self.nanoseconds(),
        }
    }

    fn allocations(&self) -> u64 {
        self.run(1);
        allocator::count(|| self.run(1))
    }

    fn nanoseconds(&self) -> f64 {
        let time = |times: u64| {
            let start = Instant::now();
            self.run(times);
            start.elapsed()
        };
        let mut times = 1_000;
        while time(times) < Duration::from_millis(1) {
            times *= 2;
        }
        let best = (0..9).map(|_| time(times)).min().unwrap_or_default();
        best.as_secs_f64() * 1e9 / times as f64
    }
}

/// Everything that is counted: the future is made, polled until it is ready, and dropped.
#[inline(never)]
fn repeat<F: Future>(make: impl Fn(u64) -> F, times: u64) {
    for value in 0..times {
        let mut future = pin!(make(black_box(value)));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                black_box(output);
                break;
            }
        }
    }
}

/// Instructions per execution: two runs under callgrind, which differ only in how often the case is repeated.
fn instructions(table: &str, index: usize) -> Option<f64> {
    const FEW: u64 = 500;
    const MORE: u64 = 2_500;
    let few = callgrind(table, index, FEW)?;
    let more = callgrind(table, index, MORE)?;
    Some((more - few) as f64 / (MORE - FEW) as f64)
}

/// The instructions of one process, from the line `==123== Collected : 456`.
fn callgrind(table: &str, index: usize, times: u64) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args([ONE_CASE, table])
        .args([index.to_string(), times.to_string()])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find(|line| line.contains("Collected"))?;
    collected.rsplit(':').next()?.trim().parse().ok()
}
