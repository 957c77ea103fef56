//! The log of a program, as `interpret.mjs` writes it.

use std::fmt::{Arguments, Write};

/// After so many turns without an event the counting stops: a ticker must not run for ever.
const QUIET: u32 = 8;

#[derive(Default)]
pub(super) struct Log {
    text: String,
    macrotask: u32,
    turn: u32,
    /// The macrotask and the turn of the last event.
    shown: (u32, u32),
    quiet: u32,
}

impl Log {
    pub(super) fn write(&mut self, event: Arguments<'_>) {
        let (macrotask, turn) = (self.macrotask, self.turn);
        if self.shown.0 != macrotask {
            self.shown = (macrotask, 0);
            self.append(format_args!("#{macrotask}"));
        }
        if self.shown.1 != turn {
            self.shown.1 = turn;
            self.append(format_args!("@{turn}"));
        }
        self.quiet = 0;
        self.append(event);
    }

    fn append(&mut self, word: Arguments<'_>) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text
            .write_fmt(word)
            .expect("a String takes everything");
    }

    /// A timer fires.
    pub(super) fn next_macrotask(&mut self) {
        self.macrotask += 1;
        self.turn = 0;
        self.quiet = 0;
    }

    /// Counts the turn; whether to go on.
    pub(super) fn tick(&mut self) -> bool {
        self.turn += 1;
        self.quiet += 1;
        self.quiet < QUIET
    }

    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}
