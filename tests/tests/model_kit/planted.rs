//! Whether a model would notice an error: each ordering that the source asks for is weakened in turn, and some model must fail.

use std::{
    collections::BTreeSet,
    panic::Location,
    process::{Command, Stdio},
    sync::{Mutex, OnceLock, atomic::Ordering},
};

/// A test of each model, and one that every ordering in the source is needed by one of them, but for those that are `$unseen`.
/// For a module `tests` below the models.
macro_rules! models {
    ($unseen:expr; $($model:ident)+) => {
        $(
            #[test]
            fn $model() {
                super::$model();
            }
        )+

        #[test]
        fn every_ordering_is_needed() {
            crate::planted::every_ordering_is_needed("tests::every_ordering_is_needed", &[$(super::$model),+], $unseen);
        }
    };
}

/// One half of an ordering at one place of the source, as `acquire combine/many/wakers/lender.rs:123`.
const VARIABLE: &str = "PROMISE_MODEL_WITHOUT";

fn planted() -> Option<&'static str> {
    static PLANTED: OnceLock<Option<String>> = OnceLock::new();
    PLANTED
        .get_or_init(|| std::env::var(VARIABLE).ok())
        .as_deref()
}

/// The halves met so far.
static MET: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// What is left of `order` at the caller's place, given what it would be without its acquiring or its releasing half.
#[track_caller]
pub(crate) fn ordering(
    order: Ordering,
    no_acquire: Option<Ordering>,
    no_release: Option<Ordering>,
) -> Ordering {
    if order == Ordering::Relaxed {
        return order;
    }
    let place = Location::caller();
    let file = in_source(place.file());
    for (half, without) in [("acquire", no_acquire), ("release", no_release)] {
        let Some(without) = without else { continue };
        let name = format!("{half} {file}:{}", place.line());
        if planted() == Some(&name) {
            return without;
        }
        if planted().is_none() {
            MET.lock().unwrap().insert(name);
        }
    }
    order
}

/// Runs the models as they are, and then once for each half of each ordering that they meet, in a process of its own: there, one must fail.
///
/// `test` is the name of the test that calls this. Not asked for are halves of which loom cannot tell, given with a part of their line.
pub(crate) fn every_ordering_is_needed(test: &str, models: &[fn()], unseen: &[(&str, &str, &str)]) {
    for model in models {
        model();
    }
    if planted().is_some() {
        return;
    }
    let halves = MET.lock().unwrap().clone();
    assert!(!halves.is_empty(), "the models have met no ordering");
    let passes = |half: &str| {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test])
            .env(VARIABLE, half)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.unwrap().success()
    };
    let unneeded: Vec<_> = halves
        .iter()
        .filter(|half| !unseen.iter().any(|unseen| is_at(half, unseen)))
        .filter(|half| passes(half))
        .collect();
    assert!(
        unneeded.is_empty(),
        "no model fails without these: {unneeded:#?}"
    );
}

/// The file's path within the crate's source.
fn in_source(file: &str) -> &str {
    file.rsplit("/src/").next().unwrap_or_default()
}

/// Whether this is the half of an ordering in a line of this file that contains this.
fn is_at(half: &str, &(kind, file, part): &(&str, &str, &str)) -> bool {
    let name = format!("{kind} {}:", in_source(file));
    let Some(line) = half.strip_prefix(&name) else {
        return false;
    };
    let source = std::fs::read_to_string(file).unwrap();
    let line: usize = line.parse().unwrap();
    source.lines().nth(line - 1).unwrap().contains(part)
}
