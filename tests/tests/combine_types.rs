//! `Send`, `Sync`, `Unpin`, inference, and the shapes of literals.

mod combine_kit;

use combine_kit::settle;
use promise_runtime::{
    all, all_settled, any,
    combine::literal::{AsTuple, Detuple, Heterogeneous as _, Homogeneous as _, Probe, ToArray},
    race,
};
use std::{
    future::{Future, Ready, pending, ready},
    marker::PhantomPinned,
    rc::Rc,
};

/// Whether a value's type has a trait, seen by autoref.
macro_rules! implements {
    ($value:expr, $Trait:path) => {{
        #[allow(dead_code)]
        struct Of<T>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        trait No {
            fn answer(&self) -> bool {
                false
            }
        }
        impl<T> No for Of<T> {}
        #[allow(dead_code)]
        trait Yes {
            fn answer(&self) -> bool {
                true
            }
        }
        impl<T: $Trait> Yes for &Of<T> {}
        fn of<T>(_: &T) -> Of<T> {
            Of(std::marker::PhantomData)
        }
        #[allow(clippy::needless_borrow)]
        let answer = (&&of(&$value)).answer();
        answer
    }};
}

macro_rules! every_combinator {
    ($child:expr, $Trait:path, $fixed:expr, $dynamic:expr) => {{
        assert_eq!(implements!(all(($child, $child)), $Trait), $fixed);
        assert_eq!(implements!(all([$child, $child]), $Trait), $fixed);
        assert_eq!(implements!(all_settled(($child, $child)), $Trait), $fixed);
        assert_eq!(implements!(any(($child, $child)), $Trait), $fixed);
        assert_eq!(implements!(race(($child, $child)), $Trait), $fixed);
        assert_eq!(implements!(race([$child, $child]), $Trait), $fixed);
        assert_eq!(implements!(all(vec![$child]), $Trait), $dynamic);
        assert_eq!(implements!(all_settled(vec![$child]), $Trait), $dynamic);
        assert_eq!(implements!(any(vec![$child]), $Trait), $dynamic);
        assert_eq!(implements!(race(vec![$child]), $Trait), $dynamic);
    }};
}

fn plain() -> Ready<Result<u8, u8>> {
    ready(Ok(1))
}

fn with_rc() -> Ready<Result<Rc<u8>, Rc<u8>>> {
    ready(Ok(Rc::new(1)))
}

async fn pinned() -> Result<u8, u8> {
    let _pin = PhantomPinned;
    pending().await
}

fn not_sync() -> impl Future<Output = Result<u8, u8>> + Send {
    let cell = std::cell::Cell::new(1);
    async move { Ok(cell.get()) }
}

#[test]
fn combinators_are_send_and_sync_when_children_and_values_are() {
    every_combinator!(plain(), Send, true, true);
    every_combinator!(plain(), Sync, true, true);
    every_combinator!(with_rc(), Send, false, false);
    every_combinator!(not_sync(), Send, true, true);
    every_combinator!(not_sync(), Sync, false, false);
}

#[test]
fn values_that_are_kept_count_even_if_the_future_does_not_hold_them() {
    let makes_rc = || async { Ok::<_, u8>(Rc::new(1)) };
    assert!(implements!(makes_rc(), Send));
    assert!(!implements!(all((makes_rc(), makes_rc())), Send));
    assert!(!implements!(all([makes_rc(), makes_rc()]), Send));
    assert!(!implements!(all(vec![makes_rc()]), Send));
    assert!(
        implements!(any((makes_rc(), makes_rc())), Send),
        "any keeps reasons only"
    );
    assert!(
        implements!(race((makes_rc(), makes_rc())), Send),
        "race keeps nothing"
    );
}

#[test]
fn combinators_are_unpin_when_children_are_and_dynamic_ones_always() {
    every_combinator!(plain(), Unpin, true, true);
    every_combinator!(pinned(), Unpin, false, true);
}

