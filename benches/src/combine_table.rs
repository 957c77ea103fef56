//! Combinators of 2 to 10,000 promises next to their peers: all ready, ready at the second poll, or completed one by one; and the shapes of
//! futures-concurrency's own benchmarks.
//!
//! What is completed one by one contains what completing a leaf costs, about 50 ns each, which is the same for all. The columns are those
//! of the other tables; `×best` divides by the best of the peers.

use std::future::Future;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use futures::stream::{FuturesUnordered, StreamExt as _, TryStreamExt as _, iter};
use futures_buffered::{BufferedStreamExt as _, try_join_all as buffered_try_join_all};
use futures_concurrency::future::TryJoin as _;
use promise_runtime::{all, combine::map_iter};
use tokio::task::JoinSet;

use crate::allocator;
use crate::combine_table_leaves::{Leaves, Network, Waits, Wakes, drive, wakes};
use crate::combine_table_others;

/// The command with which the binary asks itself to run one case.
pub(crate) const ONE_CASE: &str = "one-large-case";

pub(crate) const OURS: &str = "ours";
const AWAITED: &str = "ours, awaited";

pub(crate) struct Case {
    group: String,
    peer: &'static str,
    bytes: Box<dyn Fn() -> usize>,
    leaves: u64,
    repeat: Box<dyn Fn(u64)>,
}

pub(crate) fn run(name: &str, times: u64) {
    if let Some(case) = cases().iter().find(|case| case.name() == name) {
        (case.repeat)(times);
    }
}

/// Measures and prints the cases whose name contains `filter`.
pub(crate) fn print(filter: &str) {
    println!("| case | written as | bytes | allocs | Ir | ×best | ns | ×best |");
    println!("|---|---|--:|--:|--:|--:|--:|--:|");
    let cases = cases();
    for group in cases.chunk_by(|a, b| a.group == b.group) {
        if !group[0].group.contains(filter) {
            continue;
        }
        let rows: Vec<_> = group.iter().map(|case| (case, case.measure())).collect();
        let best = |of: fn(&Figures) -> f64| {
            let peers = rows.iter().filter(|(case, _)| !case.is_ours());
            peers
                .map(|(_, figures)| of(figures))
                .fold(f64::INFINITY, f64::min)
        };
        let (best_instructions, best_nanoseconds) =
            (best(|f| f.instructions), best(|f| f.nanoseconds));
        for (case, figures) in &rows {
            let ratio = |own: f64, best: f64| match case.is_ours() {
                true => format!("{:.2}", own / best),
                false => String::new(),
            };
            println!(
                "| {} | {} | {} | {} | {:.0} | {} | {:.0} | {} |",
                case.group,
                case.peer,
                (case.bytes)(),
                figures.allocations,
                figures.instructions,
                ratio(figures.instructions, best_instructions),
                figures.nanoseconds,
                ratio(figures.nanoseconds, best_nanoseconds),
            );
        }
    }
}

struct Figures {
    allocations: u64,
    /// Not a number where valgrind is missing.
    instructions: f64,
    nanoseconds: f64,
}

impl Case {
    fn name(&self) -> String {
        format!("{}: {}", self.group, self.peer)
    }

    fn is_ours(&self) -> bool {
        self.peer == OURS || self.peer == AWAITED
    }

    fn measure(&self) -> Figures {
        (self.repeat)(1);
        Figures {
            allocations: allocator::count(|| (self.repeat)(1)),
            instructions: self.instructions().unwrap_or(f64::NAN),
            nanoseconds: self.nanoseconds(),
        }
    }

    fn nanoseconds(&self) -> f64 {
        let time = |times| {
            let start = Instant::now();
            (self.repeat)(times);
            start.elapsed()
        };
        let mut times = 1;
        while time(times) < Duration::from_millis(2) {
            times *= 2;
        }
        let best = (0..9).map(|_| time(times)).min().unwrap_or_default();
        best.as_secs_f64() * 1e9 / times as f64
    }

    fn instructions(&self) -> Option<f64> {
        let more = (2_000 / self.leaves).max(2);
        let once = self.callgrind(1)?;
        Some((self.callgrind(1 + more)? - once) as f64 / more as f64)
    }

