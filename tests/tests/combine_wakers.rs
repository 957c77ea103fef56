//! Many children that are pending for long: who is polled, who is woken, and what is left behind.

use promise_runtime::{all, all_settled, any, race};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
};

type AnyChild = Pin<Box<dyn Future<Output = Result<usize, usize>>>>;

/// A waker that counts.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Count {
    fn take(&self) -> usize {
        self.0.swap(0, SeqCst)
    }
}

/// Doors that children wait behind, each with the waker of whoever waits, and the number of their polls.
#[derive(Clone, Default)]
struct Doors(Arc<Mutex<Vec<Door>>>);

#[derive(Clone, Default)]
struct Door {
    open: bool,
    waker: Option<Waker>,
    polls: usize,
}

impl Doors {
    fn new(n: usize) -> Self {
        Doors(Arc::new(Mutex::new(vec![Door::default(); n])))
    }

    fn child(&self, i: usize) -> impl Future<Output = Result<usize, usize>> + Send + use<> {
        let doors = self.clone();
        poll_fn(move |cx| {
            let mut doors = doors.0.lock().unwrap();
            let door = &mut doors[i];
            door.polls += 1;
            if door.open {
                return Poll::Ready(Ok(i));
            }
            door.waker = Some(cx.waker().clone());
            Poll::Pending
        })
    }

    fn children(
        &self,
        n: usize,
    ) -> impl Iterator<Item = impl Future<Output = Result<usize, usize>> + Send + use<>> + use<>
    {
        let doors = self.clone();
        (0..n).map(move |i| doors.child(i))
    }

