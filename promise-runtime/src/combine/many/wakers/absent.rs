//! Where there is no compare-and-swap: no wakers but the parent's. Whoever asks first whether it can be served does not come further.

use core::{mem::ManuallyDrop, ops::ControlFlow, task::Waker};

use super::children::Lends;

pub(in crate::combine) struct Wakers(());

pub(in crate::combine) struct Turn<'a> {
    pub(in crate::combine) child: usize,
    pub(in crate::combine) waker: &'a Waker,
}

impl Turn<'_> {
    pub(in crate::combine) fn has_wakers(&self) -> bool {
        nobody_is_served()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::combine) enum Outcome {
    Idle,
    Pending,
    Again,
}

impl Wakers {
    pub(in crate::combine) fn can_serve(_: usize) -> bool {
        false
    }

    pub(in crate::combine) fn new(_: usize) -> Wakers {
        nobody_is_served();
        Wakers(())
    }

    pub(in crate::combine) fn again(&mut self, _: usize) {
        nobody_is_served();
    }

    pub(in crate::combine) fn all_again(&mut self) {
        nobody_is_served();
    }

    pub(in crate::combine) fn register(&mut self, _: &Waker) -> bool {
        nobody_is_served()
    }

    pub(in crate::combine) fn pass<B>(
        &mut self,
        _: impl FnMut(Turn<'_>) -> ControlFlow<B, Outcome>,
    ) -> ControlFlow<B> {
        nobody_is_served();
        ControlFlow::Continue(())
    }
}

pub(in crate::combine) struct Lender<'a>(core::marker::PhantomData<&'a Waker>);

pub(in crate::combine) struct Earlier(());

impl<'a> Lender<'a> {
    pub(in crate::combine) fn new(_: &'a Waker, _: usize) -> Self {
        nobody_is_served();
        Lender(core::marker::PhantomData)
    }

    pub(in crate::combine) fn waker(&self) -> ManuallyDrop<Waker> {
        nobody_is_served();
        ManuallyDrop::new(Waker::noop().clone())
    }

    pub(in crate::combine) fn into_wakers(self, _: usize) -> (Wakers, Earlier) {
        nobody_is_served();
        (Wakers(()), Earlier(()))
    }
}

impl Lends for Lender<'_> {
    fn turn_of(&self, _: usize) {
        nobody_is_served();
    }

    fn has_kept(&self) -> bool {
        nobody_is_served()
    }
}

impl Earlier {
    pub(in crate::combine) fn poll_again(self, _: &mut Wakers) {
        nobody_is_served();
    }
}

fn nobody_is_served() -> bool {
    unreachable!("children have no wakers of their own here");
}
