//! [`Pool`] and [`Queue`]: so many tasks at a time, the others in line.

mod calm;
mod state;
mod task;

use super::line::{Wakers, lock};
use super::own_reason::own_reason;
use alloc::sync::Arc;
pub use calm::UntilCalm;
use core::{error::Error, fmt, ops::Deref};
use state::{Calm, State};
use std::sync::Mutex;
pub use task::{Add, Clearable};

/// Runs so many tasks at a time; the others wait in line, the highest priority first, and within one first come, first
/// served.
///
/// A task is a function that makes a promise, or any other future. It runs in the task that awaits what [`add`](Pool::add)
/// returns, so the pool spawns nothing and a task need be neither `Send` nor `'static`. It gets its place in line at the first
/// poll: what must begin now is spawned or detached. A slot is handed over to the first in line and cannot be snatched
/// away, so a future that is neither polled nor dropped keeps the slot it was given. What one task rejects with touches no other. A pool is a handle: clones share the slots, and it is `Send` and `Sync`.
///
/// Imitates p-limit and p-queue, without their timeouts (a chain's `.timeout(…)` is one, inside the task or around it).
///
/// # Panics
///
/// A task that awaits a task it adds to its own pool needs a second slot while it holds the first. When every slot is held by such
/// a task nothing can go on, and the last one to wait panics instead of hanging, which gives its slot back.
/// That is seen where the inner task is awaited directly or through combinators that pass their own waker on; across
/// spawned tasks or two pools it is not.
///
/// # Cancel-safety
///
/// Whoever is dropped in line leaves it; whoever is dropped running drops the promise, then hands the slot on.
///
/// ```
/// # use promise_runtime::event_loop::{self, Clock};
/// # event_loop::run_with(Clock::Virtual, async {
/// use promise_runtime::{Pool, all, delay};
/// use std::time::Duration;
///
/// async fn fetch(id: u32) -> Result<u32, String> {
///     delay(Duration::from_secs(1)).await;
///     Ok(id)
/// }
///
/// let pool = Pool::new(2);
/// let items = (1..=4).map(|id| pool.add(move || fetch(id)));
/// assert_eq!(all(items).await, Ok(vec![1, 2, 3, 4]));
/// assert_eq!(event_loop::now(), Duration::from_secs(2));
/// # });
/// ```
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
}

impl Shared {
    /// What tells this pool from every other that lives at the same time.
    fn identity(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }
}

impl Pool {
    /// A pool of `concurrency` slots, and a line as long as it gets.
    ///
    /// Panics if `concurrency` is 0, as nothing would ever start.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{Pool, all, delay};
    /// use std::time::Duration;
    ///
    /// let pool = Pool::new(3);
    /// let task = || async { Ok::<_, String>(delay(Duration::from_secs(1)).await) };
    /// all([(); 7].map(|()| pool.add(task))).await?;
    /// assert_eq!(event_loop::now(), Duration::from_secs(3));
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    #[track_caller]
    pub fn new(concurrency: usize) -> Self {
        Self::bounded(concurrency, usize::MAX)
    }

    /// A pool of `concurrency` slots in which [`try_add`](Pool::try_add) fails when `waiting` tasks are in line.
    ///
    /// The bound is for `try_add` alone. [`add`](Pool::add) has no reason of its own to reject with, so it waits,
    /// however long the line is: that is back pressure. Panics if `concurrency` is 0. Also known as a bulkhead.
    ///
    /// ```
    /// use promise_runtime::{Pool, PoolFull};
    ///
    /// let pool = Pool::bounded(1, 1);
    /// let runs = pool.try_add(async || Ok::<_, String>(1)).unwrap();
    /// let waits = pool.try_add(async || Ok::<_, String>(2)).unwrap();
    /// assert_eq!(pool.try_add(async || Ok::<_, String>(3)).err(), Some(PoolFull));
    /// # promise_runtime::event_loop::run(async {
    /// assert_eq!(runs.await, Ok(1));
    /// assert_eq!(waits.await, Ok(2));
    /// # });
    /// ```
    #[must_use]
    #[track_caller]
    pub fn bounded(concurrency: usize, waiting: usize) -> Self {
        assert_some(concurrency);
        let state = Mutex::new(State::new(concurrency, waiting));
        Self {
            shared: Arc::new(Shared { state }),
        }
    }

