//! What rust-analyzer says while somebody types a chain: inputs and expected answers, asked of a rust-analyzer if there is one.
//!
//! `│` is the cursor. Skipped, with a line, where rust-analyzer or its server for procedural macros is missing; the same for rows that
//! need types, where the sources of the standard library are missing. `cargo test --test editor -- --nocapture` prints what was skipped and
//! what rust-analyzer cannot do.

#![cfg(unix)]

#[path = "editor_kit/server.rs"]
mod server;

use serde_json::{Value, json};
use server::Server;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What stands around each input, in place of `INPUT`.
const DOCUMENT: &str = "use promise_runtime::prelude::*;

pub struct User { pub height: u32, pub name: String }
impl User { pub fn heighten(self) -> User { self } }
pub async fn fetch(id: u32) -> Result<User, String> { Err(id.to_string()) }

pub fn typed() {
    let _ = promise! { INPUT };
}
";

enum Expected {
    /// Among the names that begin with what is typed, these come first.
    First(&'static [&'static str]),
    /// These names begin with what is typed and no others, each with its documentation.
    Only(&'static [&'static str]),
    /// These are among the names that begin with what is typed.
    Among(&'static [&'static str]),
    /// The text over the word contains this.
    Hover(&'static str),
    /// The definition is in this file, in a line that contains this.
    Definition(&'static str, &'static str),
    /// All of it is called `renamed` then.
    Renamed(&'static str),
}
use Expected::{Among, Definition, First, Hover, Only, Renamed};

const STEPS: Expected = Only(&[
    "catch",
    "delay",
    "each",
    "filter",
    "finally",
    "map",
    "reduce",
    "retry",
    "spread",
    "tap",
    "tap_catch",
    "then",
    "timeout",
]);
const STATICS: Expected = Only(&[
    "Promise",
    "all",
    "all_settled",
    "any",
    "delay",
    "each",
    "filter",
    "map",
    "never",
    "race",
    "reduce",
    "reject",
    "resolve",
    "try",
]);
const MEMBERS: Expected = First(&["heighten", "height", "name"]);
const HEIGHT: Expected = First(&["heighten", "height"]);

/// Whether the answer rests on types, hence on the standard library.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Types,
    Nothing,
}
use Needs::{Nothing, Types};

