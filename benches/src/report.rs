//! Tables of cases, measured and printed.

use crate::measure::{Case, Figures};

pub(crate) const HAND_WRITTEN: &str = "hand-written";
pub(crate) const FUTURES: &str = "futures";

pub(crate) struct Table {
    /// How another process finds it.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) groups: Vec<Group>,
}

/// Cases that do the same.
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) cases: Vec<Case>,
}

impl Table {
    /// Runs one case, counted over all groups.
    pub(crate) fn run(&self, index: usize, times: u64) {
        let case = self.groups.iter().flat_map(|group| &group.cases).nth(index);
        if let Some(case) = case {
            case.run(times);
        }
    }
}

/// Measures and prints, group by group, so that there is something to read meanwhile.
pub(crate) fn print(table: &Table) {
    println!("\n## {}\n", table.title);
    println!("| case | written as | bytes | ×hand | allocs | Ir | ×hand | ×futures | ns |");
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    let mut index = 0;
    let mut counted = true;
    for group in &table.groups {
        let measured: Vec<(&str, Figures)> = group
            .cases
            .iter()
            .enumerate()
            .map(|(offset, case)| (case.peer, case.measure(table.name, index + offset)))
            .collect();
        index += group.cases.len();
        for row in &measured {
            counted &= row.1.instructions.is_some();
            println!("| {} | {} |", group.name, columns(row, &measured));
        }
    }
    if !counted {
        println!("\nInstructions skipped: `valgrind` is not installed (apt-get install valgrind).");
    }
}

fn columns((peer, own): &(&str, Figures), group: &[(&str, Figures)]) -> String {
    let of = |peer: &str| {
        group
            .iter()
            .find(|(name, _)| *name == peer)
            .map(|(_, figures)| figures)
    };
    let (hand, futures) = (of(HAND_WRITTEN), of(FUTURES));
    let bytes = |figures: &Figures| Some(figures.bytes as f64);
    let instructions = |figures: &Figures| figures.instructions;
    format!(
        "{peer} | {} | {} | {} | {} | {} | {} | {:.1}",
        own.bytes,
        ratio(bytes(own), hand.and_then(bytes)),
        own.allocations,
        own.instructions
            .map_or_else(|| "-".to_owned(), |count| format!("{count:.0}")),
        ratio(own.instructions, hand.and_then(instructions)),
        ratio(own.instructions, futures.and_then(instructions)),
        own.nanoseconds,
    )
}

fn ratio(own: Option<f64>, other: Option<f64>) -> String {
    match (own, other) {
        (Some(own), Some(other)) if other > 0.0 => format!("{:.2}", own / other),
        _ => "-".to_owned(),
    }
}
