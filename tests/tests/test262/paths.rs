//! Every file of test262's `test/built-ins/Promise` is accounted for, once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PROMISE: &str = "test/built-ins/Promise/";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/test262")
}

fn list() -> String {
    fs::read_to_string(folder().join("not_ported.txt")).expect("the list is checked in")
}

/// The paths in the comments of this folder's tests. A test without one, and a path without a test, is an error.
fn ported() -> Vec<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder()).expect("the folder of this file") {
        let file = entry.expect("a file").path();
        if file.extension().is_none_or(|extension| extension != "rs") || file.ends_with("paths.rs")
        {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a source file");
        let lines: Vec<_> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let path = line
                .strip_prefix("// ")
                .filter(|line| line.starts_with("test/"));
            let test = lines.get(number + 1) == Some(&"#[test]");
            let place = || format!("{}:{}", file.display(), number + 1);
            assert_eq!(
                path.is_some(),
                test,
                "{}: a path stands above each test, and only there",
                place()
            );
            paths.extend(path.map(str::to_owned));
        }
    }
    paths
}

/// The groups of `not_ported.txt`: title, the count it states, and its paths.
fn groups(list: &str) -> Vec<(&str, usize, Vec<String>)> {
    let mut groups: Vec<(&str, usize, Vec<String>)> = Vec::new();
    for line in list.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            let (title, count) = title
                .rsplit_once(": ")
                .expect("a title ends with its count");
            groups.push((title, count.parse().expect("a number"), Vec::new()));
        } else if line.ends_with(".js") {
            let (_, _, paths) = groups.last_mut().expect("a path is in a group");
            paths.push(format!("{PROMISE}{line}"));
        }
    }
    groups
}

#[test]
fn each_group_has_as_many_files_as_its_title_says() {
    let list = list();
    for (title, count, paths) in groups(&list) {
        assert_eq!(paths.len(), count, "{title}");
        assert!(
            paths.is_sorted(),
            "{title}: the files are in order, so that one can be found"
        );
    }
}

#[test]
fn no_file_is_ported_twice_or_ported_and_listed() {
    let mut seen = BTreeSet::new();
    let list = list();
    let listed = groups(&list).into_iter().flat_map(|(_, _, paths)| paths);
    for path in ported().into_iter().chain(listed) {
        assert!(seen.insert(path.clone()), "{path} is there twice");
    }
}

#[test]
fn the_header_counts_what_there_is() {
    let list = list();
    let listed: usize = groups(&list).iter().map(|(_, _, paths)| paths.len()).sum();
    let (promise, elsewhere): (Vec<_>, Vec<_>) = ported()
        .into_iter()
        .partition(|path| path.starts_with(PROMISE));
    let header = format!(
        "{} files of {PROMISE}: {} ported, {listed} not; {} ported from elsewhere",
        promise.len() + listed,
        promise.len(),
        elsewhere.len(),
    );
    assert_eq!(list.lines().next(), Some(&*header));
    assert_eq!(
        promise.len() + listed,
        729,
        "the files of the commit that `main.rs` names"
    );
}
