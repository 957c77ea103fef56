//! `LocalPromise` on the event loop runs everything in the order in which Node runs it: random programs, run by both.
//! `tests/order/README.md` says how to read a log, to run more programs, and to write the golden logs anew.

mod compare;
mod generate;
mod golden;
mod javascript;
mod mentions;
mod node;
mod play;
mod program;
mod random;
mod shrink;

use generate::generate;
use node::Timers;
use program::Program;
use std::env;
use std::io::Write;
use std::ops::Range;

/// Of the programs that are run against Node itself; the golden logs' stand before.
const FIRST_SEED: u64 = 1_000_000;
/// How many programs Node gets at a time.
const BATCH: u64 = 2_000;

#[test]
fn golden_logs() {
    if env::var_os("PROMISE_ORDER_GOLDEN").is_some_and(|value| value == "write") {
        golden::write();
    }
    let golden = golden::read();
    let pairs = golden
        .iter()
        .map(|golden| (&golden.program, golden.log.as_str()));
    if let Some(report) = compare::differences(pairs) {
        let (count, all) = (report.count(), golden.len());
        panic!(
            "{count} of {all} programs run in another order than in Node: {}",
            report.text
        );
    }
}

#[test]
fn against_node() {
    if let Some(reason) = node::missing() {
        // Not by `eprintln`, which the test harness would keep to itself.
        writeln!(
            std::io::stderr(),
            "skipped: order against Node itself: {reason}"
        )
        .expect("standard error");
        return;
    }
    let timers = match env::var("PROMISE_ORDER_TIMERS").as_deref() {
        Ok("real") => Timers::Real,
        _ => Timers::Virtual,
    };
    let first = number("PROMISE_ORDER_SEED").unwrap_or(FIRST_SEED);
    let programs = number("PROMISE_ORDER_PROGRAMS").unwrap_or(BATCH);
    let (mut count, mut text) = (0, String::new());
    for batch in batches(first..first + programs) {
        let programs: Vec<Program> = batch.map(generate).collect();
        let logs = node::logs(&programs, timers);
        let pairs = programs.iter().zip(logs.iter().map(String::as_str));
        if let Some(report) = compare::differences(pairs) {
            count += report.count();
            if text.is_empty() {
                text = report.text;
            }
        }
    }
    assert_eq!(
        count, 0,
        "of {programs} programs from seed {first} on, {count} run in another order than in Node: {text}"
    );
}

fn batches(seeds: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = seeds.end;
    seeds
        .step_by(BATCH as usize)
        .map(move |start| start..end.min(start + BATCH))
}

fn number(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {value:?}")),
    )
}
