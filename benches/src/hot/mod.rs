//! Hot promises next to Node's and to what Rust has for the same: one table, all columns in one run.
//!
//! Every shape stands in `shapes.rs` for Rust and in `node/shapes.mjs` for Node. Rounds are interleaved, so that another program
//! on the machine disturbs all alike; the first round of each is a warm-up.

mod node;
mod peers;
mod shapes;

use std::time::{Duration, Instant};

/// One way to do what a shape asks for.
pub(crate) struct Contender {
    name: &'static str,
    run: fn(),
}

/// What is measured, and by whom it can be done.
pub(crate) struct Shape {
    name: &'static str,
    /// Its name in `node/shapes.mjs`, if Node can do it.
    node: Option<&'static str>,
    contenders: &'static [Contender],
}

fn shapes() -> impl Iterator<Item = &'static Shape> {
    shapes::SHAPES.iter().chain(peers::SHAPES)
}

/// Prints the shapes whose name contains `filter`.
pub(crate) fn print(filter: &str, rounds: u32) {
    match node::version() {
        Some(version) => println!(
            "Node {version}; milliseconds, best of {rounds} rounds (mean); ×Node is the best against Node's best\n"
        ),
        None => println!(
            "Node is not installed, so there is nothing to compare with; milliseconds, best of {rounds} rounds (mean)\n"
        ),
    }
    for shape in shapes().filter(|shape| shape.name.contains(filter)) {
        print_shape(shape, rounds);
    }
}

/// Runs one contender so many times, for a profiler.
pub(crate) fn run(shape: &str, contender: &str, times: u32) -> bool {
    let found = shapes()
        .filter(|known| known.name == shape)
        .flat_map(|shape| shape.contenders)
        .find(|known| known.name == contender);
    if let Some(contender) = found {
        (0..times).for_each(|_| (contender.run)());
    }
    found.is_some()
}

fn print_shape(shape: &Shape, rounds: u32) {
    let mut theirs = Times::default();
    let mut ours: Vec<Times> = shape.contenders.iter().map(|_| Times::default()).collect();
    for contender in shape.contenders {
        (contender.run)();
    }
    for _ in 0..rounds {
        if let Some(name) = shape.node {
            theirs.0.extend(node::run(name));
        }
        for (contender, times) in shape.contenders.iter().zip(&mut ours) {
            // As often as Node does in one process.
            for _ in 0..node::RUNS {
                let start = Instant::now();
                (contender.run)();
                times.0.push(start.elapsed());
            }
        }
    }
    println!("{}", shape.name);
    if let Some(best) = theirs.best() {
        println!(
            "  {:<46} {:>9.1} ({:.1})",
            "Node",
            milliseconds(best),
            milliseconds(theirs.mean())
        );
    }
    for (contender, times) in shape.contenders.iter().zip(&ours) {
        let Some(best) = times.best() else { continue };
        print!(
            "  {:<46} {:>9.1} ({:.1})",
            contender.name,
            milliseconds(best),
            milliseconds(times.mean())
        );
        match theirs.best() {
            Some(theirs) => println!("   ×{:.2}", theirs.as_secs_f64() / best.as_secs_f64()),
            None => println!(),
        }
    }
    println!();
}

#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn best(&self) -> Option<Duration> {
        self.0.iter().min().copied()
    }

    fn mean(&self) -> Duration {
        self.0.iter().sum::<Duration>() / u32::try_from(self.0.len().max(1)).unwrap_or(u32::MAX)
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
