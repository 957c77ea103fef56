//! Leaves that wake honestly, as groups of many need it, and what drives them.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::hint::black_box;
use std::ops::Range;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

/// Pending so many times, waking at once. Neither its poll nor its drop is inlined, as it is with most futures.
pub(crate) struct Wakes {
    left: u64,
    outcome: Result<u64, u64>,
}

pub(crate) fn wakes(left: u64) -> Wakes {
    let outcome = Ok(1);
    Wakes { left, outcome }
}

pub(crate) fn rejects(left: u64) -> Wakes {
    let outcome = Err(1);
    Wakes { left, outcome }
}

impl Future for Wakes {
    type Output = Result<u64, u64>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(self.outcome);
        }
        self.left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Wakes {
    #[inline(never)]
    fn drop(&mut self) {
        black_box(&self.outcome);
    }
}

/// Says that somebody was woken.
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

thread_local! {
    static FLAG: Arc<Flag> = Arc::new(Flag(AtomicBool::new(false)));
}

/// Polls until ready.
#[inline(never)]
pub(crate) fn drive<F: Future>(future: F) {
    let mut future = pin!(future);
    let waker = Waker::from(FLAG.with(Arc::clone));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            black_box(output);
            return;
        }
    }
}

/// Leaves of which one is completed after the other.
pub(crate) struct Network {
    places: RefCell<Vec<Place>>,
    next: Cell<usize>,
    order: Vec<usize>,
}

#[derive(Default)]
struct Place {
    done: bool,
    waker: Option<Waker>,
}

pub(crate) struct Waits {
    network: Rc<Network>,
    place: usize,
}

/// All leaves of a network.
pub(crate) struct Leaves {
    network: Rc<Network>,
    places: Range<usize>,
}

impl Iterator for Leaves {
    type Item = Waits;

    fn next(&mut self) -> Option<Waits> {
        let place = self.places.next()?;
        let network = self.network.clone();
        Some(Waits { network, place })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Leaves {}

impl Network {
    pub(crate) fn new(leaves: usize, is_shuffled: bool) -> Rc<Self> {
        let order = match is_shuffled {
            true => shuffled(leaves),
            false => (0..leaves).collect(),
        };
        Rc::new(Self {
            places: RefCell::new((0..leaves).map(|_| Place::default()).collect()),
            next: Cell::new(0),
            order,
        })
    }

    pub(crate) fn leaves(self: &Rc<Self>) -> Leaves {
        Leaves {
            network: self.clone(),
            places: 0..self.order.len(),
        }
    }

    #[inline(never)]
    fn complete_one(&self) {
        let place = self.order[self.next.replace(self.next.get() + 1)];
        let waker = {
            let place = &mut self.places.borrow_mut()[place];
            place.done = true;
            place.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Polls when woken, and completes a leaf when not.
    #[inline(never)]
    pub(crate) fn drive<F: Future>(&self, future: F) {
        self.places
            .borrow_mut()
            .iter_mut()
            .for_each(|place| *place = Place::default());
        self.next.set(0);
        let mut future = pin!(future);
        let flag = FLAG.with(Arc::clone);
        let waker = Waker::from(flag.clone());
        let mut context = Context::from_waker(&waker);
        flag.0.store(true, Relaxed);
        loop {
            if !flag.0.swap(false, Relaxed) {
                self.complete_one();
            } else if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                black_box(output);
                return;
            }
        }
    }
}

impl Future for Waits {
    type Output = Result<u64, u64>;

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = &mut self.network.places.borrow_mut()[self.place];
        if place.done {
            return Poll::Ready(Ok(1));
        }
        match &place.waker {
            Some(waker) if waker.will_wake(context.waker()) => {}
            _ => place.waker = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// The row of which [`Countdown`]s are part.
#[derive(Default)]
struct Row {
    waiting: RefCell<Vec<Option<Waker>>>,
    came: Cell<usize>,
    next: Cell<usize>,
}

/// The leaf of futures-concurrency's benchmarks, in the words of this crate: all come and wait, but for the last one to come. Whoever goes wakes
/// the one with the lowest number.
pub(crate) struct Countdown {
    row: Rc<Row>,
    number: usize,
    came: bool,
}

/// So many of them, shuffled.
pub(crate) fn countdown(n: usize) -> impl ExactSizeIterator<Item = Countdown> {
    let row = Rc::new(Row::default());
    row.waiting.borrow_mut().resize_with(n, || None);
    shuffled(n).into_iter().map(move |number| Countdown {
        row: row.clone(),
        number,
        came: false,
    })
}

impl Future for Countdown {
    type Output = Result<u64, u64>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.came {
            self.came = true;
            let row = &self.row;
            row.came.set(row.came.get() + 1);
            let mut waiting = row.waiting.borrow_mut();
            if row.came.get() < waiting.len() {
                waiting[self.number] = Some(context.waker().clone());
                return Poll::Pending;
            }
        }
        let next = {
            let mut waiting = self.row.waiting.borrow_mut();
            let next = self.row.next.get();
            let woken = (next..waiting.len()).find_map(|i| Some((i, waiting[i].take()?)));
            woken.map(|(i, waker)| {
                self.row.next.set(i + 1);
                waker
            })
        };
        if let Some(waker) = next {
            waker.wake();
        }
        Poll::Ready(Ok(1))
    }
}

/// Polls whenever it was woken.
#[inline(never)]
pub(crate) fn drive_woken<F: Future>(future: F) {
    let mut future = pin!(future);
    let flag = FLAG.with(Arc::clone);
    let waker = Waker::from(flag.clone());
    let mut context = Context::from_waker(&waker);
    flag.0.store(true, Relaxed);
    while flag.0.swap(false, Relaxed) {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            black_box(output);
            return;
        }
    }
    panic!("nobody has woken it");
}

/// The numbers below `n` in an order that is always the same.
fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut seed = 42_u64;
    for i in (1..n).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, (seed >> 33) as usize % (i + 1));
    }
    order
}
