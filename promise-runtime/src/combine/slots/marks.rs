//! What says which slot holds what.

/// What each slot holds.
pub(super) trait Marks {
    /// Slot `i` holds a future.
    fn running(&self, i: usize) -> bool;
    /// Slot `i` holds a kept value.
    fn kept(&self, i: usize) -> bool;
    /// Slot `i` holds nothing from now on.
    fn clear(&mut self, i: usize);
    /// The empty slot `i` holds a kept value from now on.
    fn keep(&mut self, i: usize);
}

/// Where the machine as a whole stands; it owns the marks.
#[doc(hidden)]
#[allow(
    unreachable_pub,
    reason = "rustc 1.85 does not see that the bound of an associated type reaches it"
)]
pub trait Ledger {
    /// Every slot holds a future.
    fn all_running() -> Self;
    /// Whether a slot may hold something.
    fn any(&self) -> bool;
    /// A poll begins. Until [`pause`](Ledger::pause) or [`end`](Ledger::end) the machine counts as broken off by a panic.
    fn begin(&mut self);
    /// The poll has left children running.
    fn pause(&mut self);
    /// The machine has settled and owns nothing any more.
    fn end(&mut self);
}

/// Up to 12 slots in one word: bit `i` is "future `i` is running", bit `16 + i` is "value `i` is kept".
///
/// [`POLLING`] is set during a poll, and stays when a panic breaks it off. Zero means settled: a tuple has at least one slot.
#[doc(hidden)]
#[derive(Debug)]
pub struct Mask<const N: usize>(u32);

const RUNNING: u32 = POLLING - 1;
const POLLING: u32 = 1 << 15;
const KEPT: u32 = 1 << 16;

impl<const N: usize> Mask<N> {
    /// A copy that can stay in a register while children run; every change is stored at once.
    #[inline(always)]
    pub(super) fn open(&mut self) -> Open<'_> {
        Open {
            now: self.0,
            home: &mut self.0,
        }
    }
}

impl<const N: usize> Ledger for Mask<N> {
    #[inline(always)]
    fn all_running() -> Self {
        const { assert!(N >= 1 && N <= 12) };
        Mask((1 << N) - 1)
    }

    #[inline(always)]
    fn any(&self) -> bool {
        self.0 != 0
    }

    #[inline(always)]
    fn begin(&mut self) {
        if self.0 == 0 {
            polled_after_settling();
        }
        if self.0 & POLLING != 0 {
            polled_after_panic();
        }
        self.0 |= POLLING;
    }

    #[inline(always)]
    fn pause(&mut self) {
        self.0 &= !POLLING;
    }

    #[inline(always)]
    fn end(&mut self) {
        self.0 = 0;
    }
}

/// A [`Mask`] in use.
#[derive(Debug)]
pub(super) struct Open<'a> {
    now: u32,
    home: &'a mut u32,
}

impl Open<'_> {
    #[inline(always)]
    pub(super) fn all_settled(&self) -> bool {
        self.now & RUNNING == 0
    }
}

impl Marks for Open<'_> {
    #[inline(always)]
    fn running(&self, i: usize) -> bool {
        self.now & (1 << i) != 0
    }

    #[inline(always)]
    fn kept(&self, i: usize) -> bool {
        self.now & (KEPT << i) != 0
    }

    #[inline(always)]
    fn clear(&mut self, i: usize) {
        self.now &= !((1 | KEPT) << i);
        *self.home = self.now;
    }

    #[inline(always)]
    fn keep(&mut self, i: usize) {
        self.now |= KEPT << i;
        *self.home = self.now;
    }
}

/// A byte per slot, for arrays, and one for the machine.
#[doc(hidden)]
#[derive(Debug)]
pub struct Bytes<const N: usize> {
    slots: [Holds; N],
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Holds {
    Nothing,
    Future,
    Kept,
}

impl<const N: usize> Marks for Bytes<N> {
    #[inline(always)]
    fn running(&self, i: usize) -> bool {
        self.slots[i] == Holds::Future
    }

    #[inline(always)]
    fn kept(&self, i: usize) -> bool {
        self.slots[i] == Holds::Kept
    }

    #[inline(always)]
    fn clear(&mut self, i: usize) {
        self.slots[i] = Holds::Nothing;
    }

    #[inline(always)]
    fn keep(&mut self, i: usize) {
        self.slots[i] = Holds::Kept;
    }
}

impl<const N: usize> Ledger for Bytes<N> {
    #[inline(always)]
    fn all_running() -> Self {
        Bytes {
            slots: [Holds::Future; N],
            stage: Stage::Idle,
        }
    }

    #[inline(always)]
    fn any(&self) -> bool {
        self.stage != Stage::Settled
    }

    #[inline(always)]
    fn begin(&mut self) {
        self.stage.begin();
    }

    #[inline(always)]
    fn pause(&mut self) {
        self.stage = Stage::Idle;
    }

    #[inline(always)]
    fn end(&mut self) {
        self.stage = Stage::Settled;
    }
}

/// Where a combinator stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::combine) enum Stage {
    /// It may be polled.
    Idle,
    /// A poll is under way, or was broken off by a panic.
    Polling,
    /// It has reported its outcome.
    Settled,
}

impl Stage {
    /// A poll begins.
    #[inline(always)]
    pub(in crate::combine) fn begin(&mut self) {
        match self {
            Stage::Idle => *self = Stage::Polling,
            Stage::Polling => polled_after_panic(),
            Stage::Settled => polled_after_settling(),
        }
    }
}

#[cold]
#[inline(never)]
fn polled_after_settling() -> ! {
    panic!("a combinator of promises was polled again after it had settled");
}

#[cold]
#[inline(never)]
fn polled_after_panic() -> ! {
    panic!("a combinator of promises was polled again after a panic in one of them");
}
