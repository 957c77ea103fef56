//! `reduce`: one item after the other into an accumulator.

use core::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::slots::Stage;

/// Makes a promise of the accumulator and each item, one after the other, whose value is the next accumulator. Fulfils with
/// the last one, or rejects with the first reason.
///
/// The next item is taken from the iterator when the promise before it has fulfilled, the first at the first poll. A rejection drops the
/// iterator, before it is reported. Of nothing, it fulfils at once, with `first`. No allocation. Panics when polled after it has settled.
/// Cancel-safe: dropping it drops everything it holds.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::combine::reduce_iter;
///
/// async fn add(sum: u32, n: u32) -> Result<u32, String> {
///     sum.checked_add(n).ok_or_else(|| format!("{n} is too much"))
/// }
///
/// assert_eq!(reduce_iter([1, 2, 3], 10, add).await, Ok(16));
/// assert_eq!(reduce_iter([], 10, add).await, Ok(10));
/// # });
/// ```
pub fn reduce_iter<I, F, C, A, E>(items: I, first: A, f: F) -> Reduce<I::IntoIter, F, C, A>
where
    I: IntoIterator,
    F: FnMut(A, I::Item) -> C,
    C: Future<Output = Result<A, E>>,
{
    Reduce {
        items: Some(items.into_iter()),
        f,
        promise: None,
        accumulator: Some(first),
        stage: Stage::Idle,
    }
}

pin_project! {
    /// The future of [`reduce_iter`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Reduce<I, F, C, A> {
        items: Option<I>,
        f: F,
        #[pin]
        promise: Option<C>,
        // There unless a promise is running.
        accumulator: Option<A>,
        stage: Stage,
    }
}

impl<I, F, C, A, E> Future for Reduce<I, F, C, A>
where
    I: Iterator,
    F: FnMut(A, I::Item) -> C,
    C: Future<Output = Result<A, E>>,
{
    type Output = Result<A, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        this.stage.begin();
        loop {
            if let Some(promise) = this.promise.as_mut().as_pin_mut() {
                let Poll::Ready(outcome) = promise.poll(cx) else {
                    *this.stage = Stage::Idle;
                    return Poll::Pending;
                };
                this.promise.set(None);
                match outcome {
                    Ok(accumulator) => *this.accumulator = Some(accumulator),
                    Err(reason) => {
                        *this.items = None;
                        *this.stage = Stage::Settled;
                        return Poll::Ready(Err(reason));
                    }
                }
            }
            let accumulator = this
                .accumulator
                .take()
                .expect("it is there when no promise is running");
            let Some(item) = this.items.as_mut().and_then(Iterator::next) else {
                *this.items = None;
                *this.stage = Stage::Settled;
                return Poll::Ready(Ok(accumulator));
            };
            this.promise.set(Some((this.f)(accumulator, item)));
        }
    }
}

impl<I, F, C, A> fmt::Debug for Reduce<I, F, C, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reduce").finish_non_exhaustive()
    }
}
