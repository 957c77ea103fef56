//! The same as `model_counts`, for the counts of targets that cannot change 64 bits at once.

#![allow(dead_code)]

#[path = "../../promise-runtime/src/hot/shared/paired_counts.rs"]
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
