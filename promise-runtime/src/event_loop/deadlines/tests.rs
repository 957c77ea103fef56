use super::*;
use std::vec;

/// What [`Deadlines`] has to agree with: all pending timers in one order.
#[derive(Default)]
struct Model {
    deadlines: Deadlines<u64>,
    pending: BTreeSet<(Turn, u32)>,
    idle: Vec<u32>,
    made: u64,
}

impl Model {
    fn turn(&mut self, at: u64) -> Turn {
        self.made += 1;
        let number = NonZeroU64::new(self.made).expect("it counts from one");
        Turn { at, number }
    }

    fn set(&mut self, slot: u32, at: u64, nanos: u64) {
        let turn = self.turn(at);
        self.deadlines.join(slot, turn, nanos);
        assert!(self.pending.insert((turn, slot)));
    }

    fn add(&mut self, at: u64, nanos: u64) {
        let slot = self.deadlines.open(7);
        self.set(slot, at, nanos);
    }

    fn check(&self) {
        let first = self.pending.first().copied();
        assert_eq!(self.deadlines.first(), first);
        assert_eq!(self.deadlines.pending(), self.pending.len());
        let in_use = self.pending.len() + self.idle.len();
        assert_eq!(self.deadlines.in_use(), in_use);
    }

    fn fire(&mut self) {
        if let Some((turn, slot)) = self.pending.pop_first() {
            assert_eq!(self.deadlines.turn(slot), Some(turn));
            self.deadlines.leave(slot);
            self.idle.push(slot);
        }
    }

    fn close(&mut self, nth: u64) {
        let nth = nth as usize % self.pending.len().max(1);
        let pending = self.pending.iter().nth(nth).copied();
        let slot = match pending {
            Some((turn, slot)) => {
                self.pending.remove(&(turn, slot));
                slot
            }
            None => match self.idle.pop() {
                Some(slot) => slot,
                None => return,
            },
        };
        assert_eq!(self.deadlines.close(slot), 7);
        assert_eq!(self.deadlines.turn(slot), None);
    }
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Random timers of so many durations, each set a little after the one before, and some before it.
fn agree(durations: u64, seed: u64) {
    let mut random = Random(seed);
    let mut model = Model::default();
    let mut now = 100;
    for _ in 0..3_000 {
        now += random.below(3);
        let nanos = random.below(durations);
        match random.below(8) {
            0..4 => model.add(now + nanos, nanos),
            // As an interval does: from some time ago.
            4 => {
                if let Some(slot) = model.idle.pop() {
                    model.set(slot, now - random.below(100) + nanos, nanos);
                }
            }
            5 | 6 => model.fire(),
            _ => model.close(random.below(1_000)),
        }
        model.check();
    }
    while !model.pending.is_empty() {
        model.fire();
        model.check();
    }
    assert!(model.deadlines.heads.is_empty());
    assert!(model.deadlines.tails.is_empty());
}

#[test]
fn the_first_is_that_of_one_order_of_all() {
    for (seed, durations) in [1, 2, 3, 10, 1_000, 100_000].into_iter().enumerate() {
        for round in 0..5 {
            agree(durations, 0x9e37_79b9 + seed as u64 * 5 + round);
        }
    }
}

#[test]
fn timers_of_one_duration_need_no_search() {
    let mut model = Model::default();
    for now in 0..1_000 {
        model.add(now + 5, 5);
    }
    assert!(model.deadlines.heads.is_empty());
    assert_eq!(model.deadlines.tails.len(), 1);
    // A second line is one entry.
    model.add(2_000, 1);
    assert_eq!(model.deadlines.heads.len(), 1);
}

#[test]
fn slots_are_used_again_and_none_is_lost() {
    let mut model = Model::default();
    for round in 0..50 {
        for nanos in 0..20 {
            model.add(round + nanos, nanos);
        }
        for nth in 0..20 {
            model.close(nth);
        }
        model.check();
    }
    assert_eq!(model.deadlines.slots.len(), 20);
}

#[test]
fn stopping_gives_everything_back_and_keeps_the_slots() {
    let mut model = Model::default();
    for nanos in [3, 3, 4] {
        model.add(nanos, nanos);
    }
    let given: Vec<u64> = model.deadlines.stop().collect();
    assert_eq!(given, vec![7, 7, 7]);
    assert_eq!(
        (model.deadlines.pending(), model.deadlines.in_use()),
        (0, 3)
    );
    assert_eq!(model.deadlines.first(), None);
    for slot in 0..3 {
        model.deadlines.close(slot);
    }
    assert_eq!(model.deadlines.in_use(), 0);
}