    fn callgrind(&self, times: u64) -> Option<u64> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe().ok()?)
            .args([ONE_CASE, &self.name(), &times.to_string()])
            .stdin(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stderr);
        let collected = text.lines().find(|line| line.contains("Collected"))?;
        collected.rsplit(':').next()?.trim().parse().ok()
    }
}

/// A group under construction.
pub(crate) struct Group<'a> {
    pub(crate) name: String,
    pub(crate) leaves: usize,
    /// How often each leaf is pending.
    pub(crate) pending: u64,
    pub(crate) cases: &'a mut Vec<Case>,
}

impl Group<'_> {
    pub(crate) fn add(
        &mut self,
        peer: &'static str,
        bytes: impl Fn() -> usize + 'static,
        repeat: impl Fn(u64) + 'static,
    ) {
        self.cases.push(Case {
            group: self.name.clone(),
            peer,
            bytes: Box::new(bytes),
            leaves: self.leaves as u64,
            repeat: Box::new(repeat),
        });
    }

    pub(crate) fn case<F: Future>(
        &mut self,
        peer: &'static str,
        make: impl Fn(u64) -> F + Copy + 'static,
    ) {
        let pending = self.pending;
        let bytes = move || size_of_val(&make(0));
        self.add(peer, bytes, move |times| {
            for _ in 0..times {
                drive(make(black_box(pending)));
            }
        });
    }
}

impl Group<'_> {
    /// Leaves that are completed one by one.
    pub(crate) fn driven<F: Future>(
        &mut self,
        peer: &'static str,
        shuffled: bool,
        make: impl Fn(Leaves) -> F + Copy + 'static,
    ) {
        let network = Network::new(self.leaves, shuffled);
        let same = network.clone();
        let bytes = move || size_of_val(&make(same.leaves()));
        self.add(peer, bytes, move |times| {
            for _ in 0..times {
                network.drive(make(network.leaves()));
            }
        });
    }
}

async fn unordered<F>(futures: impl Iterator<Item = F>) -> Result<Vec<u64>, u64>
where
    F: Future<Output = Result<u64, u64>>,
{
    let mut set: FuturesUnordered<F> = futures.collect();
    let mut values = Vec::with_capacity(set.len());
    while let Some(value) = set.next().await {
        values.push(value?);
    }
    Ok(values)
}

/// As a tuple or in a macro, and as an array. `$one` stands for a leaf each.
macro_rules! fixed {
    ($cases:ident, $leaves:literal, [$($one:tt)*]) => {
        for (pending, when) in [(0, "ready"), (1, "second poll")] {
            let name = format!("{} different, {when}", $leaves);
            let mut group = Group { name, leaves: $leaves, pending, cases: $cases };
            group.case(OURS, |p| all(($(leaf!($one p),)*)));
            group.case(AWAITED, |p| async move { all(($(leaf!($one p),)*)).await });
            group.case("futures try_join!", |p| async move { futures::try_join!($(leaf!($one p)),*) });
            group.case("tokio try_join!", |p| async move { tokio::try_join!($(leaf!($one p)),*) });
            group.case("tokio try_join!, biased", |p| async move { tokio::try_join!(biased; $(leaf!($one p)),*) });
            group.case("futures-concurrency", |p| ($(leaf!($one p),)*).try_join());
            let name = format!("array of {}, {when}", $leaves);
            let mut group = Group { name, leaves: $leaves, pending, cases: $cases };
            group.case(OURS, |p| all([$(leaf!($one p)),*]));
            group.case("futures try_join!", |p| async move { futures::try_join!($(leaf!($one p)),*) });
            group.case("futures try_join_all", |p| try_join_all([$(leaf!($one p)),*]));
            group.case("tokio try_join!, biased", |p| async move { tokio::try_join!(biased; $(leaf!($one p)),*) });
            group.case("futures-concurrency", |p| [$(leaf!($one p)),*].try_join());
            group.case("futures-buffered", |p| buffered_try_join_all([$(leaf!($one p)),*]));
        }
        for (shuffled, when) in [(false, "in order"), (true, "shuffled")] {
            let name = format!("{} different, one by one {when}", $leaves);
            let mut group = Group { name, leaves: $leaves, pending: 0, cases: $cases };
            group.driven(OURS, shuffled, |mut of| all(($(next!($one of),)*)));
            group.driven("futures try_join!", shuffled, |mut of| async move { futures::try_join!($(next!($one of)),*) });
            group.driven("tokio try_join!", shuffled, |mut of| async move { tokio::try_join!($(next!($one of)),*) });
            group.driven("tokio try_join!, biased", shuffled, |mut of| async move { tokio::try_join!(biased; $(next!($one of)),*) });
            group.driven("futures-concurrency", shuffled, |mut of| ($(next!($one of),)*).try_join());
        }
    };
}

