//! Rejections that nobody handles.

use crate::browser;
use crate::trace;
use core::any::Any;
use core::fmt;
use core::panic::Location;
use std::boxed::Box;
use std::eprintln;
use std::string::ToString;
use std::sync::{Arc, PoisonError, RwLock};

/// A rejection type of hot promises: how a reason is shown when nobody handled it.
///
/// Every type that is `Debug` has it. For another one, `impl Reason for MyError {}` shows the type's name.
///
/// ```
/// use promise_runtime::{LocalPromise, PromiseState, hot::Reason};
///
/// struct Opaque;
/// impl Reason for Opaque {}
/// let rejected = LocalPromise::<(), _>::reject(Opaque);
/// assert_eq!(rejected.state(), PromiseState::Rejected);
/// # promise_runtime::on_unhandled_rejection(|_| {});
/// ```
#[diagnostic::on_unimplemented(
    message = "a hot promise cannot reject with `{Self}`: an unhandled rejection could not be shown",
    label = "`{Self}` is not a `Reason`",
    note = "derive `Debug` for it, or write `impl promise_runtime::hot::Reason for {Self} {{}}`"
)]
pub trait Reason {
    /// Writes the reason; one line is best.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::any::type_name::<Self>())
    }
}

impl<E: fmt::Debug + ?Sized> Reason for E {
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A rejection that nobody has handled, or resolvers that were dropped uncalled while somebody waits.
///
/// Its `Display` is the line that is written to stderr, or in a browser with `console.error`, when there is no hook.
pub struct UnhandledRejection<'a> {
    location: &'static Location<'static>,
    reason: Described<'a>,
}

/// A reason that shows itself in its own words.
struct Described<'a>(Option<(&'a dyn Reason, &'a dyn Any)>);

impl fmt::Debug for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((reason, _)) => reason.describe(f),
            None => f.write_str("every resolver was dropped uncalled"),
        }
    }
}

impl<'a> UnhandledRejection<'a> {
    pub(crate) fn rejected<E: Reason + 'static>(
        location: &'static Location<'static>,
        reason: &'a E,
    ) -> Self {
        Self {
            location,
            reason: Described(Some((reason, reason))),
        }
    }

    pub(crate) fn abandoned(location: &'static Location<'static>) -> Self {
        Self {
            location,
            reason: Described(None),
        }
    }

    /// Where the promise was created.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// The reason, as it shows itself by [`Reason::describe`].
    #[must_use]
    pub fn reason(&self) -> &dyn fmt::Debug {
        &self.reason
    }

    /// The reason, if it is an `E`.
    #[must_use]
    pub fn downcast_ref<E: 'static>(&self) -> Option<&E> {
        self.reason.0.and_then(|(_, reason)| reason.downcast_ref())
    }

    /// Whether there is no rejection at all, but somebody waits for a promise whose resolvers were dropped uncalled.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.reason.0.is_none()
    }

    /// The reason, if there is one.
    fn shown(&self) -> Option<&dyn fmt::Debug> {
        (!self.is_abandoned()).then(|| self.reason())
    }

    pub(crate) fn report(self) {
        // The hook may set another one.
        let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
        match hook {
            Some(hook) => hook(&self),
            None if trace::unhandled(self.location, self.shown()) => {}
            None if browser::HERE => browser::console_error(&self.to_string()),
            None => eprintln!("{self}"),
        }
    }
}

impl fmt::Display for UnhandledRejection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.location;
        if self.is_abandoned() {
            return write!(
                f,
                "abandoned promise created at {place}: somebody waits, but every resolver was dropped uncalled"
            );
        }
        write!(
            f,
            "unhandled rejection of the promise created at {place}: {:?}",
            self.reason
        )
    }
}

impl fmt::Debug for UnhandledRejection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

type Hook = Arc<dyn Fn(&UnhandledRejection<'_>) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

/// Makes `hook` the one that learns of rejections nobody handled, on every thread; it replaces the former one.
///
/// Without a hook a line is written to stderr; with feature `wasm` in a browser or Node, with `console.error`. With feature `tracing` it is an event instead
/// if a subscriber wants it: level `ERROR`, target `promise_runtime`, fields `location` and `reason`.
/// A rejection of a [`LocalPromise`](crate::LocalPromise) is decided when the queue of its thread has drained, as Node does:
/// a handler that was added until then counts; in a browser a task later, as in HTML. That of a [`Promise`](crate::Promise), for which another thread may still
/// add one, is decided when its last handle is dropped: one that is kept and never awaited says nothing. Awaiting, handlers, combinators and `detach` handle a rejection; `peek` and
/// `state` do not.
///
/// ```
/// use promise_runtime::{LocalPromise, event_loop, on_unhandled_rejection};
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// static SEEN: AtomicBool = AtomicBool::new(false);
/// on_unhandled_rejection(|rejection| {
///     SEEN.store(rejection.downcast_ref() == Some(&"lost"), Ordering::Relaxed);
/// });
/// let _rejected = LocalPromise::<(), _>::reject("lost");
/// event_loop::run_until_idle();
/// assert!(SEEN.load(Ordering::Relaxed));
/// ```
pub fn on_unhandled_rejection(hook: impl Fn(&UnhandledRejection<'_>) + Send + Sync + 'static) {
    let hook: Hook = Arc::new(hook);
    let former = HOOK
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(hook);
    drop(former);
}

/// What a panic was raised with.
pub(crate) type Payload = Box<dyn Any + Send>;
