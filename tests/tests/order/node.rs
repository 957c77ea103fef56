//! Node, where it is present, as the other side.

use super::program::Program;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;

const INTERPRETER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/order/interpret.mjs");

/// Whose timers Node runs the programs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timers {
    Virtual,
    Real,
}

/// Why Node cannot be asked, if so.
pub(crate) fn missing() -> Option<String> {
    let Ok(output) = Command::new("node").arg("--version").output() else {
        return Some("no `node` here".to_owned());
    };
    let version = String::from_utf8_lossy(&output.stdout);
    let major = version.trim_start_matches('v').split('.').next();
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(18..) => None,
        _ => Some(format!("Node 18 or later is needed, not {version:?}")),
    }
}

/// The log of each program.
///
/// With real timers a program whose log is not that of virtual time runs again, up to four times: on a machine with other
/// work a timer may be too late for its order. What it logs the last time counts.
pub(crate) fn logs(programs: &[Program], timers: Timers) -> Vec<String> {
    let mut logs = run(programs, Timers::Virtual);
    if timers == Timers::Virtual {
        return logs;
    }
    let virtually = std::mem::replace(&mut logs, run(programs, Timers::Real));
    for _ in 0..4 {
        let late: Vec<usize> = (0..programs.len())
            .filter(|index| logs[*index] != virtually[*index])
            .collect();
        let again: Vec<Program> = late.iter().map(|index| programs[*index].clone()).collect();
        for (index, log) in late.into_iter().zip(run(&again, Timers::Real)) {
            logs[index] = log;
        }
    }
    logs
}

fn run(programs: &[Program], timers: Timers) -> Vec<String> {
    let mut input = String::new();
    for program in programs {
        writeln!(input, "{program}").expect("a String takes everything");
    }
    let timers = match timers {
        Timers::Virtual => "--timers=virtual",
        Timers::Real => "--timers=real",
    };
    let mut node = Command::new("node")
        .args(["--no-warnings", INTERPRETER, timers])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node starts");
    let mut stdin = node.stdin.take().expect("a pipe");
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = node.wait_with_output().expect("Node ends");
    writer
        .join()
        .expect("no panic")
        .expect("Node reads everything");
    assert!(output.status.success(), "Node failed: {}", output.status);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let logs: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(logs.len(), programs.len(), "one log for each program");
    logs
}
