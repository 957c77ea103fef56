//! Each file in `ui/` is one mistake, named after it; its `.stderr` is what rustc says about it. `ui/README.md` has the
//! table. `TRYBUILD=overwrite cargo test -p promise-tests --test ui` writes the `.stderr` files anew.

use std::path::{Path, PathBuf};

#[test]
fn mistakes_do_not_compile() {
    if !is_pinned_compiler() {
        eprintln!("skipped: the messages are those of rustc 1.95");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.compile_fail("tests/ui/several/*.rs");
}

/// rustc words its part of the messages anew with each release.
fn is_pinned_compiler() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    std::process::Command::new(rustc)
        .arg("--version")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with("rustc 1.95."))
}

#[test]
fn a_mistake_is_one_error_on_a_part_of_a_line() {
    for message in files("stderr") {
        let text = read(&message);
        let name = message.display();
        let reports = |line: &&str| line.starts_with("error") || line.starts_with("warning");
        assert_eq!(text.lines().filter(reports).count(), 1, "{name}");
        let place = text
            .lines()
            .find_map(|line| line.trim_start().strip_prefix("--> "));
        let place = place.unwrap_or_else(|| panic!("{name} has no place"));
        let number: usize = place
            .split(':')
            .nth(1)
            .and_then(|number| number.parse().ok())
            .expect("a line");
        let source = read(&message.with_extension("rs"));
        let line = source.lines().nth(number - 1).unwrap_or_default().trim();
        let marks = text
            .lines()
            .find(|line| line.contains('^'))
            .unwrap_or_default();
        let marked = marks.matches('^').count();
        assert!(
            (1..line.len()).contains(&marked),
            "{name} marks {marked} of {}",
            line.len()
        );
    }
}

#[test]
fn the_table_names_every_file() {
    let table = read(&folder().join("README.md"));
    for file in files("rs") {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        assert!(
            table.contains(&format!("`{name}`")),
            "`{name}` is missing in README.md"
        );
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui")
}

fn files(extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the folder of this test");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a text")
}
