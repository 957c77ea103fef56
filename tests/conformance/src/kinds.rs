//! The tables of promises, one for each kind, and what can be done with an entry.

use crate::executor::queue;
use crate::{Completion, Handle, Id, call, call_then};
use promise_runtime::{LocalPromise, Promise, Resolution};
use std::cell::RefCell;
use std::rc::Rc;

/// `LocalPromise` and `Promise` have one interface but share no trait.
macro_rules! kind {
    ($(#[$doc:meta])* $module:ident, $Promise:ident) => {
        $(#[$doc])*
        pub(crate) mod $module {
            use super::*;

            type Hot = $Promise<Handle, Handle>;
            type Settle = Rc<dyn Fn(Resolution<Handle, Handle, Hot>)>;

            struct Entry {
                promise: Hot,
                /// The two resolvers; `None` for a promise that settles by itself.
                settle: Option<Settle>,
            }

            std::thread_local! {
                static ENTRIES: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
            }

            fn keep(promise: Hot, settle: Option<Settle>) -> Id {
                ENTRIES.with_borrow_mut(|entries| {
                    entries.push(Entry { promise, settle });
                    Id(u32::try_from(entries.len() - 1).expect("so many promises fit in no memory"))
                })
            }

            fn promise(id: Id) -> Hot {
                ENTRIES.with_borrow(|entries| entries[id.0 as usize].promise.clone())
            }

            pub(crate) fn deferred() -> Id {
                let (promise, resolve, reject) = Hot::with_resolvers();
                keep(
                    promise,
                    Some(Rc::new(move |resolution| match resolution {
                        Resolution::Fulfill(value) => resolve(value),
                        Resolution::Reject(reason) => reject(reason),
                        Resolution::Adopt(promise) => resolve.adopt(promise),
                    })),
                )
            }

            pub(crate) fn resolved(value: Handle) -> Id {
                keep(Hot::resolve(value), None)
            }

            pub(crate) fn rejected(reason: Handle) -> Id {
                keep(Hot::reject(reason), None)
            }

            pub(crate) fn settle(id: Id, completion: Completion) {
                let resolution = resolution(completion);
                let settle = ENTRIES.with_borrow(|entries| entries[id.0 as usize].settle.clone());
                settle.expect("the adapter settles only what `deferred` has made")(resolution);
            }

            pub(crate) fn then(id: Id, on_fulfilled: Option<Handle>, on_rejected: Option<Handle>) -> Id {
                let promise = promise(id);
                let run = |reaction| move |argument| resolution(call(reaction, argument));
                let derived = match (on_fulfilled.map(run), on_rejected.map(run)) {
                    (Some(on_fulfilled), Some(on_rejected)) => promise.then_or_else(on_fulfilled, on_rejected),
                    (Some(on_fulfilled), None) => promise.then(on_fulfilled),
                    (None, Some(on_rejected)) => promise.catch(on_rejected),
                    (None, None) => promise.map(|value| value),
                };
                keep(derived, None)
            }

            fn resolution(completion: Completion) -> Resolution<Handle, Handle, Hot> {
                match completion {
                    Completion::Fulfil(value) => Resolution::Fulfill(value),
                    Completion::Reject(reason) => Resolution::Reject(reason),
                    Completion::Adopt(id) => Resolution::Adopt(promise(id)),
                    Completion::Thenable(thenable) => Resolution::Adopt(assimilate(thenable)),
                }
            }

            /// A promise that follows the thenable, whose `then` is called in a job of its own (ECMA-262,
            /// NewPromiseResolveThenableJob).
            fn assimilate(thenable: Handle) -> Hot {
                let follower = deferred();
                queue(move || call_then(thenable, follower));
                promise(follower)
            }
        }
    };
}

kind! {
    /// `LocalPromise`.
    local, LocalPromise
}
kind! {
    /// `Promise`.
    shared, Promise
}
