//! Runs a shape in Node, if that is installed.

use super::RUNS;
use std::process::Command;
use std::time::Duration;

pub(super) fn version() -> Option<String> {
    let output = Command::new("node").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The time of each run; none without Node.
pub(super) fn run(shape: &str) -> Vec<Duration> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/node/shapes.mjs");
    let Ok(output) = Command::new("node")
        .args([script, shape, &RUNS.to_string()])
        .output()
    else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(milliseconds_of)
        .collect()
}

/// The time that a line with a run's milliseconds says.
pub(super) fn milliseconds_of(line: &str) -> Option<Duration> {
    let milliseconds: f64 = line.parse().ok()?;
    Duration::try_from_secs_f64(milliseconds / 1e3).ok()
}
