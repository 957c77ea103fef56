//! The engine for many threads: atomic counts, and locks that are held for moments.

mod brief;
#[cfg(target_has_atomic = "64")]
mod counts;
#[cfg(not(target_has_atomic = "64"))]
#[path = "shared/paired_counts.rs"]
mod counts;
mod home;
mod kind;
mod slot;
mod spawn;

#[path = "engine/mod.rs"]
pub(crate) mod engine;

#[cfg(feature = "event_loop")]
pub(crate) use brief::Brief;
pub(crate) use engine::DynJob;
#[cfg(feature = "event_loop")]
pub(crate) use engine::DynWork;
#[cfg(feature = "event_loop")]
pub(crate) use home::Seat;
pub use spawn::PromiseTask;
#[cfg(any(feature = "event_loop", feature = "tokio"))]
pub(crate) use spawn::spawn;
pub(crate) use spawn::split;
