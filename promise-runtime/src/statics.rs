//! The functions of `Promise`, one documented item each: what an editor shows over a function's name. There is nothing
//! to call here; they are words of [`promise!`](crate::promise).
//!
//! What is true of all of them:
//!
//! - They are cold: nothing runs before the chain is polled.
//! - Arguments that are promises may be chains themselves, with steps, or plain values; what a value means is said in
//!   [the crate's documentation](crate#what-a-handler-may-produce).
//! - Dropping the chain drops every promise that is still pending, and every value kept so far.
//! - A panic passes through to whoever polls the chain; the other promises are dropped.
//! - A name of two words may be written in camel case: `allSettled` is [`all_settled`].
//!
//! [`all`], [`all_settled`], [`any`] and [`race`] take their promises as
//!
//! | argument | values | allocations |
//! |---|---|---|
//! | a literal `[a, b]` of up to 12, of any types | an array if all values are of one type, else a tuple | none |
//! | a tuple `(a, b)` of up to 12, of any types | a tuple | none |
//! | a record `{ name: a, other: b }` of up to 12 (not `any`, `race`) | a record with these fields | none |
//! | an array | an array | none |
//! | an iterator | a `Vec` | at most 3 (`race`: 2) |
//!
//! They poll their promises in input order, so that of two which are ready at once the earlier one counts. Functions of the same names, for use outside the macro, are in
//! [`combine`](crate::combine).
#![expect(non_camel_case_types, reason = "they are named as they are written")]