    /// Opens a door and wakes who waits behind it.
    fn open(&self, i: usize) {
        let waker = {
            let door = &mut self.0.lock().unwrap()[i];
            door.open = true;
            door.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The polls of each child since the last call.
    fn polls(&self) -> Vec<usize> {
        let mut doors = self.0.lock().unwrap();
        doors
            .iter_mut()
            .map(|door| std::mem::take(&mut door.polls))
            .collect()
    }
}

/// Polls until the children have wakers of their own, all of them being behind closed doors.
fn settle_down<F: Future>(future: &mut Pin<Box<F>>, cx: &mut Context<'_>) {
    for _ in 0..3 {
        assert!(future.as_mut().poll(cx).is_pending());
    }
}

#[test]
fn only_woken_children_are_polled() {
    let n = 200;
    let doors = Doors::new(n);
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut cx = Context::from_waker(&waker);
    let mut future = Box::pin(all(doors.children(n)));
    settle_down(&mut future, &mut cx);
    assert_eq!(doors.polls(), vec![1; n], "polls that nobody asked for");
    count.take();
    for i in (0..n).rev() {
        doors.open(i);
        assert_eq!(count.take(), 1, "one wake for {i}");
        let poll = future.as_mut().poll(&mut cx);
        let mut expected = vec![0; n];
        expected[i] = 1;
        assert_eq!(doors.polls(), expected);
        if i == 0 {
            assert_eq!(poll, Poll::Ready(Ok((0..n).collect())));
        } else {
            assert!(poll.is_pending());
            assert!(future.as_mut().poll(&mut cx).is_pending());
            assert_eq!(doors.polls(), vec![0; n], "a poll that nobody asked for");
        }
    }
}

#[test]
fn children_that_are_woken_together_wake_once_and_are_polled_in_order() {
    let n = 5000;
    let doors = Doors::new(n);
    let order = Rc::new(RefCell::new(Vec::new()));
    let children: Vec<_> = (0..n)
        .map(|i| {
            let (mut child, order) = (Box::pin(doors.child(i)), order.clone());
            poll_fn(move |cx| {
                order.borrow_mut().push(i);
                child.as_mut().poll(cx)
            })
        })
        .collect();
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut cx = Context::from_waker(&waker);
    let mut future = Box::pin(all(children));
    settle_down(&mut future, &mut cx);
    order.borrow_mut().clear();
    let woken = [4999, 3, 64, 63, 1000, 4, 4096, 0];
    for i in woken {
        doors.open(i);
    }
    assert!(
        (1..=2).contains(&count.take()),
        "once for each 4096 children at most"
    );
    assert!(future.as_mut().poll(&mut cx).is_pending());
    assert_eq!(order.take(), [0, 3, 4, 63, 64, 1000, 4096, 4999]);
}

#[test]
fn children_that_wake_each_other_have_their_turn_in_the_same_poll() {
    for n in [20, 100, 5000] {
        let doors = Doors::new(n);
        // Whoever passes opens the door before, so nobody is behind the one that is being polled.
        let children = (0..n).map(|i| {
            let (mut child, doors) = (Box::pin(doors.child(i)), doors.clone());
            poll_fn(move |cx| {
                let passed = child.as_mut().poll(cx);
                if passed.is_ready() && i > 0 {
                    doors.open(i - 1);
                }
                passed
            })
        });
        let count = Arc::new(Count::default());
        let waker = Waker::from(count.clone());
        let mut cx = Context::from_waker(&waker);
        let mut future = Box::pin(all(children));
        settle_down(&mut future, &mut cx);
        doors.polls();
        doors.open(n - 1);
        let mut polls = 0;
        while count.take() > 0 {
            polls += 1;
            if future.as_mut().poll(&mut cx).is_ready() {
                break;
            }
        }
        assert_eq!(
            doors.polls(),
            vec![1; n],
            "each is polled once, when it is woken"
        );
        assert_eq!(polls, n.div_ceil(64), "64 rounds of a poll");
    }
}

#[test]
fn children_that_go_on_waking_each_other_do_not_keep_a_poll_from_ending() {
    for n in [20, 100, 5000] {
        let doors = Doors::new(n);
        let players = Rc::new(RefCell::new([const { None::<Waker> }; 2]));
        let rallies = Rc::new(Cell::new(0));
        let player = |me: usize| {
            let (players, rallies) = (players.clone(), rallies.clone());
            let play = poll_fn(move |cx| {
                rallies.set(rallies.get() + 1);
                let other = {
                    let mut players = players.borrow_mut();
                    players[me] = Some(cx.waker().clone());
                    players[1 - me].clone()
                };
                if let Some(other) = other {
                    other.wake();
                }
                Poll::Pending
            });
            Box::pin(play) as AnyChild
        };
        let children: Vec<AnyChild> = doors
            .children(n)
            .map(|child| Box::pin(child) as _)
            .chain([player(0), player(1)])
            .collect();
        let count = Arc::new(Count::default());
        let waker = Waker::from(count.clone());
        let mut cx = Context::from_waker(&waker);
        let mut future = Box::pin(all(children));
        settle_down(&mut future, &mut cx);
        rallies.take();
        count.take();
        assert!(future.as_mut().poll(&mut cx).is_pending());
        assert!(
            (1..=2 * 64).contains(&rallies.get()),
            "they have had their share"
        );
        assert!(count.take() > 0, "and will have more");
    }
}

#[test]
fn few_children_keep_the_parents_waker() {
    for n in [1, 10, 16] {
        let doors = Doors::new(n);
        let waker = Waker::from(Arc::new(Count::default()));
        let mut cx = Context::from_waker(&waker);
        let mut future = Box::pin(all(doors.children(n)));
        for _ in 0..5 {
            assert!(future.as_mut().poll(&mut cx).is_pending());
            let doors = doors.0.lock().unwrap();
            assert!(
                doors
                    .iter()
                    .all(|door| door.waker.as_ref().unwrap().will_wake(&waker))
            );
        }
        assert_eq!(doors.polls(), vec![5; n]);
    }
}

#[test]
fn a_child_that_nobody_can_wake_is_polled_whenever_the_parent_is() {
    let n = 100;
    let doors = Doors::new(n);
    let polls = Rc::new(Cell::new(0));
    let count = polls.clone();
    let deaf = poll_fn(move |_| {
        count.set(count.get() + 1);
        if count.get() == 20 {
            Poll::Ready(Ok(n))
        } else {
            Poll::Pending
        }
    });
    let children: Vec<AnyChild> = doors
        .children(n)
        .map(|child| Box::pin(child) as _)
        .chain([Box::pin(deaf) as _])
        .collect();
    let mut future = Box::pin(all(children));
    let mut cx = Context::from_waker(Waker::noop());
    settle_down(&mut future, &mut cx);
    doors.polls();
    for i in 4..=20 {
        doors.open(i);
        assert!(future.as_mut().poll(&mut cx).is_pending());
        assert_eq!(polls.get(), i);
        assert_eq!(doors.polls().iter().sum::<usize>(), 1);
    }
    (0..n).for_each(|i| doors.open(i));
    assert!(future.as_mut().poll(&mut cx).is_ready());
    assert_eq!(polls.get(), 20);
}

#[test]
fn a_child_that_wakes_itself_and_keeps_its_waker_is_polled_again() {
    // In the poll in which wakers come into being, before them, and after.
    for place in [0, 40, 99] {
        let n = 100;
        let doors = Doors::new(n);
        let polls = Rc::new(Cell::new(0));
        let count = polls.clone();
        let mut kept = None;
        let restless = poll_fn(move |cx| {
            count.set(count.get() + 1);
            kept.get_or_insert_with(|| cx.waker().clone());
            cx.waker().wake_by_ref();
            Poll::Pending
        });
        let mut children: Vec<AnyChild> = doors
            .children(n)
            .map(|child| Box::pin(child) as _)
            .collect();
        children[place] = Box::pin(restless);
        let wakes = Arc::new(Count::default());
        let waker = Waker::from(wakes.clone());
        let mut future = Box::pin(all(children));
        for poll in 1..=5 {
            assert!(
                future
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
            );
            assert_eq!(
                (wakes.take(), polls.get()),
                (1, poll),
                "poll {poll} of {place}"
            );
        }
    }
}

#[test]
fn a_panic_in_the_first_poll_leaves_wakers_behind_that_do_nothing() {
    let n = 100;
    let doors = Doors::new(n);
    let children: Vec<AnyChild> = doors
        .children(n)
        .map(|child| Box::pin(child) as AnyChild)
        .chain([Box::pin(poll_fn(|_| panic!("a child panics"))) as AnyChild])
        .collect();
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut future = Box::pin(all(children));
    let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    }));
    assert!(polled.is_err());
    drop((future, waker));
    assert_eq!(Arc::strong_count(&count), 1);
    (0..n).for_each(|i| doors.open(i));
    assert_eq!(count.take(), 0);
}

