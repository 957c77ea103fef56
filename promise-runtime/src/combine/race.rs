//! `race`: whoever settles first.

use core::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{
    markers::{Array, Tuple},
    pinned::Contenders,
};
#[cfg(feature = "alloc")]
use {
    super::{
        many::{
            FEW, Sweeps,
            wakers::{Outcome, Wakers},
        },
        markers::{Collection, Iter},
        pinned::PinnedVec,
        slots::Stage,
    },
    alloc::{boxed::Box, collections::VecDeque, vec::Vec},
    core::ops::ControlFlow,
};

/// Settles like the first promise to settle.
///
/// Of two that are ready at once the earlier one wins. The losers are dropped before the code after `.await` goes on. Of nothing,
/// it stays pending for ever, as in JavaScript. The promises share one value type and one rejection type. Must not be polled after
/// it has settled. Cancel-safe: dropping it drops every contender. The [module](super) says what all combinators keep to.
///
/// ```
/// # promise_runtime::event_loop::run(async {
/// use promise_runtime::race;
/// use std::future;
///
/// let slow = future::pending::<Result<&str, &str>>();
/// let fast = async { Ok("fast") };
/// assert_eq!(race((slow, fast)).await, Ok("fast"));
///
/// let first = async { Err::<u8, _>("first") };
/// let second = async { Ok(2) };
/// assert_eq!(race((first, second)).await, Err("first"));
/// # });
/// ```
#[inline]
pub fn race<X, M>(xs: X) -> X::Future
where
    X: Race<M>,
{
    xs.race()
}

/// [`race`] of anything that can be iterated over.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub fn race_iter<I, T, E>(xs: I) -> RaceVec<<I::Item as IntoFuture>::IntoFuture>
where
    I: IntoIterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    RaceVec {
        contenders: PinnedVec::new(xs.into_iter().map(IntoFuture::into_future)),
        stage: Stage::Idle,
        sweeps: Sweeps::NotYet,
        wakers: None,
    }
}

/// What [`race`] takes. `M` is found by inference.
#[diagnostic::on_unimplemented(
    message = "`race` does not take `{Self}`",
    label = "not promises with one value type and one rejection type",
    note = "it takes a tuple of 1 to 12 promises, an array, an iterator, or a `Vec`, `VecDeque` or `Box<[_]>` of promises",
    note = "a promise is a future whose output is a `Result`; all of them have the same value type and the same error type"
)]
pub trait Race<M> {
    /// The future that waits for the first of them.
    type Future: Future;

    /// What [`race`] does.
    fn race(self) -> Self::Future;
}

pin_project! {
    /// The future of [`race`] over a tuple or an array.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct RaceOf<C> {
        #[pin]
        contenders: C,
    }
}

impl<C: Contenders> Future for RaceOf<C> {
    type Output = C::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Output> {
        self.project().contenders.poll_first(cx)
    }
}

impl<C> fmt::Debug for RaceOf<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaceOf").finish_non_exhaustive()
    }
}

macro_rules! tuple {
    ($n:literal; $(($F:ident $T:ident $E:ident $i:tt))+) => {
        #[diagnostic::do_not_recommend]
        impl<T, E, $($F),+> Race<Tuple> for ($($F,)+)
        where
            $($F: IntoFuture<Output = Result<T, E>>),+
        {
            type Future = RaceOf<($($F::IntoFuture,)+)>;

            #[inline]
            fn race(self) -> Self::Future {
                RaceOf { contenders: ($(self.$i.into_future(),)+) }
            }
        }
    };
}

for_each_arity!(tuple);

#[diagnostic::do_not_recommend]
impl<F, T, E, const N: usize> Race<Array> for [F; N]
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = RaceOf<[F::IntoFuture; N]>;

    #[inline]
    fn race(self) -> Self::Future {
        RaceOf {
            contenders: self.map(IntoFuture::into_future),
        }
    }
}

/// The future of [`race`] over an iterator.
#[cfg(feature = "alloc")]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct RaceVec<F> {
    contenders: PinnedVec<F>,
    stage: Stage,
    sweeps: Sweeps,
    wakers: Option<Wakers>,
}

#[cfg(feature = "alloc")]
impl<F: Future> Future for RaceVec<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        this.stage.begin();
        let first = match this.sweeps {
            Sweeps::Slow => this.poll_woken(cx),
            Sweeps::NotYet | Sweeps::Good => this.sweep(cx),
        };
        match first {
            Poll::Ready(outcome) => {
                this.contenders.clear();
                this.stage = Stage::Settled;
                Poll::Ready(outcome)
            }
            Poll::Pending => {
                this.stage = Stage::Idle;
                Poll::Pending
            }
        }
    }
}

#[cfg(feature = "alloc")]
impl<F: Future> RaceVec<F> {
    #[inline]
    fn sweep(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        let contenders = self.contenders.len();
        let first = self
            .contenders
            .from(0)
            .find_map(|contender| match contender.poll(cx) {
                Poll::Ready(outcome) => Some(outcome),
                Poll::Pending => None,
            });
        if let Some(outcome) = first {
            return Poll::Ready(outcome);
        }
        if contenders > FEW {
            self.sweeps = self.sweeps.next(0, contenders, contenders);
        }
        Poll::Pending
    }

    /// Two sweeps have found nobody: from now on only those are polled that were woken.
    #[cold]
    #[inline(never)]
    fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        let contenders = self.contenders.len();
        let wakers = self.wakers.get_or_insert_with(|| {
            let mut wakers = Wakers::new(contenders);
            wakers.all_again();
            wakers
        });
        if !wakers.register(cx.waker()) {
            // The contenders get the parent's waker instead of their own, so the next pass starts anew.
            wakers.all_again();
            return self.sweep(cx);
        }
        let passed = wakers.pass(|turn| {
            let contender = self.contenders.get(turn.child);
            match contender.poll(&mut Context::from_waker(turn.waker)) {
                Poll::Ready(outcome) => ControlFlow::Break(outcome),
                Poll::Pending => ControlFlow::Continue(Outcome::Pending),
            }
        });
        match passed {
            ControlFlow::Break(outcome) => Poll::Ready(outcome),
            ControlFlow::Continue(()) => Poll::Pending,
        }
    }
}

#[cfg(feature = "alloc")]
impl<F> Unpin for RaceVec<F> {}

#[cfg(feature = "alloc")]
impl<F> fmt::Debug for RaceVec<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaceVec").finish_non_exhaustive()
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<I, T, E> Race<Iter> for I
where
    I: Iterator,
    I::Item: IntoFuture<Output = Result<T, E>>,
{
    type Future = RaceVec<<I::Item as IntoFuture>::IntoFuture>;

    fn race(self) -> Self::Future {
        race_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> Race<Collection> for Vec<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = RaceVec<F::IntoFuture>;

    fn race(self) -> Self::Future {
        race_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> Race<Collection> for VecDeque<F>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = RaceVec<F::IntoFuture>;

    fn race(self) -> Self::Future {
        race_iter(self)
    }
}

#[cfg(feature = "alloc")]
#[diagnostic::do_not_recommend]
impl<F, T, E> Race<Collection> for Box<[F]>
where
    F: IntoFuture<Output = Result<T, E>>,
{
    type Future = RaceVec<F::IntoFuture>;

    fn race(self) -> Self::Future {
        race_iter(self)
    }
}
