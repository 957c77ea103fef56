//! Whatever is between the brackets of `promise!`, expanding it ends, and does not panic.
//!
//! The inputs grow from the chains in this workspace's tests, by mutations that a seed decides: each run sees the same
//! ones. `PROMISE_FUZZ_SECONDS=600 cargo test -p promise-macros --release` goes on with new seeds for ten minutes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use proc_macro2::{Delimiter, Group, Literal, Punct, Spacing, TokenStream, TokenTree};

/// What is mixed in: the words that mean something, and what goes wrong most easily around them.
const WORDS: &str = "Promise . all allSettled any race resolve reject try never delay map filter each reduce new then \
    catch finally tap tapCatch spread timeout retry throw await async return break continue move match if else let const \
    var function null undefined instanceof typeof console log loop while for in of as self Self super crate r#type r#try _ \
    x user error resolve promise println format vec my_macro Err Ok None Some Duration u32 \
    => | || , ; : :: < > - -> = == === !== ! ? ... .. ..= & * + ++ # @ ~ $ 'a 0 1 2.5 \"text\" 'c' b'x' {} () [] \
    {concurrency:8} (value) (a,b) ({a,b}) ([a,b]) (x=>x) (|x|x) (()=>5) {return(5)} {throw(x)}";

#[test]
fn expanding_ends_without_a_panic() {
    let seeds = seeds();
    assert!(seeds.len() > 20, "the chains of the tests were not found");
    for seed in &seeds {
        expand(seed);
    }
    match std::env::var("PROMISE_FUZZ_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
    {
        Some(seconds) => {
            let end = Instant::now() + Duration::from_secs(seconds);
            let mut round = 1;
            while Instant::now() < end {
                mutate(&seeds, round, 10_000);
                round += 1;
            }
            println!("{} inputs", (round - 1) * 10_000);
        }
        None => mutate(&seeds, 0, 20_000),
    }
}

/// Nothing is looked at more often the deeper it is nested.
#[test]
fn expanding_takes_linear_time_in_depth() {
    let nests = [
        ("f(1).then(a => ", ")"),
        ("Promise.all([", ", b])"),
        ("(", ")"),
        ("f(1).then(a => { let b = ", "; b })"),
        ("f(1).then(a => format!(\"{}\", ", "))"),
        ("f(1).catch(A(x) if x => ", ")"),
        ("f(1).then(|a| ", ")"),
        ("new Promise(resolve => ", ")"),
        ("f(1).then(a => ({ a: ", " }))"),
        ("f(1).then(|v| v).finaly(|| ", ")"),
    ];
    for (open, close) in nests {
        for source in ["x", "x === 1", ""] {
            let text = format!("{}{source}{}", open.repeat(24), close.repeat(24));
            expand(&TokenStream::from_str(&text).expect("the brackets match"));
        }
    }
    // What is nearly a step, after what may be one.
    for chain in [
        "f(1).delay(a => 1).finaly(|| 5)",
        "f(1).timeout(d).finaly(|| 5)",
        "f(1).then(a => a.delay(b => 1).finaly(|| 5))",
        "Promise.all([a, b]).finaly(|| 5)",
        "f(1).foo(a => 1).finaly(|| 5)",
    ] {
        expand(&TokenStream::from_str(chain).expect("the brackets match"));
    }
    let steps = ".then(a => a + 1).catch(|e| 5).finaly(|| x)".repeat(200);
    expand(&TokenStream::from_str(&format!("f(1){steps}")).expect("the brackets match"));
}

fn expand(input: &TokenStream) {
    let start = Instant::now();
    let expanded = catch_unwind(AssertUnwindSafe(|| crate::expand(input.clone())));
    assert!(expanded.is_ok(), "a panic at: {input}");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "no end at: {input}"
    );
}

/// The tokens of each `promise!` in the tests.
fn seeds() -> Vec<TokenStream> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tests");
    let mut seeds = Vec::new();
    for folder in [tests.join("ui"), tests] {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        files.sort();
        for file in files
            .iter()
            .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            if let Ok(tokens) = TokenStream::from_str(&text) {
                chains(tokens, &mut seeds);
            }
        }
    }
    seeds
}

fn chains(tokens: TokenStream, seeds: &mut Vec<TokenStream>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            let is_call = index > 1
                && matches!(&tokens[index - 2], TokenTree::Ident(name) if name == "promise");
            if is_call {
                seeds.push(group.stream());
            }
            chains(group.stream(), seeds);
        }
    }
}

fn mutate(seeds: &[TokenStream], round: u64, count: usize) {
    let mut random =
        Random(0x9E37_79B9_7F4A_7C15 ^ (round + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
    let words = words();
    for _ in 0..count {
        let mut tokens = random.pick(seeds).clone();
        for _ in 0..=random.below(4) {
            let other = random.pick(seeds).clone();
            tokens = mutated(tokens, &other, &words, &mut random);
        }
        expand(&tokens);
    }
}

fn words() -> Vec<TokenTree> {
    let mut words = Vec::new();
    for word in WORDS.split_whitespace() {
        words.extend(TokenStream::from_str(word).expect("a word"));
    }
    words.push(TokenTree::Punct(Punct::new('=', Spacing::Joint)));
    words.push(TokenTree::Punct(Punct::new('|', Spacing::Joint)));
    words.push(TokenTree::Punct(Punct::new(':', Spacing::Joint)));
    words.push(TokenTree::Literal(Literal::i64_suffixed(-1)));
    words
}

/// One change, somewhere in the tree.
fn mutated(
    tokens: TokenStream,
    other: &TokenStream,
    words: &[TokenTree],
    random: &mut Random,
) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let groups: Vec<usize> = (0..tokens.len())
        .filter(|&index| matches!(tokens[index], TokenTree::Group(_)))
        .collect();
    if !groups.is_empty() && random.below(3) > 0 {
        let index = *random.pick(&groups);
        if let TokenTree::Group(group) = &tokens[index] {
            let inner = mutated(group.stream(), other, words, random);
            tokens[index] = TokenTree::Group(Group::new(group.delimiter(), inner));
        }
        return tokens.into_iter().collect();
    }
    let at = random.below(tokens.len() + 1);
    let end = (at + 1 + random.below(3)).min(tokens.len());
    match random.below(8) {
        0 if at < tokens.len() => {
            tokens.drain(at..end);
        }
        1 if at < tokens.len() => {
            let copy = tokens[at..end].to_vec();
            tokens.splice(at..at, copy);
        }
        2 if at + 1 < tokens.len() => tokens.swap(at, at + 1),
        3 if at < tokens.len() => tokens[at] = random.pick(words).clone(),
        4 => {
            let inner = tokens
                .drain(at.min(tokens.len())..end.max(at.min(tokens.len())))
                .collect();
            let delimiters = [
                Delimiter::Parenthesis,
                Delimiter::Brace,
                Delimiter::Bracket,
                Delimiter::None,
            ];
            let group = Group::new(*random.pick(&delimiters), inner);
            tokens.insert(at.min(tokens.len()), TokenTree::Group(group));
        }
        5 if at < tokens.len() => {
            if let TokenTree::Group(group) = tokens[at].clone() {
                tokens.splice(at..=at, group.stream());
            } else {
                tokens.truncate(at);
            }
        }
        6 => {
            let other: Vec<TokenTree> = other.clone().into_iter().collect();
            let start = random.below(other.len() + 1);
            let taken = (start + random.below(6)).min(other.len());
            tokens.splice(at..at, other[start..taken].iter().cloned());
        }
        _ => tokens.insert(at, random.pick(words).clone()),
    }
    tokens.into_iter().collect()
}

/// xorshift: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