#[test]
fn borrowing_children_do_not_spoil_send() {
    async fn length(text: &str) -> Result<usize, String> {
        Ok(text.len())
    }
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }
    let outer = String::from("outer");
    let future = is_send(async {
        let inner = String::from("in");
        let boxed =
            || Box::pin(length(&inner)) as std::pin::Pin<Box<dyn Future<Output = _> + Send + '_>>;
        let mut sum = 0;
        let (a, b, c) = all((length(&outer), length(&inner), boxed())).await?;
        sum += a + b + c;
        sum += all([length(&outer), length(&inner)])
            .await?
            .iter()
            .sum::<usize>();
        sum += all([&outer, &inner].into_iter().map(|x| length(x)))
            .await?
            .len();
        sum += any((length(&outer), length(&inner)))
            .await
            .unwrap_or_default();
        sum += race((length(&outer), length(&inner))).await?;
        let Ok(both) = all_settled((length(&outer), length(&inner))).await;
        sum += both.0?;
        Ok::<_, String>(sum)
    });
    assert_eq!(settle(future), Ok(9 + 7 + 2 + 5 + 5 + 5));
}

#[test]
fn generic_functions_may_use_the_bounds_in_scope() {
    async fn both<A, B, T, U, E>(a: A, b: B) -> Result<(T, U), E>
    where
        A: Future<Output = Result<T, E>>,
        B: Future<Output = Result<U, E>>,
    {
        all((a, b)).await
    }
    async fn every<T, E>(
        xs: impl IntoIterator<Item = impl Future<Output = Result<T, E>>>,
    ) -> Result<Vec<T>, E> {
        all(xs.into_iter()).await
    }
    assert_eq!(settle(both(plain(), plain())), Ok((1, 1)));
    assert_eq!(settle(every([plain(), plain()])), Ok(vec![1, 1]));
}

#[test]
fn every_combinator_is_debug() {
    assert_eq!(format!("{:?}", all((plain(),))), "AllOf { .. }");
    assert_eq!(format!("{:?}", race(vec![plain()])), "RaceVec { .. }");
}

macro_rules! shape {
    ($value:expr) => {{
        let value = $value;
        #[allow(clippy::needless_borrow)]
        let kind = (&&Probe(&value)).__shape();
        (kind, kind.to(value))
    }};
}

#[test]
fn equal_types_make_an_array_and_others_a_tuple() {
    let (ToArray, array) = shape!((1, 2, 3_u64));
    assert_eq!(array, [1_u64, 2, 3]);
    let (ToArray, array) = shape!((1,));
    assert_eq!(array, [1]);
    let (AsTuple, tuple) = shape!((1, "a"));
    assert_eq!(tuple, (1, "a"));
    let (AsTuple, tuple) = shape!((1, 2.0));
    assert_eq!(tuple, (1, 2.0));
    let (ToArray, array) = shape!((vec![1], Vec::new()));
    assert_eq!(array, [vec![1], vec![]]);
    let (ToArray, array) = shape!((None, Some(1)));
    assert_eq!(array, [None, Some(1)]);
    let (ToArray, array) = shape!((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    assert_eq!(array, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let (AsTuple, tuple) = shape!((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ""));
    assert_eq!(tuple.11, "");
    let text = String::from("short");
    let (ToArray, array) = shape!((text.as_str(), "static"));
    assert_eq!(array, ["short", "static"]);
}

#[test]
fn the_shape_follows_what_a_generic_function_knows() {
    fn same<T>(a: T, b: T) -> [T; 2] {
        shape!((a, b)).1
    }
    fn other<T, U>(a: T, b: U) -> (T, U) {
        shape!((a, b)).1
    }
    assert_eq!(same(1, 2), [1, 2]);
    assert_eq!(other(1, 2), (1, 2));
}

#[test]
fn tuples_and_arrays_come_apart_alike() {
    let (a, b) = Detuple::<2>::detuple((1, "x"));
    assert_eq!((a, b), (1, "x"));
    let (a, b) = Detuple::<2>::detuple([1, 2]);
    assert_eq!((a, b), (1, 2));
    let pair = (String::from("a"), 2);
    let (a, b) = Detuple::<2>::detuple(&pair);
    assert_eq!((a.as_str(), *b), ("a", 2));
    let array = [String::from("a")];
    let (a,) = Detuple::<1>::detuple(&array);
    assert_eq!(a, "a");
}