    /// Runs `task` when a slot is free, and settles as the promise does that it makes.
    ///
    /// `task` is called once, at the first poll with a slot. Its priority is 0. What the [`Pool`] says of panics and drops holds.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::prelude::*;
    ///
    /// let pool = Pool::new(3);
    /// let length = promise! {
    ///     pool.add(|| promise! { Promise.resolve("a page") })
    ///         .then(page => page.len())
    /// };
    /// assert_eq!(length.await, Ok(6));
    /// # });
    /// ```
    pub fn add<F, P>(&self, task: F) -> Add<F, P>
    where
        F: FnOnce() -> P,
        P: IntoFuture,
    {
        self.add_with_priority(0, task)
    }

    /// As [`add`](Pool::add), but goes before every task of a lower priority that waits.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{Queue, all};
    /// use std::cell::RefCell;
    ///
    /// let (queue, order) = (Queue::new(), RefCell::default());
    /// let task = |name| {
    ///     let order = &order;
    ///     async move { Ok::<(), String>(RefCell::<Vec<_>>::borrow_mut(order).push(name)) }
    /// };
    /// queue.pause();
    /// let tasks = all((
    ///     queue.add(|| task("usual")),
    ///     queue.add_with_priority(-1, || task("whenever")),
    ///     queue.add_with_priority(5, || task("urgent")),
    ///     async { Ok(queue.resume()) },
    /// ));
    /// tasks.await?;
    /// assert_eq!(order.into_inner(), ["urgent", "usual", "whenever"]);
    /// # Ok::<(), String>(())
    /// # }).unwrap();
    /// ```
    pub fn add_with_priority<F, P>(&self, priority: i32, task: F) -> Add<F, P>
    where
        F: FnOnce() -> P,
        P: IntoFuture,
    {
        Add::new(self.clone(), priority, task)
    }

    /// Takes a slot for `task`, or a place in line, right now.
    ///
    /// Unlike [`add`](Pool::add), which does so at the first poll. The slot stays taken until the future has settled or is
    /// dropped, so poll it soon.
    ///
    /// # Errors
    ///
    /// [`PoolFull`] when no slot is free and the line is as long as [`bounded`](Pool::bounded) allows. Without a bound it
    /// never fails.
    ///
    /// ```
    /// use promise_runtime::{Pool, PoolFull};
    ///
    /// let pool = Pool::bounded(1, 0);
    /// let task = pool.try_add(async || Ok::<_, String>("done"));
    /// assert_eq!(pool.running(), 1);
    /// assert_eq!(pool.try_add(async || Ok::<_, String>("too many")).err(), Some(PoolFull));
    /// drop(task);
    /// assert_eq!(pool.running(), 0);
    /// ```
    pub fn try_add<F, P>(&self, task: F) -> Result<Add<F, P>, PoolFull>
    where
        F: FnOnce() -> P,
        P: IntoFuture,
    {
        Add::try_new(self, task).ok_or(PoolFull)
    }

    /// Changes how many tasks run at a time.
    ///
    /// More slots are handed out at once; of fewer, those in use stay until their tasks are over. Panics if
    /// `concurrency` is 0: that is what [`pause`](Pool::pause) is for.
    ///
    /// ```
    /// let pool = promise_runtime::Pool::new(1);
    /// pool.set_concurrency(8);
    /// assert_eq!(pool.concurrency(), 8);
    /// ```
    #[track_caller]
    pub fn set_concurrency(&self, concurrency: usize) {
        assert_some(concurrency);
        self.change(|state| state.concurrency = concurrency);
    }

    /// How many tasks may run at a time.
    ///
    /// Those that run may be more for a while, after it was [lowered](Pool::set_concurrency).
    ///
    /// ```
    /// let pool = promise_runtime::Pool::new(2);
    /// let tasks = [(); 2].map(|()| pool.try_add(std::future::pending::<()>));
    /// pool.set_concurrency(1);
    /// assert_eq!((pool.concurrency(), pool.running()), (1, 2));
    /// # drop(tasks);
    /// ```
    #[must_use]
    pub fn concurrency(&self) -> usize {
        lock(&self.shared.state).concurrency
    }

