//! Leaves that wake honestly, as groups of many need it, and what drives them.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

/// Pending so many times, waking at once. Neither its poll nor its drop is inlined, as it is with most futures.
pub(crate) struct Wakes {
    left: u64,
    value: u64,
}

pub(crate) fn wakes(left: u64) -> Wakes {
    Wakes { left, value: 1 }
}

impl Future for Wakes {
    type Output = Result<u64, u64>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(Ok(self.value));
        }
        self.left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Wakes {
    #[inline(never)]
    fn drop(&mut self) {
        black_box(&self.value);
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

impl Network {
    pub(crate) fn new(leaves: usize, shuffled: bool) -> Rc<Self> {
        let mut order: Vec<usize> = (0..leaves).collect();
        if shuffled {
            let mut seed = 42_u64;
            for i in (1..leaves).rev() {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                order.swap(i, (seed >> 33) as usize % (i + 1));
            }
        }
        Rc::new(Self {
            places: RefCell::new((0..leaves).map(|_| Place::default()).collect()),
            next: Cell::new(0),
            order,
        })
    }

    pub(crate) fn leaves(self: &Rc<Self>) -> impl ExactSizeIterator<Item = Waits> + use<> {
        let network = self.clone();
        (0..self.order.len()).map(move |place| Waits {
            network: network.clone(),
            place,
        })
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
