//! `LocalPromise`.

#[path = "../../../tests/order/local/kind.rs"]
mod kind;
#[path = "../../../tests/order/play/mod.rs"]
pub(crate) mod play;