    /// Starts no task until [`resume`](Pool::resume). Those that have a slot go on.
    ///
    /// ```
    /// let pool = promise_runtime::Pool::new(1);
    /// pool.pause();
    /// assert!(pool.is_paused());
    /// pool.resume();
    /// assert!(!pool.is_paused());
    /// ```
    pub fn pause(&self) {
        lock(&self.shared.state).paused = true;
    }

    /// Starts tasks again.
    ///
    /// As many as there are free slots start at once, the first in line first.
    ///
    /// ```
    /// let pool = promise_runtime::Pool::new(2);
    /// pool.pause();
    /// let tasks = [(); 3].map(|()| pool.try_add(std::future::pending::<()>));
    /// assert_eq!((pool.running(), pool.waiting()), (0, 3));
    /// pool.resume();
    /// assert_eq!((pool.running(), pool.waiting()), (2, 1));
    /// # drop(tasks);
    /// ```
    pub fn resume(&self) {
        self.change(|state| state.paused = false);
    }

    /// Whether the pool is paused.
    ///
    /// ```
    /// let pool = promise_runtime::Pool::new(1);
    /// let clone = pool.clone();
    /// clone.pause();
    /// assert!(pool.is_paused());
    /// ```
    #[must_use]
    pub fn is_paused(&self) -> bool {
        lock(&self.shared.state).paused
    }

    /// Rejects the [clearable](Add::clearable) tasks in line with [`PoolError::Cleared`], and says how many they were.
    ///
    /// A task that is not clearable has no such reason to reject with and stays in line: drop its future to remove it. So no
    /// task is left pending for ever, as those of p-limit's `clearQueue` are. What runs goes on.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{PoolError, Queue};
    ///
    /// let queue = Queue::new();
    /// queue.pause();
    /// let stays = queue.try_add(async || Ok::<_, String>("stays")).unwrap();
    /// let leaves = queue.try_add(async || Ok::<_, String>("leaves")).unwrap().clearable();
    /// assert_eq!(queue.clear(), 1);
    /// assert_eq!(leaves.await, Err(PoolError::Cleared));
    /// queue.resume();
    /// assert_eq!(stays.await, Ok("stays"));
    /// # });
    /// ```
    pub fn clear(&self) -> usize {
        let mut wakers = Wakers::default();
        let cleared = lock(&self.shared.state).clear(&mut wakers);
        wakers.wake();
        cleared
    }

    /// How many slots are taken.
    ///
    /// ```
    /// let pool = promise_runtime::Pool::new(2);
    /// let tasks = [(); 3].map(|()| pool.try_add(std::future::pending::<()>));
    /// assert_eq!((pool.running(), pool.waiting()), (2, 1));
    /// # drop(tasks);
    /// ```
    #[must_use]
    pub fn running(&self) -> usize {
        lock(&self.shared.state).running
    }

    /// How many tasks are in line.
    ///
    /// Those that were not polled yet are not, unless [`try_add`](Pool::try_add) has made them.
    ///
    /// ```
    /// let queue = promise_runtime::Queue::new();
    /// let tasks = [(); 3].map(|()| queue.try_add(std::future::pending::<()>));
    /// let unpolled = queue.add(std::future::pending::<()>);
    /// assert_eq!(queue.waiting(), 2);
    /// # drop((tasks, unpolled));
    /// ```
    #[must_use]
    pub fn waiting(&self) -> usize {
        lock(&self.shared.state).line.len()
    }

    /// Waits until nobody is in line and nothing runs; not at all if that is so at the first poll.
    ///
    /// A task counts from its first poll on. The tasks need somebody else who polls them.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::prelude::*;
    /// use std::time::Duration;
    ///
    /// let pool = Pool::new(2);
    /// for _ in 0..4 {
    ///     let task = pool.add(|| delay(Duration::from_secs(1)));
    ///     promise! { move task }.detach_local();
    /// }
    /// delay(Duration::ZERO).await; // the tasks begin
    /// pool.on_empty().await;
    /// assert_eq!((pool.running(), event_loop::now()), (2, Duration::from_secs(1)));
    /// pool.on_idle().await;
    /// assert_eq!((pool.running(), event_loop::now()), (0, Duration::from_secs(2)));
    /// # });
    /// ```
    pub fn on_idle(&self) -> UntilCalm {
        UntilCalm::new(self.clone(), Calm::Idle)
    }

