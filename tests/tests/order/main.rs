//! `LocalPromise` on the event loop runs everything in the order in which Node runs it: random programs, run by both.
//! `tests/order/README.md` says how to read a log, to run more programs, and to write the golden logs anew.

#![allow(clippy::duplicate_mod, reason = "one text for both kinds of promise")]

mod compare;
mod generate;
mod golden;
mod javascript;
mod mentions;
mod node;
mod program;
mod random;
mod rejections;
mod setting;
mod shrink;
mod value;

/// `LocalPromise`.
mod local {
    mod kind;
    #[path = "../play/mod.rs"]
    pub(crate) mod play;
}

/// `Promise`.
mod shared {
    mod kind;
    #[path = "../play/mod.rs"]
    pub(crate) mod play;
}

use compare::{LOCAL, Report, SHARED, Side};
use generate::{generate, generate_confluent};
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
    let report = LOCAL.differences(pairs);
    let (count, all) = (report.count, golden.len());
    assert_eq!(
        count, 0,
        "{count} of {all} programs run in another order than in Node: {}",
        report.text
    );
}

#[test]
fn against_node() {
    compare_with_node(&LOCAL, generate);
}

/// `Promise` promises less: what happens, but not in which turn.
#[test]
fn promises_of_many_threads_do_the_same_in_some_order() {
    compare_with_node(&SHARED, generate_confluent);
}

fn compare_with_node(side: &Side, generate: fn(u64) -> Program) {
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
    let mut all = Report::default();
    for batch in batches(first..first + programs) {
        let programs: Vec<Program> = batch.map(generate).collect();
        let logs = node::logs(&programs, timers);
        all.add(side.differences(programs.iter().zip(logs.iter().map(String::as_str))));
    }
    assert_eq!(
        all.count, 0,
        "{} of {programs} programs from seed {first} on differ from Node: {}",
        all.count, all.text
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