macro_rules! leaf {
    ($one:tt $pending:ident) => {
        wakes($pending)
    };
}

macro_rules! next {
    ($one:tt $leaves:ident) => {
        $leaves.next().expect("there are as many")
    };
}

fn dynamic(cases: &mut Vec<Case>, n: usize) {
    for (pending, when) in [(0, "ready"), (1, "second poll")] {
        let name = format!("Vec of {n}, {when}");
        let mut group = Group {
            name,
            leaves: n,
            pending,
            cases,
        };
        let leaves = move |p| (0..n).map(move |_| wakes(p));
        group.case(OURS, move |p| all(leaves(p)));
        group.case("futures try_join_all", move |p| try_join_all(leaves(p)));
        group.case("FuturesUnordered", move |p| unordered(leaves(p)));
        group.case("futures-concurrency", move |p| {
            leaves(p).collect::<Vec<Wakes>>().try_join()
        });
        group.case("futures-buffered", move |p| {
            buffered_try_join_all(leaves(p))
        });
        join_set(&mut group);
    }
    for (shuffled, when) in [(false, "in order"), (true, "shuffled")] {
        let name = format!("Vec of {n}, one by one {when}");
        let mut group = Group {
            name,
            leaves: n,
            pending: 0,
            cases,
        };
        group.driven(OURS, shuffled, all);
        group.driven("futures try_join_all", shuffled, try_join_all);
        group.driven("FuturesUnordered", shuffled, unordered);
        group.driven("futures-concurrency", shuffled, |leaves: Leaves| {
            leaves.collect::<Vec<Waits>>().try_join()
        });
        group.driven("futures-buffered", shuffled, buffered_try_join_all);
    }
}

/// A task for each leaf, on a runtime of its own.
fn join_set(group: &mut Group<'_>) {
    let (n, pending) = (group.leaves, group.pending);
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else {
        return;
    };
    let runtime = Rc::new(runtime);
    group.add(
        "tokio JoinSet",
        size_of::<JoinSet<Result<u64, u64>>>,
        move |times| {
            for _ in 0..times {
                let pending = black_box(pending);
                runtime.block_on(async {
                    let mut set = JoinSet::new();
                    (0..n).for_each(|_| drop(set.spawn(wakes(pending))));
                    black_box(set.join_all().await);
                });
            }
        },
    );
}

/// 16 at a time.
fn map(cases: &mut Vec<Case>, n: usize) {
    for (pending, when) in [(0, "ready"), (1, "second poll")] {
        let name = format!("map of {n}, {when}");
        let mut group = Group {
            name,
            leaves: n,
            pending,
            cases,
        };
        group.case(OURS, move |p| map_iter(0..n, 16, move |_| wakes(p)));
        group.case("futures buffered", move |p| {
            iter(0..n)
                .map(move |_| wakes(p))
                .buffered(16)
                .try_collect::<Vec<_>>()
        });
        group.case("futures-buffered", move |p| {
            iter(0..n)
                .map(move |_| wakes(p))
                .buffered_ordered(16)
                .try_collect::<Vec<_>>()
        });
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let all = &mut cases;
    fixed!(all, 2, [a b]);
    fixed!(all, 3, [a b c]);
    fixed!(all, 8, [a b c d e f g h]);
    fixed!(all, 12, [a b c d e f g h i j k l]);
    for n in [10, 30, 31, 100, 1_000, 10_000] {
        dynamic(all, n);
    }
    for n in [10, 100, 1_000, 10_000] {
        map(all, n);
    }
    combine_table_others::add(all);
    cases
}