const ROWS: &[(&str, Needs, Expected)] = &[
    // Inside of handlers, whole and half typed.
    ("fetch(1).then(user => user.│)", Types, MEMBERS),
    ("fetch(1).then(user => user.hei│)", Types, HEIGHT),
    ("fetch(1).then(user => { user.│ })", Types, MEMBERS),
    (
        "fetch(1).then(user => { let tall = user.│; tall })",
        Types,
        MEMBERS,
    ),
    (
        "fetch(1).then(user => { if user.hei│ { 1 } else { 2 } })",
        Types,
        HEIGHT,
    ),
    (
        "fetch(1).then(async user => { let other = await fetch(2); other.hei│ })",
        Types,
        HEIGHT,
    ),
    ("fetch(1).then(|user| user.│)", Types, MEMBERS),
    ("fetch(1).then(|user| user.hei│)", Types, HEIGHT),
    (
        "fetch(1).catch(reason => reason.split_of│)",
        Types,
        First(&["split_off"]),
    ),
    (
        "fetch(1).then(user => fetch(2).then(other => other.hei│))",
        Types,
        HEIGHT,
    ),
    (
        "Promise.all([fetch(1), fetch(2)]).then(([a, b]) => a.hei│)",
        Types,
        HEIGHT,
    ),
    (
        "Promise.all({ a: fetch(1), b: fetch(2) }).then(({ a, b }) => b.hei│)",
        Types,
        HEIGHT,
    ),
    (
        "Promise.all({ a: fetch(1), b: fetch(2) }).then(both => both.│)",
        Types,
        First(&["a", "b"]),
    ),
    // Without the brackets at the end.
    ("fetch(1).then(user => user.hei│", Types, HEIGHT),
    ("fetch(1).then(user => { user.hei│", Types, HEIGHT),
    // An arrow without a body, and the beginning of one.
    ("fetch(1).then(user => │)", Nothing, First(&["user"])),
    ("fetch(1).then(user => us│)", Nothing, First(&["user"])),
    ("fet│", Nothing, First(&["fetch"])),
    // Steps and statics.
    // After a source these stand beside what its own type has.
    (
        "fetch(1).│",
        Nothing,
        Among(&["catch", "finally", "tap_catch", "then", "timeout"]),
    ),
    ("fetch(1).│", Types, Among(&["into_future", "then"])),
    ("fetch(1).th│", Nothing, Only(&["then"])),
    (
        "User { height: 1, name: String::new() }.hei│",
        Types,
        HEIGHT,
    ),
    ("fetch(1).then(user => user.name).│", Nothing, STEPS),
    (
        "fetch(1).then(user => user.name).ca│",
        Nothing,
        Only(&["catch"]),
    ),
    (
        "Promise.resolve(1).ta│",
        Nothing,
        Only(&["tap", "tap_catch"]),
    ),
    ("Promise.│", Nothing, STATICS),
    ("Promise.al│", Nothing, Only(&["all", "all_settled"])),
    // What is under the mouse.
    (
        "fetch(1).the│n(user => user.name)",
        Nothing,
        Hover("`.then(f)` goes on with what `f` makes of the value"),
    ),
    (
        "fetch(1).fina│lly(() => ())",
        Nothing,
        Hover("`.finally(f)`"),
    ),
    (
        "fetch(1).tapCa│tch(e => ())",
        Nothing,
        Hover("`.tap_catch(f)`"),
    ),
    (
        "Promise.allSet│tled([fetch(1), fetch(2)])",
        Nothing,
        Hover("`Promise.allSettled(xs)`"),
    ),
    (
        "fetch(1).then(us│er => user.name)",
        Types,
        Hover("let user: User"),
    ),
    (
        "fetch(1).then(user => us│er.name)",
        Types,
        Hover("let user: User"),
    ),
    // Where it comes from.
    (
        "fetch(1).the│n(user => user.name)",
        Nothing,
        Definition("steps.rs", "then"),
    ),
    (
        "fetch(1).cat│ch(e => panic!())",
        Nothing,
        Definition("steps.rs", "catch"),
    ),
    (
        "fetch(1).fina│lly(() => ())",
        Nothing,
        Definition("steps.rs", "finally"),
    ),
    (
        "Promise.al│l([fetch(1), fetch(2)])",
        Nothing,
        Definition("statics.rs", "all"),
    ),
    (
        "fet│ch(1).then(user => user.name)",
        Nothing,
        Definition("lib.rs", "pub async fn fetch"),
    ),
    (
        "fetch(1).then(user => us│er.name)",
        Nothing,
        Definition("lib.rs", "promise!"),
    ),
    (
        "fetch(1).then(user => user.na│me)",
        Types,
        Definition("lib.rs", "pub struct User"),
    ),
    // Another name for it.
    (
        "fetch(1).then(us│er => user.name)",
        Nothing,
        Renamed("fetch(1).then(renamed => renamed.name)"),
    ),
    (
        "fetch(1).then(user => us│er.name)",
        Nothing,
        Renamed("fetch(1).then(renamed => renamed.name)"),
    ),
    (
        "fetch(1).then(|us│er| user.name)",
        Nothing,
        Renamed("fetch(1).then(|renamed| renamed.name)"),
    ),
    (
        "fetch(1).then(user => { let tall = user.height; ta│ll + 1 })",
        Nothing,
        Renamed("fetch(1).then(user => { let renamed = user.height; renamed + 1 })"),
    ),
    (
        "fetch(1).then(user => fetch(us│er.height).then(other => user.name))",
        Nothing,
        Renamed("fetch(1).then(renamed => fetch(renamed.height).then(other => renamed.name))"),
    ),
];

/// What it does not do, and why. A row that has come to hold is printed, and belongs above.
const LIMITS: &[(&str, Expected, &str)] = &[
    (
        "fetch(1).then(user => user.name).│.finally(() => ())",
        STEPS,
        "two dots are one token of Rust's, a range, before any macro sees them",
    ),
    (
        "fetch(1).then(│)",
        First(&["fetch"]),
        "the missing handler is an error that stands in its place, and an editor compares the expansions with and without a name there",
    ),
];

