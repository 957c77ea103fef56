//! The ways to run a program.

use crate::mentions::Mentions;
use crate::program::{Program, Ticker};

/// How a program runs. JavaScript cannot tell these apart, so the log must not either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// In a virtual loop, with all handles kept until the end.
    Kept,
    /// In a virtual loop, each handle dropped by the last operation that names it; awaited as the only handle, if it is.
    Dropped,
    /// In a virtual loop, with async functions that await with wakers of somebody else's, as in a `join!`.
    ForeignWakers,
    /// Outside: everything is set up before this thread's own loop runs until it is idle.
    Outside,
}

impl Setting {
    /// Those that are possible: nothing can be spawned outside a loop, and this thread's own one has a real clock.
    pub(crate) fn of(program: &Program) -> &'static [Self] {
        let mentions = Mentions::of(&program.body);
        if mentions.spawns {
            &[Self::Kept, Self::Dropped, Self::ForeignWakers]
        } else if mentions.timers || program.ticker == Ticker::Await {
            &[Self::Kept, Self::Dropped]
        } else {
            &[Self::Kept, Self::Dropped, Self::Outside]
        }
    }
}
