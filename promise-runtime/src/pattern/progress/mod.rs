//! `Progress`: how many of several promises have settled.

mod stream;
mod told;
mod track;

use core::fmt;
use core::future::IntoFuture;
use core::marker::PhantomData;

pub use stream::ProgressStream;
use told::{Nobody, OnItem, OnProgress, ToldItem, ToldProgress};
pub use track::Track;

/// Waits for several promises as [`all_settled`](crate::all_settled) does, and tells how far they are.
///
/// Each time one settles, however it does, first [`on_item`](Self::on_item) is told which and how, then [`on_progress`](Self::on_progress) how many.
/// A tracker is used up by [`track`](Self::track) or [`stream`](Self::stream); where it is needed again, clone it.
///
/// ```
/// # promise_runtime::event_loop::run_with(promise_runtime::event_loop::Clock::Virtual, async {
/// use promise_runtime::{Progress, delay};
/// use std::time::Duration;
///
/// let task = async |n| {
///     delay(Duration::from_secs(n)).await;
///     if n == 2 { Err("failed") } else { Ok(n) }
/// };
/// let mut bar = Vec::new();
/// let progress = Progress::new().on_progress(|p| bar.push(format!("{}% ({}/{})", p.percentage, p.completed, p.total)));
/// let Ok(outcomes) = progress.track([3, 1, 2].map(task)).await;
/// assert_eq!(outcomes, [Ok(3), Ok(1), Err("failed")]);
/// assert_eq!(bar, ["33% (1/3)", "67% (2/3)", "100% (3/3)"]);
/// # });
/// ```
#[derive(Clone, Copy, Default)]
#[must_use = "a tracker does nothing until it is given promises to `track`"]
pub struct Progress<P = Nobody, I = Nobody> {
    on_progress: P,
    on_item: I,
}

/// How far it is.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// # use promise_runtime::{Progress, ProgressUpdate};
/// let mut last = None;
/// let _ = Progress::new().on_progress(|update| last = Some(update)).track([async { Ok::<_, ()>(1) }]).await;
/// assert_eq!(last, Some(ProgressUpdate { completed: 1, total: 1, percentage: 100 }));
/// # });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgressUpdate {
    /// How many promises have settled.
    pub completed: usize,
    /// How many there are.
    pub total: usize,
    /// From 0 to 100, rounded half up, as JavaScript's `Math.round` does.
    pub percentage: u8,
}

impl ProgressUpdate {
    fn new(completed: usize, total: usize) -> Self {
        let (part, whole) = (completed as u128, total as u128);
        Self {
            completed,
            total,
            percentage: ((200 * part + whole) / (2 * whole)) as u8,
        }
    }
}

impl Progress {
    /// A tracker that tells nobody yet.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// # use promise_runtime::Progress;
    /// let Ok(outcomes) = Progress::new().track([async { Err::<(), _>("no") }]).await;
    /// assert_eq!(outcomes, [Err("no")]);
    /// # });
    /// ```
    pub const fn new() -> Self {
        Self {
            on_progress: Nobody,
            on_item: Nobody,
        }
    }
}

impl<P, I> Progress<P, I> {
    /// Has `closure` called with a [`ProgressUpdate`] each time a promise has settled; once more for each call of this.
    ///
    /// Not called of no promises at all.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// # use promise_runtime::Progress;
    /// let mut seen = Vec::new();
    /// let progress = Progress::new().on_progress(|p| seen.push(p.percentage));
    /// let _ = progress.track(["1", "x", "3"].map(async |text| text.parse::<u8>())).await;
    /// assert_eq!(seen, [33, 67, 100]);
    /// # });
    /// ```
    pub fn on_progress<F>(self, closure: F) -> Progress<OnProgress<P, F>, I>
    where
        F: FnMut(ProgressUpdate),
    {
        Progress {
            on_progress: OnProgress {
                before: self.on_progress,
                closure,
            },
            on_item: self.on_item,
        }
    }

    /// Has `closure` called with each promise's place, counted from 0, and its outcome, in the order in which they settle.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// # use promise_runtime::Progress;
    /// let mut failed = Vec::new();
    /// let progress = Progress::new().on_item(|index, outcome: &Result<u8, _>| if outcome.is_err() { failed.push(index) });
    /// let _ = progress.track(["1", "x", "3"].map(async |text| text.parse::<u8>())).await;
    /// assert_eq!(failed, [1]);
    /// # });
    /// ```
    pub fn on_item<T, E, F>(self, closure: F) -> Progress<P, OnItem<I, F, T, E>>
    where
        F: FnMut(usize, &Result<T, E>),
    {
        Progress {
            on_progress: self.on_progress,
            on_item: OnItem {
                before: self.on_item,
                closure,
                looks_at: PhantomData,
            },
        }
    }

    /// Fulfils with the outcomes of all promises, in input order, once each has settled; it never rejects.
    ///
    /// Takes an array, a `Vec`, or anything else to iterate over, of promises of one type. The closures are called while they are
    /// polled. What panics: the closures, and polling again after it has settled. Cancel-safe: dropping it drops the promises and the closures.
    ///
    /// See [`Progress`] for an example.
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// # use promise_runtime::Progress;
    /// let mut seen = 0;
    /// let progress = Progress::new().on_progress(|update| seen = update.completed);
    /// let numbers = vec!["1", "two", "3"].into_iter().map(async |text| text.parse::<u8>().map_err(|_| text));
    /// let Ok(outcomes) = progress.track(numbers).await;
    /// assert_eq!(outcomes, [Ok(1), Err("two"), Ok(3)]);
    /// assert_eq!(seen, 3);
    /// # });
    /// ```
    pub fn track<X, T, E>(
        self,
        promises: X,
    ) -> Track<<X::Item as IntoFuture>::IntoFuture, T, E, P, I>
    where
        X: IntoIterator,
        X::Item: IntoFuture<Output = Result<T, E>>,
        P: ToldProgress,
        I: ToldItem<T, E>,
    {
        track::track(self, promises)
    }

    /// The updates as a [`Stream`](futures_core::Stream), which runs the promises as it is polled, and ends after the last has settled.
    ///
    /// The outcomes are then in [`into_outcomes`](ProgressStream::into_outcomes). Apart from that it is [`track`](Self::track).
    ///
    /// ```
    /// # promise_runtime::event_loop::run(async {
    /// use promise_runtime::{Progress, prelude::*};
    ///
    /// let mut updates = Progress::new().stream(["1", "x"].map(async |text| text.parse::<u8>()));
    /// let seen = promise! { Promise.map(&mut updates, update => update.percentage) }.await;
    /// assert_eq!(seen, Ok(vec![50, 100]));
    /// assert!(matches!(updates.into_outcomes().as_deref(), Some([Ok(1), Err(_)])));
    /// # });
    /// ```
    pub fn stream<X, T, E>(
        self,
        promises: X,
    ) -> ProgressStream<<X::Item as IntoFuture>::IntoFuture, T, E, P, I>
    where
        X: IntoIterator,
        X::Item: IntoFuture<Output = Result<T, E>>,
        P: ToldProgress,
        I: ToldItem<T, E>,
    {
        stream::stream(self, promises)
    }
}

impl<P, I> fmt::Debug for Progress<P, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