macro_rules! documented {
    ($($(#[$documentation:meta])* $name:ident)*) => {$(
        $(#[$documentation])*
        #[derive(Debug)]
        pub struct $name;
    )*};
}

documented! {
    /// `Promise.all(xs)` waits for all to fulfil.
    ///
    /// Fulfils with all values, in input order and in the shape of `xs` (see the [table](self)); with none, at once. Rejects with the first rejection;
    /// the other promises are dropped before the chain goes on. Their rejections are of one type, or convert into the chain's `<_, E>`.
    ///
    /// Dropped while it waits: all that are pending, and the values kept so far. Panics only if one of them does.
    ///
    /// In JavaScript: [`Promise.all`](https://tc39.es/ecma262/#sec-promise.all), where the others go on unseen.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// async fn fetch(id: u32) -> Result<u32, &'static str> {
    ///     if id == 0 { Err("no such thing") } else { Ok(id * 10) }
    /// }
    ///
    /// let chain = promise! { Promise.all([fetch(1), fetch(2), 3]).then(([a, b, c]) => a + b + c) };
    /// assert_eq!(chain.block_on(), Ok(33));
    ///
    /// let chain = promise! { Promise.all({ user: fetch(1), name: "Ada" }).then(({ user, name }) => format!("{name} {user}")) };
    /// assert_eq!(chain.block_on().unwrap(), "Ada 10");
    ///
    /// let chain = promise! { Promise.all((0..3).map(fetch)) };
    /// assert_eq!(chain.block_on(), Err("no such thing"));
    /// ```
    all

    /// `Promise.allSettled(xs)` waits for all to settle.
    ///
    /// Fulfils with every outcome as a `Result`, in input order and in the shape of `xs` (see the [table](self)), each with a rejection type of
    /// its own; with none, at once. Never rejects.
    ///
    /// Dropped while it waits: all that are pending, and the outcomes kept so far. Panics only if one of them does.
    ///
    /// In JavaScript: [`Promise.allSettled`](https://tc39.es/ecma262/#sec-promise.allsettled), with `Ok(value)` for
    /// `{ status: "fulfilled", value }` and `Err(reason)` for `{ status: "rejected", reason }`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// async fn fetch(id: u32) -> Result<u32, &'static str> {
    ///     if id == 0 { Err("no such thing") } else { Ok(id * 10) }
    /// }
    ///
    /// let Ok(outcomes) = promise! { Promise.allSettled([fetch(1), fetch(0)]) }.block_on();
    /// assert_eq!(outcomes, [Ok(10), Err("no such thing")]);
    /// ```
    all_settled

    /// `Promise.any(xs)` waits for the first to fulfil.
    ///
    /// Fulfils with its value; the other promises are dropped before the chain goes on. Rejects when all have rejected, with an
    /// [`AggregateError`](crate::AggregateError) of their reasons in input order: an array, for an iterator a `Vec`. With none it rejects at
    /// once; an empty literal is an error. All must have one fulfilment type and one rejection type.
    ///
    /// Dropped while it waits: all that are pending, and the reasons kept so far. Panics only if one of them does.
    ///
    /// In JavaScript: [`Promise.any`](https://tc39.es/ecma262/#sec-promise.any), where the others go on unseen.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// async fn fetch(mirror: u32) -> Result<u32, &'static str> {
    ///     if mirror == 0 { Err("down") } else { Ok(mirror) }
    /// }
    ///
    /// let chain = promise! { Promise.any([fetch(0), fetch(1), fetch(2)]) };
    /// assert_eq!(chain.block_on(), Ok(1));
    ///
    /// let chain = promise! { Promise.any([fetch(0), fetch(0)]).catch(error => { println!("{error}"); 0 }) };
    /// assert_eq!(chain.block_on(), Ok(0));
    /// ```
    any

    /// `Promise.race(xs)` waits for the first to settle.
    ///
    /// Fulfils or rejects as it does; the other promises are dropped before the chain goes on. Of two that are ready at once the earlier one wins: put
    /// first what must not starve. With none it stays pending; an empty literal is an error. All must have one fulfilment type.
    ///
    /// Dropped while it waits: all of them. Panics only if one of them does.
    ///
    /// In JavaScript: [`Promise.race`](https://tc39.es/ecma262/#sec-promise.race), where the others go on unseen. For a time limit
    /// there is [`timeout`](crate::steps::timeout).
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::time::Duration;
    ///
    /// let chain = promise! {
    ///     Promise.race([Promise.delay(Duration::from_secs(60), "slow"), Promise.delay(Duration::from_millis(1), "fast")])
    /// };
    /// assert_eq!(chain.block_on(), Ok("fast"));
    /// ```
    race

    /// `Promise.resolve(x)` begins a chain with what `x` produces; `Promise.resolve()` with `()`.
    ///
    /// A future is awaited, of a `Result` the `Ok` fulfils and the `Err` rejects, anything else is the value. So it does
    /// what `x` alone would do as a source; it is there to begin with a plain value that reads as a promise.
    ///
    /// Dropped while it waits: the future. Panics only if that does.
    ///
    /// In JavaScript: [`Promise.resolve`](https://tc39.es/ecma262/#sec-promise.resolve), Promises/A+
    /// [2.3](https://promisesaplus.com/#the-promise-resolution-procedure). A future is what a thenable is there; adoption is one level deep.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// assert_eq!(promise! { Promise.resolve(1) }.block_on(), Ok(1));
    /// assert_eq!(promise! { Promise.resolve(async { 1 }) }.block_on(), Ok(1));
    /// assert_eq!(promise! { Promise.resolve("1".parse::<u32>()) }.block_on(), Ok(1));
    /// ```
    resolve

    /// `Promise.reject(e)` begins a chain that rejects.
    ///
    /// Rejects with `e` as it is, or converted into the chain's `<_, E>`; a future is not awaited. What it would fulfil with must be known from
    /// elsewhere: from `<T, _>`, from a `catch`, or from the other elements of a combinator.
    ///
    /// Never waits, and panics only if evaluating `e` does.
    ///
    /// In JavaScript: [`Promise.reject`](https://tc39.es/ecma262/#sec-promise.reject).
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// assert_eq!(promise! { <u32, _> Promise.reject("no") }.block_on(), Err("no"));
    /// assert_eq!(promise! { Promise.reject("no").catch(reason => reason.len()) }.block_on(), Ok(2));
    /// ```
    reject

    /// `Promise.try(f)` begins a chain with what `f()` produces.
    ///
    /// Fulfils and rejects as that does: a future is awaited, and in an arrow `throw` and `?` reject.
    ///
    /// Dropped while it waits: the future that `f` produced. Panics only if `f` or its future does; a panic is not a rejection.
    ///
    /// In JavaScript: [`Promise.try`](https://tc39.es/ecma262/#sec-promise.try).
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// let number = |text: &str| promise! { Promise.try(() => text.parse::<u32>()? + 1) }.block_on();
    /// assert_eq!(number("41"), Ok(42));
    /// assert!(number("many").is_err());
    /// ```
    r#try

    /// `Promise.never()` stays pending.
    ///
    /// Neither fulfils nor rejects; it can be cut off by [`timeout`](crate::steps::timeout), by losing a [`race`], or by a drop. Uses no timer. On the built-in event loop a
    /// chain that waits for nothing else panics, as it could never end.
    ///
    /// In JavaScript: `new Promise(() => {})`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// let chain = promise! { Promise.race([Promise.never(), Promise.resolve(1)]) };
    /// assert_eq!(chain.block_on(), Ok(1));
    /// ```
    never

    /// `Promise.delay(duration)` waits; `Promise.delay(duration, value)` fulfils with a value after that.
    ///
    /// Takes a [`Duration`](core::time::Duration), counted from the moment the chain gets there. Never rejects of itself. The value is evaluated
    /// before the wait, and awaited first if it is a future; what that rejects with comes without the wait.
    ///
    /// Dropped while it waits: the timer is cancelled, the value dropped. Panics only where there is no timer, see [`Sleep`](crate::Sleep).
    ///
    /// In JavaScript: `new Promise(resolve => setTimeout(resolve, ms, value))`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::time::Duration;
    ///
    /// let chain = promise! { Promise.delay(Duration::from_millis(1), "tea").then(drink => drink.len()) };
    /// assert_eq!(chain.block_on(), Ok(3));
    /// ```
    delay

    /// `new Promise((resolve, reject) => …)` makes a promise of what calls back.
    ///
    /// The executor runs when the chain gets there. The first call decides: `resolve(value)` fulfils with the value as it is, `reject(reason)` rejects; later calls are ignored.
    /// `throw` and `?` in the executor reject too, unless it has settled already. Its own value must be `()`.
    ///
    /// Both functions are `Clone`, and `Send + 'static` when the values are, so they may be called from any thread and after the executor has
    /// returned. Where a function type is wanted write `move |value| resolve(value)`. If both are dropped uncalled, the promise
    /// stays pending. One allocation.
    ///
    /// Dropped while it waits: later calls find nobody, and drop their value. Panics only if the executor does.
    ///
    /// In JavaScript: [the `Promise` constructor](https://tc39.es/ecma262/#sec-promise-executor), where `resolve` would adopt a promise. Here await it first.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// fn legacy(input: u32, done: impl FnOnce(Option<&'static str>, u32) + Send + 'static) {
    ///     std::thread::spawn(move || if input == 0 { done(Some("no input"), 0) } else { done(None, input * 2) });
    /// }
    ///
    /// let double = |input| promise! { move
    ///     new Promise((resolve, reject) => {
    ///         legacy(input, move |error, value| match error {
    ///             Some(error) => reject(error),
    ///             None => resolve(value),
    ///         });
    ///     })
    /// };
    /// assert_eq!(double(21).block_on(), Ok(42));
    /// assert_eq!(double(0).block_on(), Err("no input"));
    /// ```
    Promise

    /// `Promise.map(items, f)`, also with `{ concurrency: n }` or `{ batch: n }`: the step [`map`](crate::steps::map) over `items`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// async fn square(n: u32) -> Result<u32, String> { Ok(n * n) }
    /// assert_eq!(promise! { Promise.map([1, 2, 3], square) }.block_on(), Ok(vec![1, 4, 9]));
    /// ```
    map

    /// `Promise.filter(items, f)`: the step [`filter`](crate::steps::filter) over `items`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// assert_eq!(promise! { Promise.filter([1, 2, 3], n => n % 2 == 1) }.block_on(), Ok(vec![1, 3]));
    /// ```
    filter

    /// `Promise.each(items, f)`: the step [`each`](crate::steps::each) over `items`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// assert_eq!(promise! { Promise.each(["a", "b"], letter => println!("{letter}")) }.block_on(), Ok(vec!["a", "b"]));
    /// ```
    each

    /// `Promise.reduce(items, f, init)`: the step [`reduce`](crate::steps::reduce) over `items`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// assert_eq!(promise! { Promise.reduce([1, 2, 3], (sum, n) => sum + n, 0) }.block_on(), Ok(6));
    /// ```
    reduce
}
