//! The steps of a chain, one documented item each: what an editor shows over a step's name. There is nothing to call
//! here; the steps are words of [`promise!`](crate::promise).
//!
//! What is true of all of them:
//!
//! - A handler is a Rust closure, a function, or an arrow. What it may produce, and what that means, is said in
//!   [the crate's documentation](crate#what-a-handler-may-produce).
//! - A step that does not deal with rejections lets them pass, and is skipped.
//! - A handler that takes no value (`() =>`, `_ =>`, `||`) drops it before it begins. What a pattern leaves of a value, and what `|_|`
//!   is given, is dropped when the handler ends, as a function's arguments are.
//! - A panic in a handler is not a rejection: it unwinds through whoever polls the chain, and the pending
//!   [`finally`]s run on the way.
//! - Dropping the chain drops the step in flight: the future that its handler produced. Then the pending `finally`s run, from
//!   the inside out. Later steps never start.
//! - A name of two words may be written in camel case: `tapCatch` is [`tap_catch`].
#![expect(non_camel_case_types, reason = "they are named as they are written")]

macro_rules! documented {
    ($($(#[$documentation:meta])* $name:ident)*) => {$(
        $(#[$documentation])*
        #[derive(Debug)]
        pub struct $name;
    )*

        /// What an editor completes after a source: the steps, and what the source's own type has.
        #[cfg(rust_analyzer)]
        impl<T> crate::typing::Typing<T> {$(
            $(#[$documentation])*
            pub fn $name<H>(self, handler: H) {}
        )*}
    };
}

documented! {
    /// `.then(f)` goes on with what `f` makes of the value; `.then(f, r)` also with what `r` makes of the reason.
    ///
    /// `f(value)` is called when everything before has fulfilled. The chain then fulfils with the value it produces, or
    /// rejects with its rejection; a future is awaited. Without `r`, rejections pass by.
    ///
    /// With `r`, exactly one of the two is called, and `r(reason)` recovers as in [`catch`]. `r` does not see what `f`
    /// rejects with: for that write `.then(f).catch(r)`. Both must fulfil with one type.
    ///
    /// Dropped while it waits: the future that the handler produced is dropped. What panics: only a handler itself.
    ///
    /// In JavaScript: [`Promise.prototype.then`](https://tc39.es/ecma262/#sec-promise.prototype.then), Promises/A+
    /// [2.2](https://promisesaplus.com/#the-then-method): at most one handler, once (2.2.2, 2.2.3), with the outcome decided as
    /// in 2.2.7. Other than in 2.2.4, a handler may run in the same poll as the step before it. What is not a
    /// function is no handler that is ignored (2.2.1), but an error.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// let chain = promise! {
    ///     Promise.resolve("20")
    ///         .then(text => text.parse::<u32>())      // a `Result`: fulfils or rejects
    ///         .then(async |number| number + 1)        // a future: awaited
    ///         .then(number => number * 2)             // a value
    /// };
    /// assert_eq!(chain.block_on(), Ok(42));
    ///
    /// let chain = promise! { Promise.reject("no").then(|n: u32| n, |reason| reason.len() as u32) };
    /// assert_eq!(chain.block_on(), Ok(2));
    /// ```
    then

    /// `.catch(r)` recovers from a rejection with what `r` makes of the reason.
    ///
    /// | form | what it catches |
    /// |---|---|
    /// | `.catch(reason => …)`, `.catch(\|reason\| …)` | everything |
    /// | `.catch(Pattern => …, Pattern if guard => …)` | what an arm matches, tried in order; the rest passes by unchanged |
    /// | `.catch((e: Type) => …)`, `.catch(\|e: Type\| …)` | with a dynamic rejection type (`Box<dyn Error>`, [`SharedError`](crate::SharedError)): what is a `Type`, as `instanceof` does. With the rejection type `Type`: everything |
    ///
    /// Fulfils with what the handler fulfils with, which must be of the type the chain would have had; rejects with what the
    /// handler rejects with, so `throw reason` passes it on. Fulfilments pass by.
    ///
    /// A `catch` of everything ends a region: what comes after it may reject with another type, and, without `<T, E>` before the
    /// chain, cannot reject at all when nothing there does. Arms catch everything when one without a guard matches by its
    /// form: `_`, or a lower-case name. To have an enum checked for completeness write
    /// `.catch(e => match e { … })`.
    ///
    /// Dropped while it waits: the future that the handler produced is dropped. What panics: only the handler itself. Where nothing
    /// before it can reject, the compiler warns.
    ///
    /// In JavaScript: [`Promise.prototype.catch`](https://tc39.es/ecma262/#sec-promise.prototype.catch), Promises/A+
    /// [2.2.3 and 2.2.7](https://promisesaplus.com/#the-then-method).
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// #[derive(Debug, PartialEq)]
    /// enum ApiError { NotFound, Status(u16) }
    /// async fn fetch(status: u16) -> Result<&'static str, ApiError> {
    ///     match status {
    ///         200 => Ok("page"),
    ///         404 => Err(ApiError::NotFound),
    ///         other => Err(ApiError::Status(other)),
    ///     }
    /// }
    ///
    /// let load = |status| promise! { move
    ///     fetch(status).catch(ApiError::NotFound => "blank", ApiError::Status(s) if s >= 500 => fetch(200))
    /// };
    /// assert_eq!(load(404).block_on(), Ok("blank"));
    /// assert_eq!(load(503).block_on(), Ok("page"));
    /// assert_eq!(load(401).block_on(), Err(ApiError::Status(401)));
    ///
    /// let Ok(page) = promise! { fetch(401).catch(_ => "offline") }.block_on(); // cannot reject
    /// assert_eq!(page, "offline");
    /// ```
    catch

    /// `.finally(f)` calls `f()` once, when everything before it has settled or is dropped.
    ///
    /// What `f` produces is ignored, and the outcome stays what it was, unless `f` rejects: that reason replaces the
    /// outcome. A future that it produces is awaited first.
    ///
    /// `f` is called also when the chain is dropped after it was first polled, when a [`timeout`] cuts off what stands before it,
    /// and when a step before it panics; it is not called when the chain never started. Under [`retry`] it is called
    /// once per attempt. On a drop or a panic there is nobody to await: a future that `f` produces is then dropped unpolled, so clean-up that
    /// must happen belongs into `f` itself. Where it has to wait, give it a task of its own, `promise! { … }.spawn()`, which goes on when
    /// the chain is gone. `.cancel()` of a chain that was spawned is such a drop: what `f` would wait for does not happen.
    ///
    /// The handler holds what it captures from the moment the chain starts, as any drop guard does. To share state with other
    /// handlers use a `Cell`, an atomic, or a shared reference.
    ///
    /// What panics: only `f`. If it does so while another panic unwinds, the process aborts.
    ///
    /// In JavaScript: [`Promise.prototype.finally`](https://tc39.es/ecma262/#sec-promise.prototype.finally), which knows no drops.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::cell::Cell;
    ///
    /// let open = Cell::new(true);
    /// let chain = promise! { Promise.reject("broken").then(|n: u32| n).finally(() => open.set(false)) };
    /// assert_eq!(chain.block_on(), Err("broken"));
    /// assert_eq!(open.get(), false);
    /// ```
    finally

    /// `.tap(f)` shows `f` the value and goes on with that value.
    ///
    /// `f(&value)` is called when everything before has fulfilled. A future that it produces is awaited; in an arrow it may borrow
    /// the value. What it fulfils with is ignored; if it rejects, the chain rejects with that.
    ///
    /// Dropped while it waits: the future that the handler produced and the value are dropped. What panics: only the handler.
    ///
    /// JavaScript's promises have no such step; the name is Bluebird's.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// let chain = promise! { Promise.resolve(7).tap(n => println!("got {n}")).then(n => n + 1) };
    /// assert_eq!(chain.block_on(), Ok(8));
    /// ```
    tap

    /// `.tap_catch(f)` shows `f` the reason and goes on with that rejection.
    ///
    /// `f(&reason)` is called when something before has rejected. A future that it produces is awaited. What it fulfils with is
    /// ignored; if it rejects, the chain rejects with that instead.
    ///
    /// Dropped while it waits: the future that the handler produced and the reason are dropped. What panics: only the handler.
    /// Where nothing before it can reject, the compiler warns.
    ///
    /// JavaScript's promises have no such step; the name is Bluebird's.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::cell::RefCell;
    ///
    /// let log = RefCell::new(Vec::new());
    /// let chain = promise! { <u32, _> Promise.reject("down").tapCatch(reason => log.borrow_mut().push(*reason)) };
    /// assert_eq!(chain.block_on(), Err("down"));
    /// assert_eq!(*log.borrow(), ["down"]);
    /// ```
    tap_catch

    /// `.spread(f)` calls `f` with the parts of a tuple or an array, of up to 12.
    ///
    /// Fulfils and rejects as [`then`] does. An arrow needs no `spread`: `.then(([a, b]) => …)` and `.then((a, b) => …)` take the
    /// value apart themselves.
    ///
    /// Dropped while it waits: the future that the handler produced is dropped. What panics: only the handler.
    ///
    /// JavaScript's promises have no such step; the name is Bluebird's.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// fn area(width: u32, height: u32) -> u32 { width * height }
    ///
    /// let chain = promise! { Promise.all([Promise.resolve(6), Promise.resolve(7)]).spread(area) };
    /// assert_eq!(chain.block_on(), Ok(42));
    /// ```
    spread

    /// `.delay(duration)` waits after a fulfilment, and passes the value on.
    ///
    /// Takes a [`Duration`](core::time::Duration), evaluated when the chain gets there, and counted from there. Rejections pass by
    /// at once. The wait is never shorter than that; see [`Sleep`](crate::Sleep) for how much longer it may be and which
    /// timer is used.
    ///
    /// Dropped while it waits: the timer is cancelled and the value dropped. What panics: only the first wait where there
    /// is no timer, see [`Sleep`](crate::Sleep).
    ///
    /// In JavaScript: `.then(value => new Promise(resolve => setTimeout(resolve, ms, value)))`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::time::{Duration, Instant};
    ///
    /// let start = Instant::now();
    /// let chain = promise! { Promise.resolve("tea").delay(Duration::from_millis(5)) };
    /// assert_eq!(chain.block_on(), Ok("tea"));
    /// assert!(start.elapsed() >= Duration::from_millis(5));
    /// ```
    delay

    /// `.timeout(duration)` rejects if everything before it has not settled in time.
    ///
    /// Rejects with [`TimeoutError`](crate::TimeoutError), converted where the chain has an `<_, E>`, or with the reason given in
    /// `.timeout(duration, reason)`, which is evaluated only then. An outcome in time passes by unchanged.
    ///
    /// Takes a [`Duration`](core::time::Duration), evaluated when the part of the chain under it starts. The time runs from the first step
    /// in that part that has to wait; where none has to, no timer is set. A step that is ready when the time is up still counts.
    /// Time is looked at when a step waits: a handler that blocks the thread is not interrupted.
    ///
    /// When the time is up the step in flight is dropped, and its pending [`finally`]s have run, before the chain goes on.
    /// Dropped while it waits: the step in flight, and the timer. What panics: only the first wait where there is no timer, see
    /// [`Sleep`](crate::Sleep).
    ///
    /// In JavaScript: `Promise.race([promise, new Promise((_, reject) => setTimeout(reject, ms))])`, without the work and the timer that it
    /// leaves behind.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::time::Duration;
    ///
    /// let soon = Duration::from_millis(1);
    /// let chain = promise! { <u32, _> Promise.never().timeout(soon) };
    /// assert_eq!(chain.block_on(), Err(TimeoutError));
    ///
    /// let chain = promise! { <u32, _> Promise.never().timeout(soon, "too slow") };
    /// assert_eq!(chain.block_on(), Err("too slow"));
    /// ```
    timeout

    /// `.retry(policy)` evaluates everything before it again when that rejects.
    ///
    /// Takes the number of attempts in all (less than 1 counts as 1), with no pause between them, or, with the feature `patterns`, a
    /// `RetryPolicy`: back-off, jitter, limits, conditions, hooks. Fulfils as the first attempt that does, and rejects with the last
    /// reason. With `.retry(policy, |reason| …)` another attempt is made only while that returns `true` of `&reason`.
    ///
    /// An attempt evaluates the source and all handlers anew, so they may use what they capture more than once, but not move it
    /// away. Each attempt runs its own [`finally`]s.
    ///
    /// Dropped while it waits: the attempt in flight, or the pause and its timer; no further one is made. What panics: only a handler; a panic is not
    /// tried again.
    ///
    /// JavaScript's promises have no such step; there it is the package p-retry, which takes a function instead of the chain.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    /// use std::cell::Cell;
    ///
    /// let calls = Cell::new(0);
    /// let flaky = async || { calls.set(calls.get() + 1); if calls.get() < 3 { Err("busy") } else { Ok("done") } };
    /// assert_eq!(promise! { flaky().retry(5) }.block_on(), Ok("done"));
    /// assert_eq!(calls.get(), 3);
    /// ```
    retry

    /// `.map(f)` calls `f(item)` for each item of a fulfilled iterator, and fulfils with the results in input order.
    ///
    /// All at once, or with `.map(f, { concurrency: n })` at most `n` of them, or with `.map(f, { batch: n })` `n` of them and the next ones when all
    /// these have settled; the iterator is then pulled only as far as that needs. With the feature `stream` the items may come from a `Stream`, which is
    /// asked only when there is room.
    /// Fulfils with a `Vec` of what the handler's products fulfil with, and rejects with the first rejection, for which the others are
    /// dropped. Of no items, it fulfils at once.
    ///
    /// The name counts as a step after another step, a function of `Promise` or a source in parentheses; anywhere else it
    /// is a method of the source. An arrow given to it owns its item, and borrows everything else.
    ///
    /// Dropped while it waits: the items in flight, then the results. What panics: the handler, and a concurrency or a batch of 0.
    ///
    /// In JavaScript: `Promise.all(items.map(f))`, or bluebird's `Promise.map`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// async fn square(n: u32) -> Result<u32, String> { Ok(n * n) }
    /// let squares = promise! { Promise.resolve(1..=3).map(n => square(n), { concurrency: 2 }) };
    /// assert_eq!(squares.block_on(), Ok(vec![1, 4, 9]));
    /// ```
    map

    /// `.filter(f)` keeps the items of a fulfilled iterator for which `f(&item)` fulfils with `true`, in input order.
    ///
    /// Everything else is as in [`map`].
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// async fn is_even(n: u32) -> bool { n % 2 == 0 }
    /// let even = promise! { Promise.resolve(1..=4).filter(n => is_even(*n)) };
    /// assert_eq!(even.block_on(), Ok(vec![2, 4]));
    /// ```
    filter

    /// `.each(f)` calls `f(&item)` for the items of a fulfilled iterator or (feature `stream`) stream one after the other.
    ///
    /// The next item waits for what the handler produces. Fulfils with the original items, as a `Vec`, and rejects with the first
    /// rejection, after which no more items are looked at.
    ///
    /// Dropped while it waits: the handler's product, then the items. What panics: only the handler. In JavaScript: bluebird's `.each`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// let mut seen = Vec::new();
    /// let all = promise! { Promise.resolve(["a", "b"]).each(letter => seen.push(*letter)) };
    /// assert_eq!(all.block_on(), Ok(vec!["a", "b"]));
    /// assert_eq!(seen, ["a", "b"]);
    /// ```
    each

    /// `.reduce(f, init)` calls `f(accumulator, item)` for the items of a fulfilled iterator or (feature `stream`) stream one after the other.
    ///
    /// Fulfils with the last accumulator, or with `init` of no items, and rejects with the first rejection.
    ///
    /// Dropped while it waits: the handler's product, then the items that are left. What panics: only the handler. In JavaScript:
    /// bluebird's `.reduce`.
    ///
    /// ```
    /// use promise_runtime::prelude::*;
    ///
    /// async fn price(item: &str) -> Result<usize, String> { Ok(item.len()) }
    /// let total = promise! { Promise.resolve(["tea", "milk"]).reduce(async (sum, item) => sum + await price(item), 0) };
    /// assert_eq!(total.block_on(), Ok(7));
    /// ```
    reduce
}
