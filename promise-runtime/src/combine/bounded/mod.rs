//! The machine behind `map` and `filter`: items that become promises, so many at a time.
//!
//! Over an iterator, the first poll fills as many places as there is room for, or as there are items; they are all it ever has. A promise that has
//! settled gives its place to the next item at once, so the iterator is pulled only as far as there is room. In batches a place stays free until
//! all of them are. Values that come early wait in line until those before them are there.
//!
//! A stream may have no item when there is room: then the place stays free until a later poll, and the places become more as they are needed,
//! for which their promises live on the heap one by one.
//!
//! Who is polled is decided as in [`many`](super::many): sweeps in input order, and wakers for every place once sweeps do not pay. From then on places
//! are polled in their own order, which is not that of the items; of two that reject in the same poll the earlier item
//! counts all the same.

mod in_order;
mod places;
mod source;

use alloc::vec::Vec;
use core::{
    convert::Infallible,
    future::Future,
    mem,
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
};

use super::{
    many::{
        FEW, Sweeps,
        wakers::{Outcome, Turn, Wakers},
    },
    pinned::PinnedVec,
    slots::Stage,
};
use in_order::InOrder;
use places::{NONE, Place, Places};
#[cfg(feature = "stream")]
pub(super) use source::{Boxed, FromStream};
pub(super) use source::{FromIter, Source};

pub(super) struct Bounded<S, C, T> {
    /// `None` when it has ended.
    items: Option<S>,
    /// It had no item in this poll, but may have one later.
    waits: bool,
    room: Room,
    /// How many may start before all that run have settled.
    batch: usize,
    places: Places<C>,
    /// Places that were in use and are not, while there may be more items.
    free: Vec<usize>,
    started: usize,
    values: InOrder<T>,
    stage: Stage,
    sweeps: Sweeps,
    wakers: Option<Wakers>,
}

/// How many promises there may be at a time.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Room {
    /// As one settles, the next one starts.
    AtOnce(usize),
    /// So many start, and the next ones when all have settled.
    Batches(usize),
}

impl Room {
    #[doc(hidden)]
    pub const UNLIMITED: Self = Self::AtOnce(usize::MAX);

    fn limit(self) -> usize {
        match self {
            Self::AtOnce(limit) | Self::Batches(limit) => limit,
        }
    }

    fn batch(self) -> usize {
        match self {
            Self::AtOnce(_) => usize::MAX,
            Self::Batches(size) => size,
        }
    }
}

/// What goes into and comes out of the promises.
pub(super) trait Work<Item, C: Future, T> {
    type Reason;

    /// Whether there is a value for each item.
    const KEEPS_ALL: bool;

    fn start(&mut self, item: Item) -> C;

    /// What is kept of an outcome, if anything, or the rejection that ends it all.
    fn judge(outcome: C::Output) -> Result<Option<T>, Self::Reason>;
}

impl<S: Source<C>, C: Future, T> Bounded<S, C, T> {
    #[track_caller]
    pub(super) fn new(items: S, room: Room) -> Self {
        match room {
            Room::AtOnce(limit) => assert!(
                limit != 0,
                "with a concurrency of 0 nothing would ever start; it must be at least 1"
            ),
            Room::Batches(size) => assert!(
                size != 0,
                "batches of 0 items would never come to an end; they must be of at least 1"
            ),
        }
        Bounded {
            items: Some(items),
            waits: false,
            room,
            batch: room.batch(),
            places: Places {
                places: PinnedVec::new([].into_iter()),
                running: 0,
                first: NONE,
                last: NONE,
            },
            free: Vec::new(),
            started: 0,
            values: InOrder::default(),
            stage: Stage::Idle,
            sweeps: Sweeps::NotYet,
            wakers: None,
        }
    }

