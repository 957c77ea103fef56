//! The engine for many threads: atomic counts, and locks that are held for moments.

mod home;
mod kind;
mod slot;
mod spawn;

#[path = "engine/mod.rs"]
pub(crate) mod engine;

pub(crate) use engine::Job;
#[cfg(feature = "event_loop")]
pub(crate) use home::Seat;
pub use spawn::PromiseTask;
#[cfg(feature = "event_loop")]
pub(crate) use spawn::SharedWork;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub(crate) use spawn::spawn;
pub(crate) use spawn::split;
