//! The machine behind `all`, `all_settled` and `any` over iterators; what is said here of wakers holds for `race`, `map` and `filter` too.
//!
//! The first polls are *sweeps*: every child that is running. A few children get the parent's waker, and it stays at that. Of more, each is lent
//! one that [becomes its own](wakers::Lender) when it keeps it; that ends the sweeps, and from then on only those that were woken are
//! polled. If nobody keeps a waker, sweeps go on while few children are left, or while each finishes a good part of them.
//!
//! So each child is polled a bounded number of times in sweeps, and then once for each time it is woken: what a completion costs
//! does not depend on the number of children. Allocations: the futures (none if they come in a `Vec` that can be reused), the
//! values, and the wakers, if it comes to that.

pub(in crate::combine) mod children;
#[cfg_attr(
    not(all(target_has_atomic = "ptr", target_has_atomic = "32")),
    path = "wakers/absent.rs"
)]
pub(in crate::combine) mod wakers;

use alloc::vec::Vec;
use core::{
    future::Future,
    mem,
    ops::ControlFlow,
    task::{Context, Poll},
};

use super::{rule::Rule, slots::Stage};
use children::{Children, Progress, Sweep};
use wakers::{Lender, Outcome, Wakers};

/// Not more children than this are swept as long as they please.
pub(super) const FEW: usize = 16;

/// The same for the words of bits that a sweep looks through.
const FEW_WORDS: usize = 32;

/// Any number of children of one type.
pub(super) struct Many<F, K> {
    children: Children<F, K>,
    /// How many were running after the last poll, if there are more than a [`FEW`].
    running: usize,
    stage: Stage,
    sweeps: Sweeps,
    wakers: Option<Wakers>,
}

/// How it goes without wakers of the children's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sweeps {
    NotYet,
    /// Go on with them.
    Good,
    /// Too many children are left, and the last one has finished too few.
    Slow,
}

impl Sweeps {
    /// After one that has left many: the first is free, and the others must finish a quarter.
    pub(super) fn next(self, settled: usize, before: usize, children: usize) -> Sweeps {
        match self {
            Sweeps::NotYet => Sweeps::Good,
            _ if Sweeps::is_slow(settled, before) && Wakers::can_serve(children) => Sweeps::Slow,
            _ => Sweeps::Good,
        }
    }

    fn is_slow(settled: usize, of: usize) -> bool {
        settled < of / 4
    }
}

impl<F: Future, K> Many<F, K> {
    #[inline]
    pub(super) fn new(futures: impl Iterator<Item = F>) -> Self {
        let children = Children::new(futures);
        Many {
            running: children.len(),
            children,
            stage: Stage::Idle,
            sweeps: Sweeps::NotYet,
            wakers: None,
        }
    }

