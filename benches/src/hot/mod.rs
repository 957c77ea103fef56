//! Hot promises next to Node's and to what Rust has for the same: one table, all columns in one run.
//!
//! Every shape stands in `shapes.rs` for Rust and in `node/shapes.mjs` for Node. Each contender runs as Node does: in a process of its
//! own, which does everything once to warm up, and then a few times by the clock. The processes take turns, so that another program
//! on the machine disturbs all alike.
//!
//! Node has an allocator of its own, which keeps what a run has given back for the next one; the one of many systems gives it to the
//! system and asks for it again. So each contender has two rows: one with the system's allocator and one with a fast one.

mod child;
mod node;
mod peers;
mod shapes;
mod summary;

use child::{Allocator, Outcome};
pub(crate) use child::{ONE_CONTENDER, run_in_child};
use std::time::Duration;
use summary::Summary;

/// How often a shape runs in one process, after a warm-up.
const RUNS: u32 = 5;

/// One way to do what a shape asks for.
pub(crate) struct Contender {
    who: Who,
    name: &'static str,
    run: fn(),
}

/// Whose way it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// `LocalPromise`, wherever Node has a promise.
    Local,
    /// A `LocalPromise` for what is started together, and cold chains in it.
    Cold,
    /// `Promise`.
    Shared,
    /// Somebody else's.
    Peer,
}

/// What is measured, and by whom it can be done.
pub(crate) struct Shape {
    name: &'static str,
    /// For what allocations are counted.
    unit: Unit,
    /// Its name in `node/shapes.mjs`, if Node can do it.
    node: Option<&'static str>,
    contenders: &'static [Contender],
}

/// One of the things that a run does.
struct Unit {
    name: &'static str,
    /// How many a run does.
    times: u64,
}

fn shapes() -> impl Iterator<Item = &'static Shape> {
    shapes::SHAPES.iter().chain(peers::SHAPES)
}

/// Prints the shapes whose name contains `filter`.
pub(crate) fn print(filter: &str, rounds: u32) {
    match node::version() {
        Some(version) => println!(
            "Node {version}; milliseconds, best of {rounds} rounds (mean); ×Node is Node's best against the best\n"
        ),
        None => println!(
            "Node is not installed, so there is nothing to compare with; milliseconds, best of {rounds} rounds (mean)\n"
        ),
    }
    let mut summary = Summary::default();
    for shape in shapes().filter(|shape| shape.name.contains(filter)) {
        print_shape(shape, rounds, &mut summary);
    }
    summary.print();
}

/// Runs one contender so many times, for a profiler.
pub(crate) fn run(shape: &str, contender: &str, times: u32) -> bool {
    let found = find(shape, contender);
    if let Some((_, contender)) = found {
        (0..times).for_each(|_| (contender.run)());
    }
    found.is_some()
}

fn find(shape: &str, contender: &str) -> Option<(&'static Shape, &'static Contender)> {
    let shape = shapes().find(|known| known.name == shape)?;
    let mut contenders = shape.contenders.iter();
    Some((shape, contenders.find(|known| known.name == contender)?))
}

fn print_shape(shape: &Shape, rounds: u32, summary: &mut Summary) {
    let mut theirs = Outcome::default();
    let mut ours: Vec<_> = shape
        .contenders
        .iter()
        .flat_map(|contender| Allocator::BOTH.map(|allocator| (contender, allocator)))
        .map(|row| (row, Outcome::default()))
        .collect();
    for _ in 0..rounds {
        if let Some(name) = shape.node {
            theirs.times.extend(node::run(name));
        }
        for ((contender, allocator), outcome) in &mut ours {
            child::run(shape, contender, *allocator, outcome);
        }
    }
    println!("{}", shape.name);
    if let Some(best) = theirs.best() {
        println!("{}", columns("Node", best, theirs.mean()));
    }
    for ((contender, allocator), outcome) in &ours {
        let name = match allocator {
            Allocator::System => contender.name.to_owned(),
            Allocator::Fast => format!("  with {}", allocator.name()),
        };
        let Some(best) = outcome.best() else {
            println!("  {name:<46}         - it did not run");
            continue;
        };
        print!("{}", columns(&name, best, outcome.mean()));
        if let Some(theirs) = theirs.best() {
            let ratio = theirs.as_secs_f64() / best.as_secs_f64();
            print!("   ×{ratio:<6.2}");
            summary.add(contender.who, *allocator, shape.name, ratio);
        }
        let allocations = outcome.allocations as f64 / shape.unit.times as f64;
        match allocator {
            Allocator::System => println!("   {allocations:.2} allocations a {}", shape.unit.name),
            Allocator::Fast => println!(),
        }
    }
    println!();
}

fn columns(name: &str, best: Duration, mean: Duration) -> String {
    let mean = format!("({:.1})", milliseconds(mean));
    format!("  {name:<46} {:>9.1} {mean:>9}", milliseconds(best))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