#[test]
fn a_new_waker_replaces_the_old_one() {
    let n = 100;
    let doors = Doors::new(n);
    let (first, second) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let mut future = Box::pin(all(doors.children(n)));
    settle_down(&mut future, &mut Context::from_waker(&first.clone().into()));
    first.take();
    let waker = Waker::from(second.clone());
    assert!(
        future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    assert_eq!(Arc::strong_count(&first), 1, "the old waker is gone");
    doors.open(5);
    assert_eq!((first.take(), second.take()), (0, 1));
    drop(future);
    drop(waker);
    assert_eq!(
        Arc::strong_count(&second),
        1,
        "wakers of children do not keep the parent's"
    );
    for i in 0..n {
        doors.open(i);
    }
    assert_eq!(second.take(), 0, "nobody is woken any more");
}

#[test]
fn wakers_may_outlive_everything() {
    let n = 100;
    let doors = Doors::new(n);
    let mut future = Box::pin(all(doors.children(n)));
    settle_down(&mut future, &mut Context::from_waker(Waker::noop()));
    let one = doors.0.lock().unwrap()[42].waker.clone().unwrap();
    let other = one.clone();
    drop(future);
    drop(doors);
    one.wake_by_ref();
    thread::spawn(move || one.wake()).join().unwrap();
    let last = other.clone();
    drop(other);
    last.wake();
}

#[test]
fn a_child_may_wake_itself() {
    let n = 1000_usize;
    let children = (0..n).map(|i| {
        let mut left = i % 50;
        poll_fn(move |cx| {
            if left == 0 {
                return Poll::Ready(Ok::<_, ()>(i));
            }
            left -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    });
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut future = Box::pin(all(children));
    let mut polls = 0;
    loop {
        polls += 1;
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => break assert_eq!(outcome, Ok((0..n).collect())),
            Poll::Pending => assert_ne!(count.take(), 0, "poll {polls}"),
        }
    }
    assert!(polls <= 50 * n.div_ceil(256), "{polls}");
}

#[test]
fn those_who_always_wake_themselves_do_not_starve_the_others() {
    let n = 1000;
    let waits = Doors::new(1);
    let settled = Rc::new(Cell::new(false));
    let children: Vec<AnyChild> = (0..n)
        .map(|_| {
            Box::pin(poll_fn(|cx| {
                cx.waker().wake_by_ref();
                Poll::Pending
            })) as _
        })
        .chain([Box::pin({
            let (child, settled) = (waits.child(0), settled.clone());
            async move {
                let value = child.await;
                settled.set(true);
                value
            }
        }) as _])
        .collect();
    let mut future = Box::pin(all(children));
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..10 {
        assert!(future.as_mut().poll(&mut cx).is_pending());
    }
    waits.open(0);
    for _ in 0..10 {
        assert!(future.as_mut().poll(&mut cx).is_pending());
    }
    assert!(settled.get());
}

#[test]
fn the_first_rejection_in_input_order_decides_and_drops_the_rest() {
    let n = 100;
    let doors = Doors::new(n);
    let rejecting = doors
        .children(n)
        .map(|child| async { Err::<(), _>(child.await.unwrap()) });
    let mut future = Box::pin(all(rejecting));
    let mut cx = Context::from_waker(Waker::noop());
    settle_down(&mut future, &mut cx);
    doors.open(70);
    doors.open(30);
    assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(Err(30)));
    assert_eq!(Arc::strong_count(&doors.0), 1, "all children are gone");
}

#[test]
fn any_and_all_settled_work_the_same_way() {
    let n = 100;
    let mut cx = Context::from_waker(Waker::noop());
    let doors = Doors::new(n);
    let mut future = Box::pin(any(doors.children(n)));
    settle_down(&mut future, &mut cx);
    doors.open(8);
    assert!(matches!(future.as_mut().poll(&mut cx), Poll::Ready(Ok(8))));
    let doors = Doors::new(n);
    let mut future = Box::pin(all_settled(doors.children(n)));
    settle_down(&mut future, &mut cx);
    (0..n).for_each(|i| doors.open(i));
    let Poll::Ready(Ok(outcomes)) = future.as_mut().poll(&mut cx) else {
        panic!("still pending");
    };
    assert_eq!(outcomes, (0..n).map(Ok).collect::<Vec<_>>());
}

#[test]
fn contenders_of_a_race_are_polled_only_when_woken() {
    let n = 100;
    let doors = Doors::new(n);
    let mut cx = Context::from_waker(Waker::noop());
    let mut future = Box::pin(race(doors.children(n)));
    settle_down(&mut future, &mut cx);
    assert_eq!(doors.polls(), vec![3; n]);
    let wakers: Vec<_> = {
        let doors = doors.0.lock().unwrap();
        doors
            .iter()
            .map(|door| door.waker.clone().unwrap())
            .collect()
    };
    for i in [9, 7, 70] {
        wakers[i].wake_by_ref();
        assert!(future.as_mut().poll(&mut cx).is_pending());
        let polls = doors.polls();
        assert_eq!((polls[i], polls.iter().sum::<usize>()), (1, 1));
    }
    doors.open(70);
    doors.open(30);
    assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(Ok(30)));
    assert_eq!(Arc::strong_count(&doors.0), 1, "all contenders are gone");
}

