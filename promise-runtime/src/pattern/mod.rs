//! What is built from promises again and again: retries, timeouts, pools, breakers, caches.
//!
//! Every pattern runs on any executor. Its work runs in the task of whoever polls it, so nothing here spawns, and a caller
//! that is dropped gives back what it held. A reason that a pattern adds to the user's own stands in an enum beside
//! `Inner(E)`.

mod callback;
mod progress;
mod retry;
mod timeout;
mod using;

pub use callback::{
    Callback, CallbackError, Done, FromCallback, Promisified, from_callback, promisify,
};
pub use progress::{Progress, ProgressStream, ProgressUpdate, Track};
pub use retry::{RetryPolicy, retry};
pub use timeout::{Deadline, WithTimeout, with_deadline, with_timeout};
pub use using::using;
