//! What the machine keeps for its next pass. No waker looks at it.

use core::mem;

use super::super::super::children::{BITS, Word};
use super::super::ROUNDS;
use super::Header;

/// What a round has to look at.
#[derive(Clone, Copy, PartialEq)]
pub(in super::super) enum Round {
    /// The words that have a bit in the root, or the root itself if children have no groups.
    Words,
    /// The words of groups that have a bit in the root.
    Groups,
    /// All words.
    All,
}

impl Round {
    /// That over those who were woken.
    pub(super) fn of_woken(group: u32) -> Round {
        match group > BITS.ilog2() {
            true => Round::Groups,
            false => Round::Words,
        }
    }
}

/// What the machine alone uses.
pub(in super::super) struct Pass<'a> {
    header: &'a Header,
    /// How many children were woken before their poll had returned.
    pub(in super::super) at_once: usize,
    rounds: usize,
}

impl<'a> Pass<'a> {
    pub(super) fn new(header: &'a Header) -> Self {
        Self {
            header,
            at_once: 0,
            rounds: 0,
        }
    }

    /// What the next round has to look at.
    #[inline(always)]
    pub(in super::super) fn round(&self) -> Round {
        self.header.round.get()
    }

    fn change(&mut self, count: usize, ended_before: Option<usize>) {
        let header = self.header;
        header.count.set(count);
        header.ended_before.set(ended_before);
        header
            .round
            .set(match count == 0 && ended_before.is_none() {
                true => Round::of_woken(header.group),
                false => Round::All,
            });
    }

    #[inline(always)]
    fn again(&mut self, word: usize) -> &mut Word {
        assert!(word < self.header.children.div_ceil(BITS));
        // SAFETY: `new` has made so many.
        let place = unsafe { self.header.again.add(word) };
        // SAFETY: as above, and nobody but the machine, which is borrowed, has a way to these words.
        unsafe { &mut *place }
    }

    /// How many children are polled in the next pass whatever happens.
    pub(in super::super) fn count(&self) -> usize {
        self.header.count.get()
    }

    /// The next pass polls these children of a word.
    #[cold]
    pub(in super::super) fn poll_again(&mut self, word: usize, bits: Word) {
        let again = self.again(word);
        let new = bits & !*again;
        *again |= bits;
        let count = self.count() + new.count_ones() as usize;
        self.change(count, self.header.ended_before.get());
    }

    pub(in super::super) fn take_again(&mut self, word: usize) -> Word {
        let again = mem::take(self.again(word));
        let count = self.count() - again.count_ones() as usize;
        self.change(count, self.header.ended_before.get());
        again
    }

    /// Whether there is to be another round for those who were woken in this one. Not if children woke themselves, or are polled whatever happens.
    #[inline(always)]
    pub(in super::super) fn goes_on(&mut self) -> bool {
        self.rounds += 1;
        self.at_once == 0 && self.round() != Round::All && self.rounds < ROUNDS
    }

    /// Where this pass starts.
    pub(in super::super) fn start(&mut self) -> usize {
        let start = self.header.ended_before.get().unwrap_or(0);
        self.change(self.count(), None);
        start
    }

    /// The next pass goes on after this word.
    #[cold]
    pub(in super::super) fn end_early(&mut self, word: usize) {
        let words = self.header.children.div_ceil(BITS);
        self.change(self.count(), Some((word + 1) % words));
    }
}
