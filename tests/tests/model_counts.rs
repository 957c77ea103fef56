//! A model of how many hold an object of `Promise`, and how many watch it: the source of the counts, with loom's atomics in the place of the
//! standard library's.

#![allow(dead_code)]

#[path = "../../promise-runtime/src/hot/shared/counts.rs"]
mod counts;
#[path = "model_counts_kit/models.rs"]
mod models;
#[macro_use]
#[path = "model_kit/planted.rs"]
mod planted;
#[path = "model_kit/sync.rs"]
mod sync;
#[path = "model_counts_kit/tests.rs"]
mod tests;

use models::*;
