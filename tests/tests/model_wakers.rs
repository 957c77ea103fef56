//! A model of the machine behind `all` over an iterator, with the wakers of its children: its source, with loom's types in the place of
//! the standard library's.

#![allow(dead_code, unreachable_pub)]

#[path = "model_kit/parent.rs"]
mod parent;
#[macro_use]
#[path = "model_kit/planted.rs"]
mod planted;
#[path = "model_kit/sync.rs"]
mod sync;

extern crate alloc;

#[path = "."]
mod combine {
    #[path = "../../promise-runtime/src/combine/many/mod.rs"]
    mod many;
    #[path = "../../promise-runtime/src/combine/rule.rs"]
    mod rule;
    #[path = "."]
    mod slots {
        #[path = "../../promise-runtime/src/combine/slots/marks.rs"]
        mod marks;
        pub(in crate::combine) use marks::Stage;
    }

    use many::Many;
    use rule::FirstRejection;
    use std::{
        future::Future,
        ops::ControlFlow,
        pin::Pin,
        task::{Context, Poll},
    };

    /// `all` over an iterator.
    pub(crate) struct All<F, T>(Many<F, T>);

    impl<F: Future, T> All<F, T> {
        pub(crate) fn new(children: impl Iterator<Item = F>) -> Self {
            All(Many::new(children))
        }
    }

    impl<F, T, E> Future for All<F, T>
    where
        F: Future<Output = Result<T, E>>,
    {
        type Output = Result<Vec<T>, E>;

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            // SAFETY: the machine's children live on the heap, so it may be moved.
            let this = unsafe { self.get_unchecked_mut() };
            this.0
                .poll::<FirstRejection>(cx)
                .map(|outcome| match outcome {
                    ControlFlow::Continue(values) => Ok(values),
                    ControlFlow::Break(reason) => Err(reason),
                })
        }
    }
}

use combine::All;
use loom::{
    cell::UnsafeCell,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
};
use parent::{Parent, model, with_preemptions};
use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

type Child = Pin<Box<dyn Future<Output = Result<usize, ()>>>>;

/// So many that each child gets a waker of its own, with a bit in the root.
const MANY: usize = 33;
/// So many that they have groups.
const IN_GROUPS: usize = 65;

/// All of `n` children, most of which are ready. The others stand at these places.
fn all<const N: usize>(n: usize, others: [(usize, Child); N]) -> All<Child, usize> {
    let mut others = others.into_iter().peekable();
    All::new(
        (0..n).map(move |i| match others.next_if(|(place, _)| *place == i) {
            Some((_, child)) => child,
            None => Box::pin(async move { Ok(i) }),
        }),
    )
}

fn poll(all: &mut All<Child, usize>, waker: &Waker) -> Poll<Result<Vec<usize>, ()>> {
    Pin::new(all).poll(&mut Context::from_waker(waker))
}

/// Something that is said by one thread and heard by another, with nothing but a waker to order the two.
#[derive(Default)]
struct News {
    times: AtomicUsize,
    text: UnsafeCell<usize>,
}

// SAFETY: loom sees to it that the accesses are ordered.
unsafe impl Sync for News {}

impl News {
    fn say(&self) {
        // SAFETY: loom sees to it that the accesses are ordered.
        self.text.with_mut(|text| unsafe { *text += 1 });
        self.times.fetch_add(1, Relaxed);
    }

    fn times(&self) -> usize {
        self.times.load(Relaxed)
    }

    fn text(&self) -> usize {
        // SAFETY: as above.
        self.text.with(|text| unsafe { *text })
    }
}

type Kept = Rc<RefCell<Vec<Waker>>>;

/// Keeps its waker once, and is ready when it has heard the news, which must be there whenever it is polled again.
fn hears(news: &Arc<News>, kept: &Kept) -> Child {
    let (news, kept) = (news.clone(), kept.clone());
    let mut keeps = true;
    Box::pin(poll_fn(move |cx| {
        if std::mem::take(&mut keeps) {
            kept.borrow_mut().push(cx.waker().clone());
            return Poll::Pending;
        }
        assert_eq!(news.times(), 1, "polled for nothing");
        Poll::Ready(Ok(news.text() + 100))
    }))
}

fn tells(news: &Arc<News>, waker: Waker) -> JoinHandle<()> {
    let news = news.clone();
    thread::spawn(move || {
        news.say();
        waker.wake();
    })
}

