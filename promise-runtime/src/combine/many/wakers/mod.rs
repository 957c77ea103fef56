//! A waker for each of many children, all in one allocation.
//!
//! To wake a child is to set its bit. Up to 62 children have their bits in one word, the root. Of more, each has a bit in a word of its group, and
//! whoever sets the first bit of a word sets that of the group in the root. Whoever sets the first bit of the root wakes the parent.
//! The next pass takes the bits and polls these children, in input order. So a bit in the root means that the parent has been woken since the
//! root was taken, or is just being woken. If there are bits again when a pass is through, it makes another round, up to a limit: children
//! that wake each other need not wait for the parent's next turn.
//!
//! A child that is pending while no waker of it is alive, and that was not woken, cannot wake anybody. It gets a bit in `again`
//! and is polled in every pass.

mod lender;
mod memory;

use core::{ops::ControlFlow, task::Waker};

use super::children::{BITS, Word};
pub(in crate::combine) use lender::Lender;
use memory::{Child, Memory, Parts, Pass, Round};

/// So many children that were woken in the course of their own poll end a pass. A budget that is used up, as tokio's, makes
/// every child do that; to go on would be to poll each of them for nothing.
const ENOUGH_AT_ONCE: usize = 256;

/// So many rounds a pass makes at most, if children are woken meanwhile, which is mostly by one of the others. A round is cheaper than another poll
/// of the parent, which must come to an end all the same when they go on waking each other.
const ROUNDS: usize = 64;

/// The wakers of a machine's children.
pub(in crate::combine) struct Wakers(Memory);

/// A child's turn to be polled.
pub(in crate::combine) struct Turn<'a> {
    /// Its number, which is less than that of the children.
    pub(in crate::combine) child: usize,
    pub(in crate::combine) waker: &'a Waker,
    entry: Child<'a>,
}

