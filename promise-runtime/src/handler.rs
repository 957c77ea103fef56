//! Calling what stands where a function is expected.

use crate::combine::literal::Detuple;
use crate::resolve::Tag;

/// A closure's parameter gets its type from the value. The closure is called at once, so handlers share captures.
#[inline(always)]
pub fn call<A, R>(value: A, handler: impl FnOnce(A) -> R) -> R {
    handler(value)
}

/// A closure without parameters ignores the value.
#[inline(always)]
pub fn call_without<A, R>(value: A, handler: impl FnOnce() -> R) -> R {
    drop(value);
    handler()
}

#[inline(always)]
pub fn run<R>(handler: impl FnOnce() -> R) -> R {
    handler()
}

/// A function that is given its region's tag.
#[inline(always)]
pub fn with_tag<E, R>(tag: Tag<E>, handler: impl FnOnce(Tag<E>) -> R) -> impl FnOnce() -> R {
    move || handler(tag)
}

/// What `Promise.resolve()` fulfils with.
pub const UNIT: () = ();

/// A value that nobody asked for.
#[inline(always)]
pub fn discard<T>(_: T) {}

/// A function that takes the value of the step before.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler for `{A}`",
    label = "not a function of one `{A}`",
    note = "write an arrow, `value => …`, a closure, `|value| …`, or the path of a function"
)]
pub trait Handler<A, R> {
    fn handle(self, value: A) -> R;
}

#[diagnostic::do_not_recommend]
impl<A, R, F: FnOnce(A) -> R> Handler<A, R> for F {
    #[inline(always)]
    fn handle(self, value: A) -> R {
        self(value)
    }
}

#[inline(always)]
pub fn call_function<A, R, H: Handler<A, R>>(value: A, handler: H) -> R {
    handler.handle(value)
}

/// A function that takes nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function without parameters",
    label = "not a handler for `finally`",
    note = "write an arrow, `() => …`, a closure, `|| …`, or the path of a function"
)]
pub trait Callback<R> {
    fn call(self) -> R;
}

#[diagnostic::do_not_recommend]
impl<R, F: FnOnce() -> R> Callback<R> for F {
    #[inline(always)]
    fn call(self) -> R {
        self()
    }
}

#[inline(always)]
pub fn call_back<R, H: Callback<R>>(handler: H) -> R {
    handler.call()
}

/// A function that takes several values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function of the parts of `{A}`",
    label = "not a handler for `spread`",
    note = "write a handler with one parameter for each part: `.spread(|a, b| …)`"
)]
pub trait SpreadHandler<A, R> {
    fn spread(self, parts: A) -> R;
}

macro_rules! same {
    ($part:ident $T:ident) => {
        $T
    };
}

macro_rules! spread {
    ($($call:ident $n:literal: $($part:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($part,)* R, H: FnOnce($($part),*) -> R> SpreadHandler<($($part,)*), R> for H {
            #[inline(always)]
            #[expect(non_snake_case, reason = "the parts are named after their types")]
            fn spread(self, ($($part,)*): ($($part,)*)) -> R {
                self($($part),*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T, R, H: FnOnce($(same!($part T)),*) -> R> SpreadHandler<[T; $n], R> for H {
            #[inline(always)]
            #[expect(non_snake_case, reason = "the parts are named after their types")]
            fn spread(self, [$($part),*]: [T; $n]) -> R {
                self($($part),*)
            }
        }

        /// A closure's parameters get their types from the parts.
        #[inline(always)]
        #[expect(non_snake_case, reason = "the parts are named after their types")]
        pub fn $call<V, $($part,)* R>(value: V, handler: impl FnOnce($($part),*) -> R) -> R
        where
            V: Detuple<$n, Parts = ($($part,)*)>,
        {
            let ($($part,)*) = value.detuple();
            handler($($part),*)
        }
    )*};
}

spread! {
    spread_1 1: A;
    spread_2 2: A B;
    spread_3 3: A B C;
    spread_4 4: A B C D;
    spread_5 5: A B C D F;
    spread_6 6: A B C D F G;
    spread_7 7: A B C D F G I;
    spread_8 8: A B C D F G I J;
    spread_9 9: A B C D F G I J K;
    spread_10 10: A B C D F G I J K L;
    spread_11 11: A B C D F G I J K L M;
    spread_12 12: A B C D F G I J K L M N;
}

#[inline(always)]
pub fn call_spread<A, R, H: SpreadHandler<A, R>>(parts: A, handler: H) -> R {
    handler.spread(parts)
}

/// Takes a tuple or an array apart.
#[inline(always)]
pub fn detuple<const N: usize, V: Detuple<N>>(value: V) -> V::Parts {
    value.detuple()
}

/// The executor of `new Promise` settles by calling, not by returning.
#[diagnostic::on_unimplemented(
    message = "the executor of `new Promise` must end in `()`, not in `{Self}`",
    label = "this value is lost",
    note = "settle with `resolve(value)` or `reject(reason)`; to wait for a promise, return it from a step instead of wrapping it"
)]
pub trait ExecutorValue {}

impl ExecutorValue for () {}

#[inline(always)]
pub fn executor_value<V: ExecutorValue>(_: V) {}
