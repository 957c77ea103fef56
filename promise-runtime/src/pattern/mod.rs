//! What is built from promises again and again: retries, timeouts, pools, breakers, caches.
//!
//! Every pattern runs on any executor. Its work runs in the task of whoever polls it, so nothing here spawns, and a caller
//! that is dropped gives back what it held. A reason that a pattern adds to the user's own stands in an enum beside
//! `Inner(E)`. It is an [`Error`](core::error::Error) if `E` can be shown, so it converts into a dynamic error also where `E` is one itself, as `anyhow::Error`
//! and `Box<dyn Error>` are. It shows its reason, and has no `source()`: what stands behind the reason is found by matching `Inner`.

pub mod breaker;
pub mod cache;
mod callback;
pub mod debounce;
mod flight;
mod line;
mod nesting;
mod own_reason;
pub mod pool;
mod progress;
mod retry;
mod throttle;
mod timeout;
mod using;

pub use breaker::{BreakerError, BreakerState, CircuitBreaker, EveryReason, NoListener};
pub use cache::Cache;
pub use callback::{
    Callback, CallbackError, Done, FromCallback, Promisified, from_callback, promisify,
};
pub use debounce::{Debounce, DebounceError, debounce};
pub use pool::{Pool, PoolError, PoolFull, Queue};
pub use progress::{Progress, ProgressStream, ProgressUpdate, Track};
pub use retry::{RetryPolicy, retry};
pub use throttle::{Throttle, throttle};
pub use timeout::{Deadline, WithTimeout, with_deadline, with_timeout};
pub use using::using;
