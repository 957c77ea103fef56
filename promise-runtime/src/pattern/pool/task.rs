//! The futures of a pool's tasks.

use super::state::{Refusal, TaskId, Turn};
use super::{Pool, PoolError, Shared};
use crate::pattern::line::{Place, Wakers, lock};
use crate::pattern::nesting::{Polling, parents};
use alloc::sync::Arc;
use core::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};
use pin_project_lite::pin_project;

pin_project! {
    /// A task in a pool: the future of [`Pool::add`], [`Pool::add_with_priority`] and [`Pool::try_add`].
    ///
    /// Settles as the promise does that its function makes. Cancel-safe: dropped in line it leaves the line, dropped
    /// running it drops the promise and then hands its slot to the next. Polled after its end, it panics.
    ///
    /// Its output is that of the promise, whatever its type: the pool adds no reason.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{Pool, pattern::pool::Add};
    /// use std::future::{Ready, ready};
    ///
    /// let pool = Pool::new(1);
    /// let task: Add<fn() -> Ready<u32>, Ready<u32>> = pool.add(|| ready(7));
    /// assert_eq!((format!("{task:?}"), pool.running()), ("Add(new)".to_owned(), 0));
    /// assert_eq!(task.await, 7);
    /// # });
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Add<F, P: IntoFuture> {
        // Dropped in this order: the slot is free when nothing of the task is left.
        #[pin]
        running: Option<P::IntoFuture>,
        task: Option<F>,
        // `None` once it is over.
        entry: Option<Entry>,
        clearable: bool,
    }
}

/// What a task has of its pool; given back when it is dropped.
struct Entry {
    shared: Arc<Shared>,
    stage: Stage,
}

/// How far a task has come.
#[derive(Clone, Copy)]
enum Stage {
    /// It has nothing yet, or nothing any more.
    Outside {
        priority: i32,
    },
    InLine(Place),
    /// It has a slot.
    Inside(TaskId),
}

impl<F, P: IntoFuture> Add<F, P> {
    pub(super) fn new(pool: Pool, priority: i32, task: F) -> Self {
        Self::at(pool, Stage::Outside { priority }, task)
    }

    /// With a slot or a place right now; `None` if there is no room.
    pub(super) fn try_new(pool: &Pool, task: F) -> Option<Self> {
        let state = &mut *lock(&pool.shared.state);
        let stage = if let Some(task) = state.take_slot() {
            Stage::Inside(task)
        } else if state.line.len() < state.room {
            Stage::InLine(state.line.join(0))
        } else {
            return None;
        };
        Some(Self::at(pool.clone(), stage, task))
    }

    fn at(pool: Pool, stage: Stage, task: F) -> Self {
        let shared = pool.shared;
        Self {
            running: None,
            task: Some(task),
            entry: Some(Entry { shared, stage }),
            clearable: false,
        }
    }

    /// Lets [`Pool::clear`] remove this task as long as it waits; then it rejects with [`PoolError::Cleared`].
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{PoolError, Queue, all_settled};
    ///
    /// let queue = Queue::new();
    /// queue.pause();
    /// let task = queue.add(async || Ok::<_, String>("done")).clearable();
    /// let clear = async { Ok::<_, String>(queue.clear()) };
    /// let Ok((task, cleared)) = all_settled((task, clear)).await;
    /// assert_eq!((task, cleared), (Err(PoolError::Cleared), Ok(1)));
    /// # });
    /// ```
    pub fn clearable(mut self) -> Clearable<F, P> {
        self.clearable = true;
        if let Some(entry) = &self.entry {
            entry.make_clearable();
        }
        Clearable { add: self }
    }
}

/// The task was cleared.
struct Cleared;

impl<F, P> Add<F, P>
where
    F: FnOnce() -> P,
    P: IntoFuture,
{
    fn poll_task(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<P::Output, Cleared>> {
        let mut this = self.project();
        let Some(entry) = this.entry else {
            panic!("a task of a pool was polled again after its end");
        };
        let task = match ready!(entry.poll_slot(*this.clearable, cx)) {
            Ok(task) => task,
            Err(refusal) => {
                *this.entry = None;
                return match refusal {
                    Refusal::Cleared => Poll::Ready(Err(Cleared)),
                    Refusal::Deadlock => panic!(
                        "a deadlock: every running task of this pool awaits a task that it added to the same pool; \
                         add it to another pool, or await it outside the first task"
                    ),
                };
            }
        };
        let polling = Polling::new(entry.shared.identity(), task, cx.waker());
        if let Some(task) = this.task.take() {
            let promise = task().into_future();
            this.running.set(Some(promise));
        }
        let Some(running) = this.running.as_mut().as_pin_mut() else {
            panic!("a task of a pool was polled again after its function had panicked");
        };
        let outcome = ready!(running.poll(cx));
        drop(polling);
        this.running.set(None);
        *this.entry = None;
        Poll::Ready(Ok(outcome))
    }
}

impl<F, P> Future for Add<F, P>
where
    F: FnOnce() -> P,
    P: IntoFuture,
{
    type Output = P::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<P::Output> {
        self.poll_task(cx).map(|outcome| match outcome {
            Ok(outcome) => outcome,
            Err(Cleared) => unreachable!("only clearable tasks are cleared"),
        })
    }
}

impl<F, P: IntoFuture> fmt::Debug for Add<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.entry.as_ref().map(|entry| entry.stage) {
            Some(Stage::Outside { .. }) => "new",
            Some(Stage::InLine(_)) => "in line",
            Some(Stage::Inside(_)) => "running",
            None => "over",
        };
        write!(f, "Add({stage})")
    }
}