    /// Polls the children; breaks with what decided, or continues with what is kept of all of them.
    #[inline]
    pub(super) fn poll<R>(&mut self, cx: &mut Context<'_>) -> Poll<ControlFlow<R::Stop, Vec<K>>>
    where
        R: Rule<F::Output, Keep = K>,
    {
        self.stage.begin();
        let advanced = match self.sweeps {
            Sweeps::Slow => self.poll_woken::<R>(cx),
            Sweeps::NotYet | Sweeps::Good => self.sweep::<R>(cx),
        };
        match advanced {
            ControlFlow::Continue(false) => {
                self.stage = Stage::Idle;
                Poll::Pending
            }
            ControlFlow::Continue(true) => {
                self.stage = Stage::Settled;
                Poll::Ready(ControlFlow::Continue(self.children.take()))
            }
            ControlFlow::Break(stop) => {
                self.stage = Stage::Settled;
                Poll::Ready(ControlFlow::Break(stop))
            }
        }
    }

    #[inline(always)]
    fn sweep<R>(&mut self, cx: &mut Context<'_>) -> ControlFlow<R::Stop, bool>
    where
        R: Rule<F::Output, Keep = K>,
    {
        if self.children.len() <= FEW {
            return self.children.sweep_few::<R>(cx);
        }
        if Wakers::can_serve(self.children.len()) {
            return self.sweep_many::<R>(cx);
        }
        self.sweep_unserved::<R>(cx)
    }

    /// More children than there can be wakers for.
    #[cold]
    #[inline(never)]
    fn sweep_unserved<R>(&mut self, cx: &mut Context<'_>) -> ControlFlow<R::Stop, bool>
    where
        R: Rule<F::Output, Keep = K>,
    {
        let swept = self.children.sweep::<R>(cx, &(), |_, _| true)?;
        ControlFlow::Continue(swept == Sweep::AllSettled)
    }

    fn sweep_many<R>(&mut self, cx: &mut Context<'_>) -> ControlFlow<R::Stop, bool>
    where
        R: Rule<F::Output, Keep = K>,
    {
        let first = self.sweeps == Sweeps::NotYet;
        let goes_on = |polled, settled| first || polled <= FEW || !Sweeps::is_slow(settled, polled);
        let lender = Lender::new(cx.waker(), self.children.len());
        let waker = lender.waker();
        let lent = &mut Context::from_waker(&waker);
        match self.children.sweep::<R>(lent, &lender, goes_on)? {
            Sweep::AllSettled => ControlFlow::Continue(true),
            Sweep::Pending => {
                self.judge_sweep();
                ControlFlow::Continue(false)
            }
            Sweep::EndedAfter(child) => self.go_on_with_wakers::<R>(child, lender, cx),
        }
    }

    /// Whether to go on with sweeps.
    #[cold]
    fn judge_sweep(&mut self) {
        let before = mem::replace(&mut self.running, self.children.count_running());
        if self.running > FEW || self.children.words() > FEW_WORDS {
            let settled = before - self.running;
            self.sweeps = self.sweeps.next(settled, before, self.children.len());
        }
    }

    /// A child has kept its waker, or the sweep so far has shown that sweeps do not pay. Those after this child get their wakers now, the others
    /// in the next poll.
    #[cold]
    fn go_on_with_wakers<R>(
        &mut self,
        after: usize,
        lender: Lender<'_>,
        cx: &mut Context<'_>,
    ) -> ControlFlow<R::Stop, bool>
    where
        R: Rule<F::Output, Keep = K>,
    {
        self.sweeps = Sweeps::Slow;
        self.running = self.children.count_running();
        let (wakers, earlier) = lender.into_wakers(after);
        self.wakers = Some(wakers);
        let all_settled = self.poll_woken::<R>(cx)?;
        if let Some(wakers) = &mut self.wakers {
            earlier.poll_again(wakers);
        }
        ControlFlow::Continue(all_settled)
    }

    #[inline(never)]
    fn poll_woken<R>(&mut self, cx: &mut Context<'_>) -> ControlFlow<R::Stop, bool>
    where
        R: Rule<F::Output, Keep = K>,
    {
        let children = &mut self.children;
        let running = &mut self.running;
        let wakers = self.wakers.get_or_insert_with(|| {
            let mut wakers = Wakers::new(children.len());
            wakers.all_again();
            wakers
        });
        if !wakers.register(cx.waker()) {
            // The children get the parent's waker instead of their own, so the next pass starts anew.
            wakers.all_again();
            children.sweep::<R>(cx, &(), |_, _| true)?;
            *running = children.count_running();
            return ControlFlow::Continue(*running == 0);
        }
        wakers.pass(|turn| {
            let cx = &mut Context::from_waker(turn.waker);
            // SAFETY: there are more than a few, or they would have no wakers, and these are for so many.
            let progress = unsafe { children.poll_child::<R>(turn.child, cx)? };
            ControlFlow::Continue(match progress {
                None => Outcome::Idle,
                Some(Progress::Pending) => Outcome::Pending,
                Some(Progress::Settled) => {
                    *running -= 1;
                    Outcome::Idle
                }
            })
        })?;
        ControlFlow::Continue(*running == 0)
    }
}
