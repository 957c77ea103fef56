//! Who is told of progress: closures of the user's, each with those before it.

use core::fmt;
use core::marker::PhantomData;

use super::ProgressUpdate;

/// Nobody is told.
///
/// ```
/// // What stands where no closure was given.
/// let silent: promise_runtime::Progress = promise_runtime::Progress::new();
/// # let _ = silent;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

/// A closure that is told how many have settled, after those in `before`. It stands in the type of a tracker, which is best left to inference.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::Progress;
/// use std::cell::RefCell;
///
/// let order = RefCell::new(Vec::new());
/// let progress = Progress::new()
///     .on_progress(|_| order.borrow_mut().push("first"))
///     .on_progress(|_| order.borrow_mut().push("second"));
/// let Ok(_) = progress.track([async { Ok::<_, ()>(1) }]).await;
/// assert_eq!(order.take(), ["first", "second"]);
/// # });
/// ```
#[derive(Clone, Copy)]
pub struct OnProgress<P, F> {
    pub(super) before: P,
    pub(super) closure: F,
}

/// A closure that is told of each promise, after those in `before`. It names the outcomes it looks at:
///
/// ```compile_fail
/// # use promise_runtime::Progress;
/// let progress = Progress::new().on_item(|_, _: &Result<u8, ()>| ());
/// let texts = progress.track([async { Ok::<_, ()>("not a number") }]);
/// ```
pub struct OnItem<I, F, T, E> {
    pub(super) before: I,
    pub(super) closure: F,
    pub(super) looks_at: PhantomData<fn(&Result<T, E>)>,
}

impl<P, F> fmt::Debug for OnProgress<P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnProgress")
    }
}

impl<I, F, T, E> fmt::Debug for OnItem<I, F, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnItem")
    }
}

impl<I: Clone, F: Clone, T, E> Clone for OnItem<I, F, T, E> {
    fn clone(&self) -> Self {
        Self {
            before: self.before.clone(),
            closure: self.closure.clone(),
            looks_at: PhantomData,
        }
    }
}

#[doc(hidden)]
pub trait ToldProgress {
    fn progress(&mut self, update: ProgressUpdate);
}

impl ToldProgress for Nobody {
    fn progress(&mut self, _: ProgressUpdate) {}
}

impl<P: ToldProgress, F: FnMut(ProgressUpdate)> ToldProgress for OnProgress<P, F> {
    fn progress(&mut self, update: ProgressUpdate) {
        self.before.progress(update);
        (self.closure)(update);
    }
}

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this tracker is told of other outcomes than `Result<{T}, {E}>`",
    label = "promises of `Result<{T}, {E}>`",
    note = "the closure given to `on_item` takes a `&Result<T, E>` of what the promises yield"
)]
pub trait ToldItem<T, E> {
    fn item(&mut self, index: usize, outcome: &Result<T, E>);
}

impl<T, E> ToldItem<T, E> for Nobody {
    fn item(&mut self, _: usize, _: &Result<T, E>) {}
}

impl<I, F, T, E> ToldItem<T, E> for OnItem<I, F, T, E>
where
    I: ToldItem<T, E>,
    F: FnMut(usize, &Result<T, E>),
{
    fn item(&mut self, index: usize, outcome: &Result<T, E>) {
        self.before.item(index, outcome);
        (self.closure)(index, outcome);
    }
}
