//! Runs a shape in Node, if that is installed.

use std::process::Command;
use std::time::Duration;

/// How often a shape runs in one process, after a warm-up.
pub(super) const RUNS: u32 = 5;

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
        .filter_map(|line| line.parse().ok())
        .map(|milliseconds: f64| Duration::from_secs_f64(milliseconds / 1e3))
        .collect()
}
