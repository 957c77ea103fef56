//! A waker for each of many children, all in one allocation.
//!
//! To wake a child is to set its bit in `woken`; whoever sets the first bit of a word sets one in `summary`, and whoever sets the
//! first bit there wakes the parent. The next pass takes the bits and polls these children, in input order. So a bit in `summary`
//! means that the parent has been woken since it took that word, or is just being woken.
//!
//! A child that is pending while no waker of it is alive, and that was not woken, cannot wake anybody. It gets a bit in `again`
//! and is polled in every pass.

mod memory;

use core::{
    mem,
    ops::ControlFlow,
    sync::atomic::Ordering::{AcqRel, Relaxed},
    task::Waker,
};

use super::children::{BITS, Word};
use memory::{Memory, Parts, Pass};

/// So many children that were woken in the course of their own poll end a pass. A budget that is used up, as tokio's, makes
/// every child do that; to go on would be to poll each of them for nothing.
const ENOUGH_AT_ONCE: usize = 256;

/// The wakers of a machine's children.
pub(in crate::combine) struct Wakers(Memory);

/// A child's turn to be polled.
pub(in crate::combine) struct Turn<'a> {
    pub(in crate::combine) child: usize,
    pub(in crate::combine) waker: &'a Waker,
    parts: &'a Parts<'a>,
}

impl Turn<'_> {
    /// Whether a waker of this child is kept somewhere.
    pub(in crate::combine) fn has_wakers(&self) -> bool {
        self.parts.has_wakers(self.child)
    }
}

/// What a child's turn came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::combine) enum Outcome {
    /// There is nothing to poll any more.
    Idle,
    /// It is pending.
    Pending,
    /// It is pending, and is to be polled in the next pass whatever happens.
    Again,
}

impl Wakers {
    /// Whether there can be wakers for so many children.
    pub(in crate::combine) fn can_serve(children: usize) -> bool {
        u32::try_from(children).is_ok()
    }

    /// Wakers of which none is in use: the first pass polls nobody but those named by [`again`](Wakers::again).
    pub(in crate::combine) fn new(children: usize) -> Wakers {
        assert!(Wakers::can_serve(children));
        Wakers(Memory::new(children))
    }

    /// The next pass polls these children of a word even if they are not woken.
    pub(in crate::combine) fn again(&mut self, word: usize, bits: Word) {
        let (_, pass) = self.0.parts();
        *pass.count += (bits & !pass.again[word]).count_ones() as usize;
        pass.again[word] |= bits;
    }

    /// The next pass polls all children.
    pub(in crate::combine) fn all_again(&mut self) {
        let children = self.0.children();
        for word in 0..children.div_ceil(BITS) {
            let children_of_word = (children - word * BITS).min(BITS);
            self.again(word, Word::MAX >> (BITS - children_of_word));
        }
    }

    /// Whom to wake from now on. False if another one is just being woken: then the children's wakers are of no use, and
    /// all children must be polled with the parent's.
    pub(in crate::combine) fn register(&mut self, parent: &Waker) -> bool {
        self.0.register(parent)
    }

    /// Polls the children that were woken, in input order, each with a waker of its own.
    #[inline]
    pub(in crate::combine) fn pass<B>(
        &mut self,
        mut poll: impl FnMut(Turn<'_>) -> ControlFlow<B, Outcome>,
    ) -> ControlFlow<B> {
        let (parts, mut pass) = self.0.parts();
        let mut at_once = 0;
        if *pass.count != 0 || pass.ended_before.is_some() {
            for summary in parts.summary {
                summary.swap(0, AcqRel);
            }
            let start = pass.ended_before.take().unwrap_or(0);
            for word in (start..parts.woken.len()).chain(0..start) {
                at_once += poll_word(&parts, &mut pass, word, &mut poll)?;
                if at_once >= ENOUGH_AT_ONCE {
                    *pass.ended_before = Some((word + 1) % parts.woken.len());
                    break;
                }
            }
            return ControlFlow::Continue(());
        }
        for (i, summary) in parts.summary.iter().enumerate() {
            if summary.load(Relaxed) == 0 {
                continue;
            }
            let mut words = summary.swap(0, AcqRel);
            while words != 0 {
                let word = i * BITS + words.trailing_zeros() as usize;
                words &= words - 1;
                at_once += poll_word(&parts, &mut pass, word, &mut poll)?;
                if at_once >= ENOUGH_AT_ONCE {
                    // The summary is taken already, so the next pass must look at every word.
                    *pass.ended_before = Some((word + 1) % parts.woken.len());
                    return ControlFlow::Continue(());
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// Polls the children of a word that are due. Gives the number of those that were woken before their poll had returned.
#[inline(always)]
fn poll_word<B>(
    parts: &Parts<'_>,
    pass: &mut Pass<'_>,
    word: usize,
    poll: &mut impl FnMut(Turn<'_>) -> ControlFlow<B, Outcome>,
) -> ControlFlow<B, usize> {
    let woken = &parts.woken[word];
    let mut due = 0;
    if woken.load(Relaxed) != 0 {
        due = woken.swap(0, AcqRel);
    }
    if *pass.count != 0 {
        let again = mem::take(&mut pass.again[word]);
        *pass.count -= again.count_ones() as usize;
        due |= again;
    }
    let mut at_once = 0;
    while due != 0 {
        let bit = due & due.wrapping_neg();
        let i = word * BITS + due.trailing_zeros() as usize;
        due ^= bit;
        let waker = parts.lend_waker(i);
        let again = match poll(Turn {
            child: i,
            waker: &waker,
            parts,
        })? {
            Outcome::Idle => continue,
            Outcome::Pending => !parts.has_wakers(i),
            Outcome::Again => true,
        };
        if woken.load(Relaxed) & bit != 0 {
            at_once += 1;
        } else if again {
            pass.again[word] |= bit;
            *pass.count += 1;
        }
    }
    ControlFlow::Continue(at_once)
}