#[test]
fn values_without_size_are_counted_too() {
    for n in [1, 64, 65, 1000] {
        let doors = Doors::new(n);
        let children = doors
            .children(n)
            .map(|child| async { child.await.map(|_| ()) });
        let mut future = Box::pin(all(children));
        let mut cx = Context::from_waker(Waker::noop());
        settle_down(&mut future, &mut cx);
        (0..n).for_each(|i| doors.open(i));
        assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(Ok(vec![(); n])));
    }
}

/// An executor that polls inside of `wake`, unless it is polling already.
struct Inline {
    task: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    again: AtomicBool,
    polls: AtomicUsize,
}

impl Inline {
    fn start(task: impl Future<Output = ()> + Send + 'static) -> Arc<Inline> {
        let task: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(task);
        let inline = Arc::new(Inline {
            task: Mutex::new(Some(task)),
            again: AtomicBool::new(false),
            polls: AtomicUsize::new(0),
        });
        inline.clone().wake();
        inline
    }
}

impl Wake for Inline {
    fn wake(self: Arc<Self>) {
        self.again.store(true, SeqCst);
        while self.again.load(SeqCst) {
            let Ok(mut task) = self.task.try_lock() else {
                return;
            };
            self.again.store(false, SeqCst);
            self.polls.fetch_add(1, SeqCst);
            let waker = Waker::from(self.clone());
            let done = task.as_mut().is_some_and(|task| {
                task.as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_ready()
            });
            if done {
                *task = None;
            }
        }
    }
}

#[test]
fn an_executor_may_poll_inside_of_a_wake() {
    let n = 300;
    let doors = Doors::new(n);
    let done = Arc::new(AtomicBool::new(false));
    let (children, finished) = (doors.children(n), done.clone());
    let inline = Inline::start(async move {
        assert_eq!(all(children).await, Ok((0..n).collect()));
        finished.store(true, SeqCst);
    });
    for _ in 0..2 {
        inline.clone().wake();
    }
    for i in 0..n {
        assert!(!done.load(SeqCst));
        doors.open(i);
    }
    assert!(done.load(SeqCst));
    assert!(inline.polls.load(SeqCst) <= n + 4);
}

