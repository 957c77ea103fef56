//! The logs that Node wrote, checked in: one line a program, with its seed, a checksum of its text, and the log.

use super::generate::generate;
use super::node::{self, Timers};
use super::program::Program;
use std::fmt::Write;
use std::fs;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/order/golden.txt");
const PROGRAMS: u64 = 2_000;

pub(crate) struct Golden {
    pub(crate) program: Program,
    pub(crate) log: String,
}

/// All of them. Panics if they are not those of the generator as it is now.
pub(crate) fn read() -> Vec<Golden> {
    let text = fs::read_to_string(FILE).expect("the golden logs");
    let all: Vec<Golden> = (0..PROGRAMS)
        .zip(text.lines())
        .map(|(seed, line)| {
            let program = generate(seed);
            let start = format!("{seed} {:08x} ", checksum(&program));
            let Some(log) = line.strip_prefix(&start) else {
                panic!(
                    "the generator does not make the programs of the golden logs any more, beginning with seed {seed}: \
                     write them anew as tests/order/README.md says"
                );
            };
            let log = log.to_owned();
            Golden { program, log }
        })
        .collect();
    assert_eq!(all.len() as u64, PROGRAMS, "all of the logs");
    all
}

/// Has Node write them anew, with its own timers and in virtual time, which must not differ.
pub(crate) fn write() {
    let programs: Vec<Program> = (0..PROGRAMS).map(generate).collect();
    let logs = node::logs(&programs, Timers::Real);
    let mut text = String::new();
    for ((seed, program), (log, virtually)) in programs
        .iter()
        .enumerate()
        .zip(logs.iter().zip(node::logs(&programs, Timers::Virtual)))
    {
        assert_eq!(
            *log, virtually,
            "Node's timers are late on this machine, or the interpreter's are wrong: {program}"
        );
        let checksum = checksum(program);
        writeln!(text, "{seed} {checksum:08x} {log}").expect("a String takes everything");
    }
    fs::write(FILE, text).expect("the golden logs can be written");
}

/// FNV-1a, so that a changed generator is not taken for a wrong order.
fn checksum(program: &Program) -> u32 {
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    program.to_string().bytes().fold(0x811c_9dc5, fold)
}