pin_project! {
    /// A task that [`Pool::clear`] can remove from the line: the future of [`Add::clearable`].
    ///
    /// Rejects with [`PoolError::Cleared`], or with the task's own reason in [`PoolError::Inner`]. Otherwise as [`Add`].
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{PoolError, Queue};
    ///
    /// // Nobody clears it, so it is an `Add` but for the type of its reason.
    /// let task = Queue::new().add(async || Err::<(), _>("down")).clearable();
    /// assert_eq!(task.await, Err(PoolError::Inner("down")));
    /// # });
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Clearable<F, P: IntoFuture> {
        #[pin]
        add: Add<F, P>,
    }
}

impl<F, P, T, E> Future for Clearable<F, P>
where
    F: FnOnce() -> P,
    P: IntoFuture<Output = Result<T, E>>,
{
    type Output = Result<T, PoolError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .add
            .poll_task(cx)
            .map(|outcome| match outcome {
                Ok(outcome) => outcome.map_err(PoolError::Inner),
                Err(Cleared) => Err(PoolError::Cleared),
            })
    }
}

impl<F, P: IntoFuture> fmt::Debug for Clearable<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clearable").field(&self.add).finish()
    }
}

impl Entry {
    /// Ready with a slot, or if it will never have one.
    #[inline]
    fn poll_slot(
        &mut self,
        clearable: bool,
        cx: &mut Context<'_>,
    ) -> Poll<Result<TaskId, Refusal>> {
        match self.stage {
            Stage::Inside(task) => Poll::Ready(Ok(task)),
            Stage::InLine(place) => self.poll_turn(place, cx),
            Stage::Outside { priority } => match self.enter(priority, clearable) {
                Ok(task) => Poll::Ready(Ok(task)),
                Err(place) => self.poll_turn(place, cx),
            },
        }
    }

    /// Takes a slot, or else a place in line.
    fn enter(&mut self, priority: i32, clearable: bool) -> Result<TaskId, Place> {
        let mut state = lock(&self.shared.state);
        if let Some(task) = state.take_slot() {
            self.stage = Stage::Inside(task);
            return Ok(task);
        }
        let place = state.line.join(priority);
        self.stage = Stage::InLine(place);
        if clearable {
            state.make_clearable(place);
        }
        Err(place)
    }

    #[inline(never)]
    fn poll_turn(&mut self, place: Place, cx: &mut Context<'_>) -> Poll<Result<TaskId, Refusal>> {
        let parents = parents(self.shared.identity(), cx.waker());
        let mut waker = Some(cx.waker().clone());
        let turn = lock(&self.shared.state).turn(place, &mut waker, parents);
        drop(waker);
        match turn {
            Turn::Waiting => Poll::Pending,
            Turn::Granted => {
                self.stage = Stage::Inside(place.number);
                Poll::Ready(Ok(place.number))
            }
            // Out of line without a slot, so there is nothing to give up.
            Turn::Refused(refusal) => {
                self.stage = Stage::Outside { priority: 0 };
                Poll::Ready(Err(refusal))
            }
        }
    }

    fn make_clearable(&self) {
        if let Stage::InLine(place) = self.stage {
            lock(&self.shared.state).make_clearable(place);
        }
    }

    /// Gives back what it has.
    #[inline(never)]
    fn leave(&mut self) {
        let mut state = lock(&self.shared.state);
        if matches!(self.stage, Stage::Inside(_)) && state.release_unnoticed() {
            return;
        }
        let mut wakers = Wakers::default();
        match self.stage {
            Stage::Outside { .. } => {}
            Stage::InLine(place) => state.give_up(place, &mut wakers),
            Stage::Inside(task) => state.release(task, &mut wakers),
        }
        drop(state);
        wakers.wake();
    }
}

impl Drop for Entry {
    #[inline]
    fn drop(&mut self) {
        if !matches!(self.stage, Stage::Outside { .. }) {
            self.leave();
        }
    }
}