#[test]
fn an_executor_may_poll_with_another_waker_inside_of_a_wake() {
    /// Every poll has a waker of its own.
    struct Fickle(Arc<Inline>);
    impl Wake for Fickle {
        fn wake(self: Arc<Self>) {
            let inline = &self.0;
            inline.again.store(true, SeqCst);
            while inline.again.load(SeqCst) {
                let Ok(mut task) = inline.task.try_lock() else {
                    return;
                };
                inline.again.store(false, SeqCst);
                let waker = Waker::from(Arc::new(Fickle(inline.clone())));
                let done = task.as_mut().is_some_and(|task| {
                    task.as_mut()
                        .poll(&mut Context::from_waker(&waker))
                        .is_ready()
                });
                if done {
                    *task = None;
                }
            }
        }
    }
    let n = 100;
    let doors = Doors::new(n);
    let done = Arc::new(AtomicBool::new(false));
    let (children, finished) = (doors.children(n), done.clone());
    let inline = Inline::start(async move {
        assert_eq!(all(children).await, Ok((0..n).collect()));
        finished.store(true, SeqCst);
    });
    let fickle = Arc::new(Fickle(inline));
    for _ in 0..3 {
        fickle.clone().wake();
    }
    (0..n).for_each(|i| doors.open(i));
    assert!(done.load(SeqCst));
}

#[test]
fn children_may_be_woken_from_many_threads() {
    for round in 0..100 {
        let n = [40, 100, 5000][round % 3];
        let doors = Doors::new(n);
        let threads: Vec<_> = (0..3)
            .map(|part| {
                let doors = doors.clone();
                thread::spawn(move || {
                    for i in 0..n {
                        let i = if part == 0 { i } else { n - 1 - i };
                        if i % 3 == part {
                            doors.open(i);
                        }
                        if i % 100 == round {
                            thread::yield_now();
                        }
                    }
                })
            })
            .collect();
        struct Unpark(thread::Thread);
        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }
        let mut future = Box::pin(all(doors.children(n)));
        let values = loop {
            // Sometimes the waker changes while others wake.
            let waker = Waker::from(Arc::new(Unpark(thread::current())));
            let mut cx = Context::from_waker(&waker);
            if let Poll::Ready(outcome) = future.as_mut().poll(&mut cx) {
                break outcome;
            }
            if round % 2 == 0 {
                thread::park();
                if let Poll::Ready(outcome) = future.as_mut().poll(&mut cx) {
                    break outcome;
                }
            }
            thread::park();
        };
        assert_eq!(values, Ok((0..n).collect()));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

#[test]
fn a_combinator_may_be_dropped_while_its_children_are_woken() {
    for round in 0..200 {
        let n = 100;
        let doors = Doors::new(n);
        let mut future = Box::pin(all(doors.children(n)));
        settle_down(
            &mut future,
            &mut Context::from_waker(&Arc::new(Count::default()).into()),
        );
        let other = doors.clone();
        let thread = thread::spawn(move || (0..n).for_each(|i| other.open(i)));
        for _ in 0..round {
            std::hint::spin_loop();
        }
        if round % 2 == 0 {
            let _ = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
        }
        drop(future);
        thread.join().unwrap();
    }
}

#[test]
fn a_budget_that_is_used_up_does_not_make_the_cost_quadratic() {
    // As under tokio: in each poll of the task so many children get something, the others wake themselves in vain.
    let budget = Rc::new(Cell::new(0));
    let polls = Rc::new(Cell::new(0_usize));
    let n = 20_000;
    let children = (0..n).map(|i| {
        let (budget, polls) = (budget.clone(), polls.clone());
        poll_fn(move |cx| {
            polls.set(polls.get() + 1);
            if budget.get() == 0 {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            budget.set(budget.get() - 1);
            Poll::Ready(Ok::<_, ()>(i))
        })
    });
    let mut future = Box::pin(all(children));
    loop {
        budget.set(128);
        if future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
        {
            break;
        }
    }
    assert!(polls.get() < 7 * n, "{} polls", polls.get());
}

#[test]
fn tokio_tasks_can_be_waited_for() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let values = runtime.block_on(async {
        let (senders, receivers): (VecDeque<_>, Vec<_>) = (0..2000)
            .map(|_| tokio::sync::oneshot::channel::<usize>())
            .unzip();
        tokio::spawn(async move {
            for (i, sender) in senders.into_iter().enumerate() {
                sender.send(i).unwrap();
                if i % 10 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        });
        all(receivers).await
    });
    assert_eq!(values, Ok((0..2000).collect()));
}