impl Turn<'_> {
    /// Whether a waker of this child is kept somewhere.
    pub(in crate::combine) fn has_wakers(&self) -> bool {
        self.entry.has_wakers()
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

    /// Wakers of which none is in use. The first pass polls nobody, unless [`all_again`](Wakers::all_again) is called before it.
    pub(in crate::combine) fn new(children: usize) -> Wakers {
        assert!(Wakers::can_serve(children));
        Wakers(Memory::new(children, None))
    }

    /// Whether a waker of this child is kept somewhere.
    fn has_wakers(&mut self, child: usize) -> bool {
        self.0.parts().0.child(child).has_wakers()
    }

    /// The next pass polls this child, woken or not.
    pub(in crate::combine) fn again(&mut self, child: usize) {
        let (_, mut pass) = self.0.parts();
        pass.poll_again(child / BITS, 1 << (child % BITS) as Word);
    }

    /// The next pass polls all children, woken or not.
    pub(in crate::combine) fn all_again(&mut self) {
        self.again_from(0);
    }

    /// The next pass polls the children from this one on.
    fn again_from(&mut self, start: usize) {
        let children = self.0.children();
        let (_, mut pass) = self.0.parts();
        for word in start / BITS..children.div_ceil(BITS) {
            let before = start.saturating_sub(word * BITS);
            pass.poll_again(
                word,
                first_bits(children - word * BITS) & !first_bits(before),
            );
        }
    }

    /// The next pass polls the children before this one.
    fn again_until(&mut self, end: usize) {
        let (_, mut pass) = self.0.parts();
        for word in 0..end.div_ceil(BITS) {
            pass.poll_again(word, first_bits(end - word * BITS));
        }
    }

    /// Whom to wake from now on. False if another one is just being woken: then the children's wakers are of no use, and
    /// all children must be polled with the parent's.
    #[inline(always)]
    pub(in crate::combine) fn register(&mut self, parent: &Waker) -> bool {
        self.0.register(parent)
    }

    /// Polls the children that were woken, in input order, each with a waker of its own; then those that were woken by that.
    #[inline(always)]
    pub(in crate::combine) fn pass<B>(
        &mut self,
        mut poll: impl FnMut(Turn<'_>) -> ControlFlow<B, Outcome>,
    ) -> ControlFlow<B> {
        let (parts, mut pass) = self.0.parts();
        loop {
            let root = parts.take_root();
            match pass.round() {
                Round::Words => {
                    let mut words = if parts.has_no_groups() { 1 } else { root };
                    while words != 0 {
                        let word = words.trailing_zeros() as usize;
                        words &= words - 1;
                        let due = match parts.has_no_groups() {
                            true => root,
                            false => parts.take_woken(word),
                        };
                        poll_bits(parts, &mut pass, word, due, &mut poll)?;
                        if pass.at_once >= ENOUGH_AT_ONCE {
                            // The words are taken already, so the next pass must look at every one.
                            pass.end_early(word);
                            break;
                        }
                    }
                }
                Round::Groups => pass_through_groups(parts, &mut pass, root, &mut poll)?,
                Round::All => pass_through(parts, &mut pass, root, &mut poll)?,
            }
            if !parts.any_woken() || !pass.goes_on() {
                return ControlFlow::Continue(());
            }
        }
    }
}

/// A round over groups of several words.
#[inline(never)]
fn pass_through_groups<B>(
    parts: Parts<'_>,
    pass: &mut Pass<'_>,
    mut groups: Word,
    poll: &mut impl FnMut(Turn<'_>) -> ControlFlow<B, Outcome>,
) -> ControlFlow<B> {
    while groups != 0 {
        for word in parts.words_of(groups.trailing_zeros() as usize) {
            if parts.any_woken_in(word) {
                let due = parts.take_woken(word);
                poll_bits(parts, pass, word, due, poll)?;
                if pass.at_once >= ENOUGH_AT_ONCE {
                    pass.end_early(word);
                    return ControlFlow::Continue(());
                }
            }
        }
        groups &= groups - 1;
    }
    ControlFlow::Continue(())
}

/// A round that looks at all words.
#[inline(never)]
fn pass_through<B>(
    parts: Parts<'_>,
    pass: &mut Pass<'_>,
    root: Word,
    poll: &mut impl FnMut(Turn<'_>) -> ControlFlow<B, Outcome>,
) -> ControlFlow<B> {
    let start = pass.start();
    for word in (start..parts.words()).chain(0..start) {
        let woken = match parts.has_no_groups() {
            true => root,
            false => parts.take_woken(word),
        };
        let due = woken | pass.take_again(word);
        poll_bits(parts, pass, word, due, poll)?;
        if pass.at_once >= ENOUGH_AT_ONCE {
            pass.end_early(word);
            break;
        }
    }
    ControlFlow::Continue(())
}

/// Polls these children of a word.
#[inline(always)]
fn poll_bits<B>(
    parts: Parts<'_>,
    pass: &mut Pass<'_>,
    word: usize,
    mut due: Word,
    poll: &mut impl FnMut(Turn<'_>) -> ControlFlow<B, Outcome>,
) -> ControlFlow<B> {
    while due != 0 {
        let child = word * BITS + due.trailing_zeros() as usize;
        let bit = due & due.wrapping_neg();
        due ^= bit;
        // SAFETY: only children have bits.
        let entry = unsafe { parts.child_unchecked(child) };
        let waker = entry.lend_waker();
        let again = match poll(Turn {
            child,
            waker: &waker,
            entry,
        })? {
            Outcome::Idle => continue,
            Outcome::Pending => !entry.has_wakers(),
            Outcome::Again => true,
        };
        // Its word was taken before its poll, so the first bit since then has set one in the root: mostly there is none.
        if parts.any_woken() && parts.is_woken(child) {
            pass.at_once += 1;
        } else if again {
            pass.poll_again(word, bit);
        }
    }
    ControlFlow::Continue(())
}

/// So many bits of a word, or all of them.
fn first_bits(count: usize) -> Word {
    match count {
        0..BITS => (1 << count) - 1,
        _ => Word::MAX,
    }
}
