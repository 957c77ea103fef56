//! What `promise!` costs, next to hand-written `async` and to its peers. All are measured in the same run.
//!
//! ```text
//! cargo run --release -p promise-benches                    # every table
//! cargo run --release -p promise-benches -- chain           # one of: chain, combinators, patterns, compile
//! cargo run --release -p promise-benches -- large           # combinators of 2 to 10,000 promises; takes half an hour
//! cargo run --release -p promise-benches -- large "Vec of 30,"   # those cases whose name contains this
//! cargo run --release -p promise-benches -- hot             # hot promises next to Node and others; takes minutes
//! cargo run --release -p promise-benches -- hot doxbee      # those shapes whose name contains this
//! cargo run --release -p promise-benches -- compile 5       # the best of five builds instead of three
//! ```
//!
//! # What the columns mean
//!
//! | column | what it is |
//! |---|---|
//! | bytes | `size_of_val` of the future |
//! | allocs | calls of the global allocator while one future is built, polled to its end, and dropped |
//! | Ir | instructions for the same, exactly repeatable: the binary runs itself under `valgrind --tool=callgrind`, once with some iterations and once with more; the difference of the totals is divided by the difference of the iterations. `-` where valgrind is not installed |
//! | ns | wall time for the same, the best of several rounds. It changes with the machine's mood: read it as an order of magnitude |
//! | ×hand | the Ir (or bytes) divided by those of the row `hand-written` in the same group |
//! | ×futures | the Ir divided by those of futures-rs |
//!
//! In the table of compile times, `wall` is what a person waits for, the best of several runs; `cpu` is the user and
//! system time of cargo, rustc and the linker together, which another program on the machine disturbs less. Both contain what it
//! takes to start cargo and to load the dependencies; the row `empty crate` says how much that is.
//!
//! In the tables of hot promises the times are milliseconds, and `×Node` says how many times as fast as Node a row is. Each contender has a
//! second row with `mimalloc` for the system's allocator; its allocations are counted in a run that is not timed. At the end stand
//! the geometric means, and in how many shapes Node wins.
//!
//! The table of patterns ends with a queue next to p-queue on Node, which needs `node` and `npm`.
//!
//! Nothing here asserts. Sizes and allocations also stand as tests in the crate `tests`.
#![recursion_limit = "512"]

mod allocator;
mod chain;
mod combinators;
mod combine_table;
mod combine_table_leaves;
mod combine_table_others;
mod compile;
mod hot;
mod leaf;
mod measure;
mod patterns;
mod patterns_shared;
mod queue;
mod report;
mod sources;

use std::process::ExitCode;

/// How often Node and the others take turns.
const HOT_ROUNDS: u32 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            report::print(&chain::table());
            report::print(&combinators::table());
            report::print(&patterns::table());
            queue::print();
            compile::print(3);
        }
        ["chain"] => report::print(&chain::table()),
        ["combinators"] => report::print(&combinators::table()),
        ["hot"] => hot::print("", HOT_ROUNDS),
        ["hot", filter] => hot::print(filter, HOT_ROUNDS),
        [hot::ONE_CONTENDER, shape, contender] => {
            if !hot::run_in_child(shape, contender) {
                return usage();
            }
        }
        ["hot", shape, contender, times] => match times.parse() {
            Ok(times) if hot::run(shape, contender, times) => {}
            _ => return usage(),
        },
        ["patterns"] => {
            report::print(&patterns::table());
            queue::print();
        }
        ["large"] => combine_table::print(""),
        ["large", filter] => combine_table::print(filter),
        [combine_table::ONE_CASE, name, times] => match times.parse() {
            Ok(times) => combine_table::run(name, times),
            Err(_) => return usage(),
        },
        ["compile"] => compile::print(3),
        ["compile", rounds] => match rounds.parse() {
            Ok(rounds) if rounds > 0 => compile::print(rounds),
            _ => return usage(),
        },
        [measure::ONE_CASE, table, case, iterations] => {
            let table = match table {
                chain::NAME => chain::table(),
                combinators::NAME => combinators::table(),
                patterns::NAME => patterns::table(),
                _ => return usage(),
            };
            let (Ok(case), Ok(iterations)) = (case.parse(), iterations.parse()) else {
                return usage();
            };
            table.run(case, iterations);
        }
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: promise-benches [chain | combinators | hot [filter] | patterns | large [filter] | compile [rounds]]"
    );
    ExitCode::FAILURE
}
