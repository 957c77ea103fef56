//! The machine behind `all`, `all_settled` and `any` over iterators: one allocation for the children, one for what is kept.
//!
//! Every child is polled with the parent's waker, so a poll costs a look at each child that is not finished. Values are kept in the
//! place of their child and moved to a fresh `Vec` at the end: to reuse the children's memory would keep all of it alive for as
//! long as the caller keeps the values.

use alloc::vec::Vec;
use core::{
    ops::ControlFlow,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{pinned::PinnedVec, rule::Rule, slots::Stage};

pin_project! {
    /// The place of one child.
    #[project = PlaceProj]
    #[project_replace = PlaceOwn]
    enum Place<F, K> {
        Running { #[pin] future: F },
        Kept { value: K },
        Empty,
    }
}

/// Any number of children of one type.
pub(super) struct Many<F, K> {
    places: PinnedVec<Place<F, K>>,
    /// All places before this one have settled.
    settled_before: usize,
    stage: Stage,
}

impl<F: Future, K> Many<F, K> {
    pub(super) fn new(futures: impl Iterator<Item = F>) -> Self {
        Many {
            places: PinnedVec::new(futures.map(|future| Place::Running { future })),
            settled_before: 0,
            stage: Stage::Idle,
        }
    }

    /// Polls the children; breaks with what decided, or continues with what is kept of all of them.
    pub(super) fn poll<R>(&mut self, cx: &mut Context<'_>) -> Poll<ControlFlow<R::Stop, Vec<K>>>
    where
        R: Rule<F::Output, Keep = K>,
    {
        self.stage.begin();
        match self.advance::<R>(cx) {
            ControlFlow::Continue(false) => {
                self.stage = Stage::Idle;
                Poll::Pending
            }
            ControlFlow::Continue(true) => {
                self.stage = Stage::Settled;
                Poll::Ready(ControlFlow::Continue(self.take()))
            }
            ControlFlow::Break(stop) => {
                self.places.clear();
                self.stage = Stage::Settled;
                Poll::Ready(ControlFlow::Break(stop))
            }
        }
    }

    /// Polls every child that is running, in input order; continues with whether all have settled.
    fn advance<R>(&mut self, cx: &mut Context<'_>) -> ControlFlow<R::Stop, bool>
    where
        R: Rule<F::Output, Keep = K>,
    {
        let start = self.settled_before;
        let mut running = 0_usize;
        let mut first_running = self.places.len();
        for (i, mut place) in self.places.from(start).enumerate() {
            let PlaceProj::Running { future } = place.as_mut().project() else {
                continue;
            };
            match future.poll(cx) {
                Poll::Ready(output) => match R::judge(output) {
                    ControlFlow::Continue(value) => place.set(Place::Kept { value }),
                    ControlFlow::Break(stop) => {
                        place.set(Place::Empty);
                        return ControlFlow::Break(stop);
                    }
                },
                Poll::Pending => {
                    if running == 0 {
                        first_running = start + i;
                    }
                    running += 1;
                }
            }
        }
        self.settled_before = first_running;
        ControlFlow::Continue(running == 0)
    }

    fn take(&mut self) -> Vec<K> {
        let mut values = Vec::with_capacity(self.places.len());
        values.extend(self.places.from(0).filter_map(|place| {
            match place.project_replace(Place::Empty) {
                PlaceOwn::Kept { value } => Some(value),
                PlaceOwn::Running { .. } | PlaceOwn::Empty => None,
            }
        }));
        self.places.clear();
        values
    }
}