    pub(super) fn poll<W>(
        &mut self,
        work: &mut W,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Vec<T>, W::Reason>>
    where
        W: Work<S::Item, C, T>,
    {
        self.stage.begin();
        self.waits = false;
        loop {
            self.fill(work, cx);
            if let ControlFlow::Break(reason) = self.advance(work, cx) {
                self.places.clear();
                self.values = InOrder::default();
                self.items = None;
                self.stage = Stage::Settled;
                return Poll::Ready(Err(reason));
            }
            if self.places.running == 0 {
                if self.items.is_none() {
                    self.stage = Stage::Settled;
                    self.places.clear();
                    return Poll::Ready(Ok(mem::take(&mut self.values).values));
                }
                self.batch = self.room.batch();
                if !self.waits {
                    continue;
                }
            }
            self.stage = Stage::Idle;
            return Poll::Pending;
        }
    }

    /// Starts as many as there are free places for.
    fn fill<W>(&mut self, work: &mut W, cx: &mut Context<'_>)
    where
        W: Work<S::Item, C, T>,
    {
        if self.started == 0 && !S::WAITS {
            return self.fill_first(work, cx);
        }
        while self.places.running < self.room.limit() {
            let Some(item) = self.next_item(cx) else {
                return;
            };
            let promise = work.start(item);
            match self.free.pop() {
                Some(i) => {
                    self.places.put(i, promise, self.started);
                    if let Some(wakers) = &mut self.wakers {
                        wakers.again(i);
                        *self.places.places.get(i).project().stale = true;
                    }
                }
                None => {
                    S::add_place(&mut self.places, promise, self.started);
                    // They were for fewer places.
                    self.wakers = None;
                    self.sweeps = Sweeps::NotYet;
                }
            }
            self.started += 1;
        }
    }

    /// Makes the places of an iterator's promises.
    fn fill_first<W>(&mut self, work: &mut W, cx: &mut Context<'_>)
    where
        W: Work<S::Item, C, T>,
    {
        let length = self.items.as_ref().map_or(0, S::known_length);
        if W::KEEPS_ALL {
            // One that claims more than there is memory for may be left early.
            let _ = self.values.values.try_reserve(length);
        }
        let limit = self.room.limit();
        let mut places = Vec::with_capacity(length.min(limit));
        while places.len() < limit {
            let Some(item) = self.next_item(cx) else {
                break;
            };
            let i = places.len();
            places.push(Place {
                promise: Some(work.start(item)),
                item: i,
                before: i.wrapping_sub(1),
                after: i + 1,
                stale: false,
            });
        }
        if let Some(last) = places.last_mut() {
            last.after = NONE;
            self.places.first = 0;
            self.places.last = places.len() - 1;
        }
        self.started = places.len();
        self.places.running = places.len();
        self.places.places = PinnedVec::new(places.into_iter());
    }

    /// The next item that may start now.
    #[inline]
    fn next_item(&mut self, cx: &mut Context<'_>) -> Option<S::Item> {
        let items = self.items.as_mut()?;
        if self.batch == 0 || self.waits {
            return None;
        }
        match items.next(cx) {
            Poll::Ready(Some(item)) => {
                if let Room::Batches(_) = self.room {
                    self.batch -= 1;
                }
                Some(item)
            }
            Poll::Ready(None) => {
                self.items = None;
                None
            }
            Poll::Pending => {
                self.waits = true;
                None
            }
        }
    }

    /// Starts the next item in a place that has become free; whether there was one.
    fn start_next<W>(&mut self, i: usize, work: &mut W, cx: &mut Context<'_>) -> bool
    where
        W: Work<S::Item, C, T>,
    {
        let Some(item) = self.next_item(cx) else {
            if self.items.is_some() {
                self.free.push(i);
            }
            return false;
        };
        let promise = work.start(item);
        self.places.put(i, promise, self.started);
        self.started += 1;
        true
    }

    fn advance<W>(&mut self, work: &mut W, cx: &mut Context<'_>) -> ControlFlow<W::Reason>
    where
        W: Work<S::Item, C, T>,
    {
        if self.sweeps == Sweeps::Slow {
            return self.poll_woken(work, cx);
        }
        let before = self.places.running;
        let settled = self.sweep(work, cx)?;
        if self.places.running > FEW {
            self.sweeps = self.sweeps.next(settled, before, self.places.places.len());
        }
        ControlFlow::Continue(())
    }

    /// Polls all in input order, also those that are started meanwhile; gives how many have settled.
    fn sweep<W>(&mut self, work: &mut W, cx: &mut Context<'_>) -> ControlFlow<W::Reason, usize>
    where
        W: Work<S::Item, C, T>,
    {
        let mut settled = 0;
        let mut i = self.places.first;
        while i != NONE {
            let place = self.places.places.get(i).project();
            let (item, after) = (*place.item, *place.after);
            let Poll::Ready(outcome) = poll_promise(place.promise, cx) else {
                i = after;
                continue;
            };
            self.places.free(i);
            match W::judge(outcome) {
                Ok(value) => self.values.put(item, value),
                Err(reason) => return ControlFlow::Break(reason),
            }
            settled += 1;
            let next_is_here = self.start_next(i, work, cx) && after == NONE;
            i = if next_is_here { i } else { after };
        }
        ControlFlow::Continue(settled)
    }

    fn poll_woken<W>(&mut self, work: &mut W, cx: &mut Context<'_>) -> ControlFlow<W::Reason>
    where
        W: Work<S::Item, C, T>,
    {
        let places = self.places.places.len();
        let mut wakers = self.wakers.take().unwrap_or_else(|| {
            let mut wakers = Wakers::new(places);
            wakers.all_again();
            wakers
        });
        let mut first = None;
        if wakers.register(cx.waker()) {
            let passed: ControlFlow<Infallible> = wakers
                .pass(|turn| ControlFlow::Continue(self.take_turn(work, turn, &mut first, cx)));
            let ControlFlow::Continue(()) = passed;
        } else {
            // The promises now get the parent's waker instead of their own, so the next pass starts anew.
            self.sweep(work, cx)?;
            wakers.all_again();
        }
        self.wakers = Some(wakers);
        match first {
            Some((_, reason)) => ControlFlow::Break(reason),
            None => ControlFlow::Continue(()),
        }
    }

    /// Polls the promise in a place, and those that take this place after it. `first` is the rejection of the earliest item so far.
    fn take_turn<W>(
        &mut self,
        work: &mut W,
        turn: Turn<'_>,
        first: &mut Option<(usize, W::Reason)>,
        parent: &mut Context<'_>,
    ) -> Outcome
    where
        W: Work<S::Item, C, T>,
    {
        let i = turn.child;
        loop {
            let place = self.places.places.get(i).project();
            let (item, stale) = (*place.item, *place.stale);
            let too_late = first.as_ref().is_some_and(|(first, _)| *first < item);
            if place.promise.is_none() || too_late {
                return Outcome::Idle;
            }
            let cx = &mut Context::from_waker(turn.waker);
            let Poll::Ready(outcome) = poll_promise(place.promise, cx) else {
                return if stale {
                    Outcome::Again
                } else {
                    Outcome::Pending
                };
            };
            self.places.free(i);
            match W::judge(outcome) {
                Ok(value) => self.values.put(item, value),
                Err(reason) => *first = Some((item, reason)),
            }
            if first.is_some() || !self.start_next(i, work, parent) {
                return Outcome::Idle;
            }
            *self.places.places.get(i).project().stale = turn.has_wakers();
        }
    }
}

/// How many items there will be, if the iterator knows; else 0. One without end claims any length, and may be left early.
pub(crate) fn known_length(items: &impl Iterator) -> usize {
    match items.size_hint() {
        (least, Some(most)) if least == most => least,
        _ => 0,
    }
}

fn poll_promise<C: Future>(promise: Pin<&mut Option<C>>, cx: &mut Context<'_>) -> Poll<C::Output> {
    match promise.as_pin_mut() {
        Some(promise) => promise.poll(cx),
        None => Poll::Pending,
    }
}