    /// Waits until nobody is in line, while the last tasks may still run; not at all if that is so at the first poll.
    ///
    /// Cancel-safe. In JavaScript: p-queue's `onEmpty`, for adding more tasks just in time.
    ///
    /// ```
    /// # use promise_runtime::event_loop::{self, Clock};
    /// # event_loop::run_with(Clock::Virtual, async {
    /// use promise_runtime::{Queue, prelude::*};
    /// use std::time::Duration;
    ///
    /// let queue = Queue::new();
    /// for _ in 0..2 {
    ///     let task = queue.add(|| delay(Duration::from_secs(1)));
    ///     promise! { move task }.detach_local();
    /// }
    /// delay(Duration::ZERO).await; // the tasks take their places
    /// queue.on_empty().await;
    /// // The first is over, and the second has only begun.
    /// assert_eq!((queue.running(), event_loop::now()), (1, Duration::from_secs(1)));
    /// # });
    /// ```
    pub fn on_empty(&self) -> UntilCalm {
        UntilCalm::new(self.clone(), Calm::Empty)
    }

    /// Changes what decides who may run, and starts who now may.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut wakers = Wakers::default();
        let mut state = lock(&self.shared.state);
        change(&mut state);
        state.settle(&mut wakers);
        drop(state);
        wakers.wake();
    }
}

#[track_caller]
fn assert_some(concurrency: usize) {
    assert!(
        concurrency > 0,
        "with a concurrency of 0 nothing would ever start; it must be at least 1"
    );
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.shared.state);
        f.debug_struct("Pool")
            .field("concurrency", &state.concurrency)
            .field("running", &state.running)
            .field("waiting", &state.line.len())
            .field("paused", &state.paused)
            .finish()
    }
}

/// Runs one task after the other: a [`Pool`] of one slot, with all its methods.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::{Queue, all};
///
/// let queue = Queue::new();
/// let tasks = ["first", "second"].map(|name| queue.add(async move || Ok::<_, String>(name)));
/// assert_eq!(all(tasks).await, Ok(["first", "second"]));
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Queue(Pool);

impl Queue {
    /// A queue as long as it gets.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::Queue;
    ///
    /// let queue = Queue::new();
    /// assert_eq!(queue.concurrency(), 1);
    /// assert_eq!(queue.add(async || Ok::<_, String>("alone")).await, Ok("alone"));
    /// # });
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self(Pool::new(1))
    }

    /// A queue in which [`try_add`](Pool::try_add) fails when `waiting` tasks are in line.
    ///
    /// ```
    /// use promise_runtime::{PoolFull, Queue};
    /// use std::future::pending;
    ///
    /// let queue = Queue::bounded(1);
    /// let tasks = [queue.try_add(pending::<()>), queue.try_add(pending::<()>)]; // one runs, one waits
    /// assert_eq!(queue.try_add(pending::<()>).err(), Some(PoolFull));
    /// # drop(tasks);
    /// ```
    #[must_use]
    pub fn bounded(waiting: usize) -> Self {
        Self(Pool::bounded(1, waiting))
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Queue {
    type Target = Pool;

    fn deref(&self) -> &Pool {
        &self.0
    }
}

/// No slot of the pool is free, and its line is full. Of [`Pool::try_add`].
///
/// ```
/// assert_eq!(promise_runtime::PoolFull.to_string(), "the pool and its waiting room are full");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct PoolFull;

impl fmt::Display for PoolFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pool and its waiting room are full")
    }
}

impl Error for PoolFull {}

/// Why a [clearable](Add::clearable) task rejects.
///
/// ```
/// use promise_runtime::PoolError;
///
/// assert_eq!(PoolError::<String>::Cleared.to_string(), "the task was cleared before it began");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolError<E> {
    /// [`Pool::clear`] has removed the task from the line.
    Cleared,
    /// The task's own reason.
    Inner(E),
}

own_reason!(PoolError::Cleared, "the task was cleared before it began");