#[test]
fn an_editor_understands_chains_while_they_are_typed() {
    let program = match server::find() {
        Ok(program) => program,
        Err(why) => return eprintln!("editor check skipped: {why}"),
    };
    let sources = server::find_sources();
    let root = project();
    let Some(mut server) = Server::start(&program, &root, &root.join("target"), sources.as_deref())
    else {
        return eprintln!(
            "editor check skipped: rust-analyzer has not loaded a small crate in time"
        );
    };
    let mut wrong = Vec::new();
    for (input, needs, expected) in ROWS {
        if *needs == Types && sources.is_none() {
            eprintln!(
                "skipped, as the standard library's sources are missing (rustup component add rust-src): {input}"
            );
        } else if let Err(answer) = check(&mut server, input, expected) {
            wrong.push(format!("{input}\n    {answer}"));
        }
    }
    for (input, expected, reason) in LIMITS {
        match check(&mut server, input, expected) {
            Ok(()) => eprintln!("no limit any more: {input}"),
            Err(_) => eprintln!("not with rust-analyzer: {input} ({reason})"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A crate of its own, so that the editor need not load what the tests depend on.
fn project() -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let runtime = workspace.join("promise-runtime");
    fs::create_dir_all(root.join("src")).unwrap();
    fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    fs::write(root.join("src/lib.rs"), "").unwrap();
    let manifest = format!(
        "[package]\nname = \"editor\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\npromise-runtime = {{ path = {runtime:?} }}\n\n[workspace]\n"
    );
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    root
}

/// Writes the input and asks; `Err` is what was answered instead of what is expected.
fn check(server: &mut Server, input: &str, expected: &Expected) -> Result<(), String> {
    let cursor = input.find('│').expect("each input has a cursor");
    let (before, after) = (&input[..cursor], &input[cursor + '│'.len_utf8()..]);
    let text = DOCUMENT.replace("INPUT", &format!("{before}{after}"));
    let start = DOCUMENT.find("INPUT").unwrap();
    let line = DOCUMENT[..start].lines().count() - 1;
    let column = DOCUMENT[..start].lines().last().unwrap().len() + before.chars().count();
    server.write(&text);
    let mut ask = |what: &str, more: Value| {
        server.ask_at(&format!("textDocument/{what}"), (line, column), &more)
    };
    match *expected {
        First(names) => {
            let offered = completions(&ask("completion", json!({})), before);
            let first = offered
                .iter()
                .take(names.len())
                .map(|(name, _)| name.as_str());
            same(first.collect(), names)
        }
        Among(names) => {
            let offered = completions(&ask("completion", json!({})), before);
            let is_there = |name: &&str| offered.iter().any(|(offered, _)| offered == name);
            match names.iter().find(|name| !is_there(name)) {
                Some(name) => Err(format!("`{name}` is missing")),
                None => Ok(()),
            }
        }
        Only(names) => {
            let mut offered = completions(&ask("completion", json!({})), before);
            offered.sort();
            same(
                offered.iter().map(|(name, _)| name.as_str()).collect(),
                names,
            )?;
            match offered
                .iter()
                .find(|(_, documentation)| documentation.is_empty())
            {
                Some((name, _)) => Err(format!("`{name}` has no documentation")),
                None => Ok(()),
            }
        }
        Hover(part) => {
            let answer = ask("hover", json!({}));
            let text = answer["contents"]["value"].as_str().unwrap_or_default();
            text.contains(part)
                .then_some(())
                .ok_or_else(|| text.to_owned())
        }
        Definition(file, part) => {
            let answer = ask("definition", json!({}));
            let target = answer.get(0).unwrap_or(&answer);
            let path = target["uri"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches("file://");
            let written = match path.ends_with("/editor/src/lib.rs") {
                true => text,
                false => fs::read_to_string(path).unwrap_or_default(),
            };
            let line = target["range"]["start"]["line"]
                .as_u64()
                .unwrap_or(u64::MAX);
            let line = written.lines().nth(line as usize).unwrap_or_default();
            let is_there = path.ends_with(&format!("/{file}")) && line.contains(part);
            is_there
                .then_some(())
                .ok_or_else(|| format!("{path}: {line}"))
        }
        Renamed(whole) => {
            let answer = ask("rename", json!({ "newName": "renamed" }));
            let renamed = apply(&text, &answer);
            let line = renamed.lines().nth(line).unwrap_or_default().trim();
            (line == format!("let _ = promise! {{ {whole} }};"))
                .then_some(())
                .ok_or_else(|| line.to_owned())
        }
    }
}

fn same(offered: Vec<&str>, expected: &[&str]) -> Result<(), String> {
    (offered == expected)
        .then_some(())
        .ok_or_else(|| format!("{offered:?}"))
}

/// The names that an editor shows, in its order, and their documentation: the server leaves it to the editor to compare with what is typed.
fn completions(answer: &Value, before: &str) -> Vec<(String, String)> {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let typed = &before[before.trim_end_matches(is_of_name).len()..];
    let items = answer["items"].as_array().or(answer.as_array());
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = items
        .into_iter()
        .flatten()
        .map(|item| {
            let label = text(item, "label");
            let name = label
                .split(|c| !is_of_name(c))
                .next()
                .unwrap_or_default()
                .to_owned();
            let documentation = item["documentation"]["value"].as_str().unwrap_or_default();
            (text(item, "sortText"), name, documentation.to_owned())
        })
        .filter(|(_, name, _)| name.starts_with(typed))
        .collect();
    found.sort();
    found
        .into_iter()
        .map(|(_, name, documentation)| (name, documentation))
        .collect()
}

/// The document after the edits, which are all in it.
fn apply(text: &str, edits: &Value) -> String {
    let mut edits: Vec<_> = edits["documentChanges"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|document| document["edits"].as_array().into_iter().flatten())
        .map(|edit| {
            let at = |end: &str| {
                let place = &edit["range"][end];
                let line = place["line"].as_u64().unwrap() as usize;
                let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
                start + place["character"].as_u64().unwrap() as usize
            };
            (
                at("start")..at("end"),
                edit["newText"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    let mut text = text.to_owned();
    for (place, new) in edits {
        text.replace_range(place, new);
    }
    text
}
