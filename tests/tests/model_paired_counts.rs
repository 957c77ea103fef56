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

use models::*;

mod tests {
    models!(&[];
        two_let_go
        one_more_holds_it_while_another_lets_go
        one_lets_go_while_another_only_watches
        whoever_watches_holds_it
        whoever_held_it_watches
        two_watch_while_the_last_one_lets_go
    );
}