/// Two children of `n` are woken from two threads; they see what was done before, and are polled for nothing else.
fn two_are_woken(n: usize) {
    with_preemptions(2, move || {
        let news: [Arc<News>; 2] = Default::default();
        let kept = Kept::default();
        let mut all = all(
            n,
            [(3, hears(&news[0], &kept)), (n - 1, hears(&news[1], &kept))],
        );
        let (parent, waker) = Parent::new();
        assert!(poll(&mut all, &waker).is_pending());
        let wakers = kept.take();
        let threads: Vec<_> = news
            .iter()
            .zip(wakers)
            .map(|(news, waker)| tells(news, waker))
            .collect();
        let values = loop {
            parent.sleep();
            if let Poll::Ready(values) = poll(&mut all, &waker) {
                break values.unwrap();
            }
        };
        assert_eq!((values[3], values[n - 1]), (101, 101));
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

fn two_of_many_are_woken() {
    two_are_woken(MANY);
}

fn two_in_different_groups_are_woken() {
    two_are_woken(IN_GROUPS);
}

/// A wake that comes while the child is polled for the one before is not lost.
fn a_child_is_woken_twice() {
    for n in [MANY, IN_GROUPS] {
        model(move || {
            let times = Arc::new(AtomicUsize::new(0));
            let (heard, kept) = (times.clone(), Kept::default());
            let keeps = kept.clone();
            let child = poll_fn(move |cx| {
                if heard.load(Relaxed) == 2 {
                    return Poll::Ready(Ok(0));
                }
                if keeps.borrow().is_empty() {
                    keeps.borrow_mut().push(cx.waker().clone());
                }
                Poll::Pending
            });
            let mut all = all(n, [(n - 1, Box::pin(child))]);
            let (parent, waker) = Parent::new();
            assert!(poll(&mut all, &waker).is_pending());
            let child_waker = kept.borrow()[0].clone();
            let thread = thread::spawn(move || {
                times.store(1, Relaxed);
                child_waker.wake_by_ref();
                times.store(2, Relaxed);
                child_waker.wake();
            });
            loop {
                parent.sleep();
                if poll(&mut all, &waker).is_ready() {
                    break;
                }
            }
            thread.join().unwrap();
        });
    }
}

/// The wake comes in the poll in which the child has kept its waker.
fn a_child_is_woken_at_once() {
    for n in [MANY, IN_GROUPS] {
        model(move || {
            let news = Arc::new(News::default());
            let (told, place) = (news.clone(), n - 2);
            let mut thread = None;
            let child = poll_fn(move |cx| {
                if thread.is_none() {
                    thread = Some(tells(&told, cx.waker().clone()));
                    return Poll::Pending;
                }
                assert_eq!(told.times(), 1, "polled for nothing");
                assert_eq!(told.text(), 1);
                thread.take().unwrap().join().unwrap();
                Poll::Ready(Ok(0))
            });
            // One that keeps nothing comes before, and is polled whenever the parent is.
            let mut left = 1;
            let deaf = poll_fn(move |_| {
                if left == 0 {
                    return Poll::Ready(Ok(0));
                }
                left -= 1;
                Poll::Pending
            });
            let all = all(n, [(1, Box::pin(deaf)), (place, Box::pin(child))]);
            assert!(Parent::wait(all).is_ok());
        });
    }
}

/// The machine goes while its children are woken; their wakers keep what they need, and no more.
fn dropped_while_children_are_woken() {
    for n in [MANY, IN_GROUPS] {
        with_preemptions(2, move || {
            let news: [Arc<News>; 2] = Default::default();
            let kept = Kept::default();
            let mut all = all(
                n,
                [(3, hears(&news[0], &kept)), (4, hears(&news[1], &kept))],
            );
            let (parent, waker) = Parent::new();
            assert!(poll(&mut all, &waker).is_pending());
            let wakers = kept.take();
            drop(waker);
            let threads: Vec<_> = wakers
                .into_iter()
                .map(|waker| thread::spawn(move || waker.wake()))
                .collect();
            drop(all);
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
            assert_eq!(
                Arc::strong_count(&parent),
                1,
                "no waker of the parent is kept"
            );
        });
    }
}

/// The last two wakers of a child whose machine is gone are dropped at the same time, one of them used.
fn the_last_wakers_go() {
    model(|| {
        let kept = Kept::default();
        let mut all = all(MANY, [(3, hears(&Arc::default(), &kept))]);
        assert!(poll(&mut all, Waker::noop()).is_pending());
        let one = kept.borrow_mut().pop().unwrap();
        let other = one.clone();
        let first = thread::spawn(move || drop(one));
        let second = thread::spawn(move || other.wake());
        drop(all);
        first.join().unwrap();
        second.join().unwrap();
    });
}

/// What a child waits for that always leaves its waker with whom it waits for.
#[derive(Default)]
struct Door(Mutex<(bool, Option<Waker>)>);

impl Door {
    fn child(self: &Arc<Self>) -> Child {
        let door = self.clone();
        Box::pin(poll_fn(move |cx| {
            let (open, waker) = &mut *door.0.lock().unwrap();
            if *open {
                return Poll::Ready(Ok(0));
            }
            *waker = Some(cx.waker().clone());
            Poll::Pending
        }))
    }

    fn open(self: &Arc<Self>) -> JoinHandle<()> {
        let door = self.clone();
        thread::spawn(move || {
            let waker = {
                let (open, waker) = &mut *door.0.lock().unwrap();
                *open = true;
                waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        })
    }
}

/// Another one waits from now on, while the former is being woken.
fn the_parent_changes() {
    for n in [MANY, IN_GROUPS] {
        model(move || {
            let door = Arc::new(Door::default());
            let mut all = all(n, [(3, door.child())]);
            {
                let (_, before) = Parent::new();
                assert!(poll(&mut all, &before).is_pending());
            }
            let thread = door.open();
            assert!(Parent::wait(all).is_ok());
            thread.join().unwrap();
        });
    }
}

/// The same for two children, of which the second is woken while somebody wakes for the first.
fn the_parent_changes_while_two_are_woken() {
    with_preemptions(1, || {
        let doors: [Arc<Door>; 2] = Default::default();
        let mut all = all(MANY, [(3, doors[0].child()), (4, doors[1].child())]);
        {
            let (_, before) = Parent::new();
            assert!(poll(&mut all, &before).is_pending());
        }
        let threads = doors.each_ref().map(Door::open);
        assert!(Parent::wait(all).is_ok());
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

/// A child lends its waker to two threads, which keep it at the same time.
fn a_waker_is_kept_by_two_threads() {
    model(|| {
        let kept: Arc<std::sync::Mutex<Vec<Waker>>> = Arc::default();
        let keeps = kept.clone();
        let mut is_first = true;
        let child = poll_fn(move |cx| {
            if !std::mem::take(&mut is_first) {
                return Poll::Ready(Ok(0));
            }
            // SAFETY: the threads end before the waker does.
            let waker: &'static Waker = unsafe { &*std::ptr::from_ref(cx.waker()) };
            let threads = [(); 2].map(|()| {
                let keeps = keeps.clone();
                thread::spawn(move || {
                    let waker = waker.clone();
                    keeps.lock().unwrap().push(waker);
                })
            });
            threads
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
            Poll::Pending
        });
        let mut all = all(MANY, [(3, Box::pin(child))]);
        assert!(poll(&mut all, Waker::noop()).is_pending());
        let wakers = std::mem::take(&mut *kept.lock().unwrap());
        assert!(wakers[0].will_wake(&wakers[1]));
        wakers[0].wake_by_ref();
        drop(wakers);
        assert!(poll(&mut all, Waker::noop()).is_ready());
    });
}

const MEMORY: &str = "../promise-runtime/src/combine/many/wakers/memory/mod.rs";
const LENDER: &str = "../promise-runtime/src/combine/many/wakers/lender.rs";

/// What loom cannot tell.
const UNSEEN: [(&str, &str, &str); 3] = [
    // It publishes plain memory, of which loom knows nothing.
    (
        "acquire",
        LENDER,
        "let mut memory = self.memory.load(Acquire);",
    ),
    // It takes two threads that wake, one that changes the parent, and a fourth that wakes for the new one.
    ("acquire", MEMORY, "self.root.fetch_update(Acquire"),
    // It keeps the addition to `owners` before it, and loom runs what one thread does in the order of the source.
    ("release", MEMORY, "entry.wakers.fetch_or(CLOSED, AcqRel)"),
];

mod tests {
    // The quickest first.
    models!(&super::UNSEEN;
        a_waker_is_kept_by_two_threads
        a_child_is_woken_at_once
        the_last_wakers_go
        the_parent_changes
        a_child_is_woken_twice
        two_of_many_are_woken
        two_in_different_groups_are_woken
        dropped_while_children_are_woken
        the_parent_changes_while_two_are_woken
    );
}
