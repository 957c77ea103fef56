//! How all shapes together compare with Node.

use super::Who;
use super::child::Allocator;

/// The cells that Node has, too.
#[derive(Default)]
pub(super) struct Summary(Vec<Cell>);

struct Cell {
    who: Who,
    allocator: Allocator,
    shape: &'static str,
    /// How many times as fast as Node it is.
    ratio: f64,
}

impl Summary {
    pub(super) fn add(&mut self, who: Who, allocator: Allocator, shape: &'static str, ratio: f64) {
        self.0.push(Cell {
            who,
            allocator,
            shape,
            ratio,
        });
    }

    pub(super) fn print(&self) {
        let rows = [
            (Who::Local, "LocalPromise"),
            (Who::Cold, "LocalPromise, cold chains in it"),
            (Who::Shared, "Promise"),
        ];
        for (who, name) in rows {
            for allocator in Allocator::BOTH {
                self.print_row(who, name, allocator);
            }
        }
    }

    fn print_row(&self, who: Who, name: &str, allocator: Allocator) {
        let cells: Vec<&Cell> = self
            .0
            .iter()
            .filter(|cell| cell.who == who && cell.allocator == allocator)
            .collect();
        let slowest = cells
            .iter()
            .min_by(|one, other| one.ratio.total_cmp(&other.ratio));
        let Some(slowest) = slowest else { return };
        let logarithms: f64 = cells.iter().map(|cell| cell.ratio.ln()).sum();
        let mean = (logarithms / cells.len() as f64).exp();
        let lost = cells.iter().filter(|cell| cell.ratio < 1.0).count();
        println!(
            "{name}, {}: ×{mean:.2} in the geometric mean of {} shapes; Node wins {lost} of them; the least is ×{:.2}, {}",
            allocator.name(),
            cells.len(),
            slowest.ratio,
            slowest.shape,
        );
    }
}
