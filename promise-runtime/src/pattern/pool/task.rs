//! The futures of a pool's tasks.

use super::nesting::{Polling, parents};
use super::state::{Refusal, TaskId, Turn};
use super::{Pool, PoolError, Shared};
use crate::pattern::line::{Place, Wakers, lock};
use alloc::sync::Arc;
use core::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};
use pin_project_lite::pin_project;

pin_project! {
    /// A task in a pool: the future of [`Pool::add`], [`Pool::add_with_priority`] and [`Pool::try_add`].
    ///
    /// Settles as the promise does that its function makes. Cancel-safe: dropped in line it leaves the line, dropped
    /// running it drops the promise and then hands its slot to the next. Polled after its end, it panics.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Add<F, P: IntoFuture> {
        // Dropped in this order: the slot is free when nothing of the task is left.
        #[pin]
        running: Option<P::IntoFuture>,
        task: Option<F>,
        entry: Entry,
        clearable: bool,
    }
}

/// How far a task has come.
enum Entry {
    /// Not polled yet.
    Outside {
        pool: Pool,
        priority: i32,
    },
    InLine(Seat),
    Inside(Slot),
    Over,
}

/// A place in line; given up when it is dropped.
struct Seat {
    /// `None` once it has become a slot, or was refused.
    shared: Option<Arc<Shared>>,
    place: Place,
}

/// A slot; handed on when it is dropped.
struct Slot {
    shared: Arc<Shared>,
    task: TaskId,
}

impl<F, P: IntoFuture> Add<F, P> {
    pub(super) fn new(pool: Pool, priority: i32, task: F) -> Self {
        Self::at(Entry::Outside { pool, priority }, task)
    }

    /// With a slot or a place right now; `None` if there is no room.
    pub(super) fn try_new(pool: &Pool, task: F) -> Option<Self> {
        let state = &mut *lock(&pool.shared.state);
        let entry = if let Some(task) = state.take_slot() {
            let shared = pool.shared.clone();
            Entry::Inside(Slot { shared, task })
        } else if state.line.len() < state.room {
            Entry::InLine(Seat {
                place: state.line.join(0),
                shared: Some(pool.shared.clone()),
            })
        } else {
            return None;
        };
        Some(Self::at(entry, task))
    }

    fn at(entry: Entry, task: F) -> Self {
        Self {
            running: None,
            task: Some(task),
            entry,
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
        if let Entry::InLine(seat) = &self.entry {
            seat.make_clearable();
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
        loop {
            match this.entry {
                Entry::Outside { .. } => {
                    let Entry::Outside { pool, priority } = mem::replace(this.entry, Entry::Over)
                    else {
                        continue;
                    };
                    *this.entry = Entry::new(pool.shared, priority, *this.clearable);
                }
                Entry::InLine(seat) => match seat.poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Ok(slot)) => *this.entry = Entry::Inside(slot),
                    Poll::Ready(Err(Refusal::Cleared)) => {
                        *this.entry = Entry::Over;
                        return Poll::Ready(Err(Cleared));
                    }
                    Poll::Ready(Err(Refusal::Deadlock)) => {
                        *this.entry = Entry::Over;
                        panic!(
                            "a deadlock: every running task of this pool awaits a task that it added to the same pool; \
                             add it to another pool, or await it outside the first task"
                        );
                    }
                },
                Entry::Inside(slot) => {
                    let polling = slot.polling(cx);
                    if let Some(task) = this.task.take() {
                        let promise = task().into_future();
                        this.running.set(Some(promise));
                    }
                    let Some(running) = this.running.as_mut().as_pin_mut() else {
                        panic!("a task of a pool was polled again after its function had panicked");
                    };
                    let Poll::Ready(outcome) = running.poll(cx) else {
                        return Poll::Pending;
                    };
                    drop(polling);
                    this.running.set(None);
                    *this.entry = Entry::Over;
                    return Poll::Ready(Ok(outcome));
                }
                Entry::Over => panic!("a task of a pool was polled again after its end"),
            }
        }
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
        let entry = match self.entry {
            Entry::Outside { .. } => "new",
            Entry::InLine(_) => "in line",
            Entry::Inside(_) => "running",
            Entry::Over => "over",
        };
        write!(f, "Add({entry})")
    }
}

pin_project! {
    /// A task that [`Pool::clear`] can remove from the line: the future of [`Add::clearable`].
    ///
    /// Rejects with [`PoolError::Cleared`], or with the task's own reason in [`PoolError::Inner`]. Otherwise as [`Add`].
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
    /// Takes a slot, or else a place in line.
    fn new(shared: Arc<Shared>, priority: i32, clearable: bool) -> Self {
        let mut state = lock(&shared.state);
        if let Some(task) = state.take_slot() {
            drop(state);
            return Self::Inside(Slot { shared, task });
        }
        let place = state.line.join(priority);
        if clearable {
            state.make_clearable(place);
        }
        drop(state);
        Self::InLine(Seat {
            shared: Some(shared),
            place,
        })
    }
}

impl Seat {
    fn make_clearable(&self) {
        if let Some(shared) = &self.shared {
            lock(&shared.state).make_clearable(self.place);
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Slot, Refusal>> {
        let Some(shared) = &self.shared else {
            return Poll::Pending;
        };
        let parents = parents(shared.identity(), cx.waker());
        let mut waker = Some(cx.waker().clone());
        let turn = lock(&shared.state).turn(self.place, &mut waker, parents);
        drop(waker);
        match turn {
            Turn::Waiting => return Poll::Pending,
            // Out of line without a slot, so there is nothing to give up.
            Turn::Refused(refusal) => {
                self.shared = None;
                return Poll::Ready(Err(refusal));
            }
            Turn::Granted => {}
        }
        let task = self.place.number;
        match self.shared.take() {
            Some(shared) => Poll::Ready(Ok(Slot { shared, task })),
            None => Poll::Pending,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            let mut wakers = Wakers::default();
            lock(&shared.state).give_up(self.place, &mut wakers);
            wakers.wake();
        }
    }
}

impl Slot {
    fn polling(&self, cx: &Context<'_>) -> Polling {
        Polling::new(self.shared.identity(), self.task, cx.waker())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut wakers = Wakers::default();
        lock(&self.shared.state).release(self.task, &mut wakers);
        wakers.wake();
    }
}
