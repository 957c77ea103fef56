//! `all`, `all_settled`, `any`, `race`, and `map` with its kin: several promises in one future.
//!
//! | function | fulfils with | rejects with | of nothing |
//! |---|---|---|---|
//! | [`all`] | every value, in input order | the first rejection | fulfils at once |
//! | [`all_settled`] | every outcome as a [`Result`], in input order | never ([`Infallible`](core::convert::Infallible)) | fulfils at once |
//! | [`any`] | the first fulfilment | [`AggregateError`](crate::AggregateError) of all reasons, in input order | rejects at once |
//! | [`race`] | what the first one to settle says | the same | stays pending |
//!
//! What they take, and give back:
//!
//! | promises in | values out | allocations |
//! |---|---|---|
//! | a tuple of 1 to 12, of any types | a tuple (`any`: reasons as an array) | none |
//! | an array `[F; N]` | an array | none |
//! | an iterator, a `Vec<F>`, a `VecDeque<F>` or a `Box<[F]>` (feature `alloc`) | a `Vec` | at most 3 (`race`: 2) |
//!
//! A promise here is anything that is [`IntoFuture`] with a `Result` as its output.
//!
//! More make the promises themselves, out of the items of an iterator:
//!
//! | function | fulfils with | at a time | of nothing |
//! |---|---|---|---|
//! | [`map_iter`] | the values, in input order | up to a limit | fulfils at once |
//! | [`map_batches`] | the values, in input order | a batch | fulfils at once |
//! | [`filter_iter`], [`filter_map_iter`] | the items, or values, to be kept, in input order | up to a limit | fulfils at once |
//!
//! They reject with the first rejection, and start nothing after it.
//!
//! # What all of them keep to
//!
//! - Children are polled in input order with the waker of whoever polls the combinator, so of two that are ready at once
//!   the earlier one wins. There is no rotation: a child that is always ready for more work keeps the ones after it from
//!   being heard first. Put the branch that must not starve at the front.
//! - A child that has settled is dropped at once and never polled again. One that returned `Pending` and kept nothing to be woken by is
//!   polled again whenever the combinator is.
//! - Over an iterator of more than 16 promises, [`all`], [`all_settled`] and [`any`] give each child that keeps its waker one of its own, and
//!   from then on poll only those that were woken. That is the third allocation, made when the first child keeps its waker; the
//!   others are the children, which a `Vec` of futures brings along, and the values. An iterator that does not know its length takes as many as
//!   collecting it takes. Those who only wake themselves, or nobody, need no wakers until polling all of them does not pay any more. In a [`race`],
//!   where whoever is woken mostly decides, children get wakers of their own from the third poll on. If then, in one
//!   poll, 256 children wake themselves and stay pending, as tokio's do when the task's budget is used up, the next poll goes on with those
//!   after them. Those who are woken by one of the others while that is polled have their turn in the same poll, unless it
//!   has made 64 rounds.
//! - The deciding outcome drops every other child and every value kept so far, in input order, before `all`, `any` and a
//!   dynamic `race` report it. A `race` over a tuple or an array has no room for that: there the losers are dropped with the
//!   race itself, which `.await` does before it yields.
//! - Cancel-safe: dropping the combinator drops every child that is still running and every value it keeps, once each.
//! - These functions take a promise as `.await` does, and a settled `LocalPromise` takes a turn there: in `race((promise, ready(x)))` it comes too
//!   late. As an element in `promise!` it takes none, so `Promise.race([promise, x])` tells its state, as in JavaScript.
//! - A panic in a child passes through; the other children are dropped with the combinator, and polling it again panics.
//!   If the drop of one child panics, the others are still dropped.
//! - A combinator is `Send` when its children and their values are, and so for `Sync`. Over tuples and arrays it is `Unpin` when
//!   those are; over an iterator always, as its children live on the heap.
//!
//! Over tuples and arrays the size is, up to alignment, the sum over the children of the larger of the child and its value,
//! plus 8 bytes (an array: plus one byte a child); that of a `race` is exactly the sum of the children.

/// Hands `$each` one line per arity: its number, then for each element the names of a future, a value and a rejection type, and its place.
macro_rules! for_each_arity {
    ($each:ident) => {
        $each!(1; (A TA EA 0));
        $each!(2; (A TA EA 0) (B TB EB 1));
        $each!(3; (A TA EA 0) (B TB EB 1) (C TC EC 2));
        $each!(4; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3));
        $each!(5; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4));
        $each!(6; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4) (G TG EG 5));
        $each!(7; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4) (G TG EG 5) (H TH EH 6));
        $each!(8; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4) (G TG EG 5) (H TH EH 6) (I TI EI 7));
        $each!(9; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4) (G TG EG 5) (H TH EH 6) (I TI EI 7) (J TJ EJ 8));
        $each!(10; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4) (G TG EG 5) (H TH EH 6) (I TI EI 7) (J TJ EJ 8) (K TK EK 9));
        $each!(11; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4) (G TG EG 5) (H TH EH 6) (I TI EI 7) (J TJ EJ 8) (K TK EK 9) (L TL EL 10));
        $each!(12; (A TA EA 0) (B TB EB 1) (C TC EC 2) (D TD ED 3) (F TF EF 4) (G TG EG 5) (H TH EH 6) (I TI EI 7) (J TJ EJ 8) (K TK EK 9) (L TL EL 10) (M TM EM 11));
    };
}

mod all;
mod all_settled;
mod any;
#[cfg(feature = "alloc")]
mod bounded;
#[cfg(feature = "alloc")]
mod filter;
#[doc(hidden)]
pub mod literal;
#[cfg(feature = "alloc")]
mod many;
#[cfg(feature = "alloc")]
mod map;
mod pinned;
mod race;
mod rule;
mod slots;

pub use all::{All, AllOf, all};
pub use all_settled::{AllSettled, AllSettledOf, all_settled};
pub use any::{Any, AnyOf, any};
pub use race::{Race, RaceOf, race};

#[cfg(feature = "alloc")]
#[doc(hidden)]
pub use bounded::Room;
#[cfg(feature = "alloc")]
pub(crate) use bounded::known_length;
#[cfg(feature = "alloc")]
pub use {
    all::AllVec,
    all_settled::AllSettledVec,
    any::AnyVec,
    filter::{FilterMapVec, FilterVec, filter_iter, filter_map_iter},
    map::{MapVec, map_batches, map_iter},
    race::RaceVec,
};
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub use {all::all_iter, all_settled::all_settled_iter, any::any_iter, race::race_iter};
#[cfg(feature = "stream")]
#[doc(hidden)]
pub use {filter::FilterMapStream, map::MapStream};

/// Which of its forms a combinator was given. Inference finds the marker, so that tuples, arrays and iterators can each
/// have an implementation without any of them overlapping in the eyes of the compiler.
#[doc(hidden)]
pub mod markers {
    /// A tuple of 1 to 12 promises.
    #[derive(Debug)]
    pub enum Tuple {}
    /// An array of promises of one type.
    #[derive(Debug)]
    pub enum Array {}
    /// A collection that owns its promises.
    #[derive(Debug)]
    pub enum Collection {}
    /// Any iterator of promises.
    #[derive(Debug)]
    pub enum Iter {}
}
