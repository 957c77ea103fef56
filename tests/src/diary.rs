//! What happened, in order, and what is still alive.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::AtomicPtr;

/// The diaries that are never dropped. A leak checker that finds them here reports only what nobody knows of.
static KEPT: Mutex<Vec<AtomicPtr<Diary>>> = Mutex::new(Vec::new());

/// A shared list of lines, and a count of the [`Token`]s and watched leaves that exist. Clones share.
#[derive(Clone, Default)]
pub struct Diary(Rc<Pages>);

#[derive(Default)]
struct Pages {
    lines: RefCell<Vec<String>>,
    alive: Cell<i32>,
}

impl Diary {
    pub fn new() -> Self {
        Self::default()
    }

    /// A diary for the rest of the program: a chain that moves its captures can have it in several places.
    ///
    /// # Panics
    ///
    /// If a thread has panicked inside this function.
    pub fn kept() -> &'static Self {
        let diary: &'static Self = Box::leak(Box::default());
        let mut kept = KEPT.lock().expect("nothing panics while it is locked");
        kept.push(AtomicPtr::new(std::ptr::from_ref(diary).cast_mut()));
        diary
    }

    pub fn write(&self, line: impl Into<String>) {
        self.0.lines.borrow_mut().push(line.into());
    }

    /// Everything since the last call.
    pub fn take(&self) -> Vec<String> {
        self.0.lines.take()
    }

    /// How many tokens and watched leaves exist.
    pub fn alive(&self) -> i32 {
        self.0.alive.get()
    }

    pub(crate) fn count(&self, change: i32) {
        self.0.alive.set(self.0.alive.get() + change);
    }

    /// A value that writes `drop NAME` when it is dropped. A clone is a token of its own.
    pub fn token(&self, name: impl Into<String>) -> Token {
        self.count(1);
        Token {
            diary: self.clone(),
            name: name.into(),
        }
    }
}

impl fmt::Debug for Diary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.lines.borrow().fmt(f)
    }
}

/// A value whose life is written down in a [`Diary`].
pub struct Token {
    diary: Diary,
    name: String,
}

impl Token {
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Clone for Token {
    fn clone(&self) -> Self {
        self.diary.token(self.name.clone())
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.diary.count(-1);
        self.diary.write(format!("drop {}", self.name));
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
