//! Promises/A+ 1.1: its official suite, all 872 tests, against both hot promises, inside Node.
//!
//! `conformance/` is the addon and its JavaScript side. Where Node or npm is missing, or npm cannot install the suite, one line
//! on stderr says so and nothing is tested; with `CONFORMANCE=required` in the environment that is a failure.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

/// How many tests version 2.1.2 of the suite has.
const TESTS: u32 = 872;
const SUITE: &str = "promises-aplus-tests";
const SUBJECTS: [&str; 3] = ["LocalPromise", "Promise", "Promise on tokio"];

#[test]
fn the_hot_promises_pass_promises_aplus() {
    let folder = match install() {
        Ok(folder) => folder,
        Err(reason) => return skip(&reason),
    };
    // Most of the time goes by in the suite's timers, so all run at once.
    let reports = thread::scope(|scope| {
        let folder = &folder;
        SUBJECTS
            .map(|subject| scope.spawn(move || run(subject, folder)))
            .map(|thread| thread.join().expect("a thread that only runs Node"))
    });
    for (subject, report) in SUBJECTS.iter().zip(reports) {
        let expected = format!("{TESTS} passed, 0 failed");
        assert_eq!(
            report.lines().last(),
            Some(&*expected),
            "{subject}\n{report}"
        );
    }
}

/// What the suite says about one of them.
fn run(subject: &str, folder: &Path) -> String {
    let script = conformance().join("js/aplus.cjs");
    // Node would end at the first of the many rejections that the suite leaves alone on purpose.
    let output = command("node", folder)
        .arg("--unhandled-rejections=none")
        .args([script.as_os_str(), addon().as_os_str(), OsStr::new(subject)])
        .output()
        .expect("Node was there a moment ago");
    text(&output)
}

/// The folder that has the suite in its `node_modules`, or why there is none.
fn install() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance");
    fs::create_dir_all(&folder).expect("cargo's folder for tests can be written to");
    answers("node", &folder)?;
    let manifest = fs::read(conformance().join("package.json")).expect("it is checked in");
    // Written last, so an installation that was interrupted is begun again.
    let installed = folder.join("installed.json");
    if fs::read(&installed).ok().as_ref() == Some(&manifest) {
        return Ok(folder);
    }
    answers(npm(), &folder)?;
    fs::write(folder.join("package.json"), &manifest).expect("the folder is there");
    let output = command(npm(), &folder)
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--ignore-scripts",
        ])
        .args([
            "--fetch-retries=1",
            "--fetch-retry-mintimeout=1000",
            "--fetch-timeout=60000",
        ])
        .output()
        .map_err(|error| format!("npm does not start: {error}"))?;
    if output.status.success() {
        fs::write(installed, manifest).expect("the folder is there");
        return Ok(folder);
    }
    // The first lines say what is the matter, the others where npm has written more of it.
    let reason: Vec<_> = text(&output)
        .lines()
        .filter(|line| line.contains("error"))
        .take(3)
        .map(str::to_owned)
        .collect();
    Err(format!(
        "npm cannot install {SUITE}:\n{}",
        reason.join("\n")
    ))
}

fn answers(program: &str, folder: &Path) -> Result<(), String> {
    match command(program, folder).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{program} does not work:\n{}", text(&output))),
        Err(error) => Err(format!("{program} cannot be run: {error}")),
    }
}

/// Past the capture of what tests print, because nobody looks into a test that has passed.
fn skip(reason: &str) {
    let required = std::env::var_os("CONFORMANCE").is_some_and(|value| value == "required");
    assert!(!required, "Promises/A+ is required, but {reason}");
    writeln!(io::stderr(), "skipped: Promises/A+, because {reason}").expect("stderr takes a line");
}

/// Where cargo puts the addon: next to the tests, whose dependency it is.
fn addon() -> PathBuf {
    let tests = std::env::current_exe().expect("a test knows where it is");
    let addon = tests.with_file_name(format!("{DLL_PREFIX}promise_conformance{DLL_SUFFIX}"));
    assert!(addon.exists(), "cargo has built no {}", addon.display());
    addon
}

fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

fn text(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    text
}
