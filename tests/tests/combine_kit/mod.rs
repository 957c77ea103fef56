//! Children that do as they are told and write down what is done to them.
#![allow(dead_code, unused_imports)]

use std::{
    cell::{Cell, RefCell},
    future::Future,
    marker::PhantomPinned,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// What happened, in order, and how many children and values exist.
#[derive(Clone, Default)]
pub(crate) struct Diary(Rc<(RefCell<Vec<String>>, Cell<i32>)>);

impl Diary {
    pub(crate) fn write(&self, line: impl Into<String>) {
        self.0.0.borrow_mut().push(line.into());
    }

    /// Everything since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        self.0.0.take()
    }

    pub(crate) fn alive(&self) -> i32 {
        self.0.1.get()
    }

    fn count(&self, change: i32) {
        self.0.1.set(self.0.1.get() + change);
    }

    /// A child that is pending `after` times and then settles with a value of its own name.
    pub(crate) fn child(&self, name: &'static str, after: u32, end: End) -> Child {
        self.count(1);
        Child {
            diary: self.clone(),
            name,
            left: Cell::new(after),
            end: Cell::new(Some(end)),
            explosive: false,
            place: Cell::new(0),
            pinned: PhantomPinned,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Fulfil,
    Reject,
    Panic,
}
pub(crate) use End::{Fulfil, Panic, Reject};

pub(crate) struct Child {
    diary: Diary,
    name: &'static str,
    left: Cell<u32>,
    end: Cell<Option<End>>,
    explosive: bool,
    place: Cell<usize>,
    pinned: PhantomPinned,
}

impl Child {
    /// Panics when it is dropped.
    pub(crate) fn explosive(mut self) -> Self {
        self.explosive = true;
        self
    }

    fn here(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }
}

impl Future for Child {
    type Output = Result<Value, Value>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.into_ref().get_ref();
        if this.place.get() != 0 {
            assert_eq!(
                this.place.get(),
                this.here(),
                "{} was moved while pinned",
                this.name
            );
        }
        this.place.set(this.here());
        this.diary.write(format!("poll {}", this.name));
        if this.left.get() > 0 {
            this.left.set(this.left.get() - 1);
            return Poll::Pending;
        }
        let end = this
            .end
            .take()
            .expect("a child was polled after it had settled");
        if end == Panic {
            panic!("{} panics", this.name);
        }
        this.diary.count(1);
        let value = Value {
            diary: this.diary.clone(),
            name: this.name,
        };
        Poll::Ready(if end == Fulfil { Ok(value) } else { Err(value) })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.place.get() != 0 {
            assert_eq!(
                self.place.get(),
                self.here(),
                "{} was moved while pinned",
                self.name
            );
        }
        self.diary.count(-1);
        self.diary.write(format!("drop {}", self.name));
        if self.explosive {
            panic!("{} panics in drop", self.name);
        }
    }
}

pub(crate) struct Value {
    diary: Diary,
    pub(crate) name: &'static str,
}

impl Drop for Value {
    fn drop(&mut self) {
        self.diary.count(-1);
        self.diary.write(format!("drop value {}", self.name));
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        self.name == *other
    }
}

pub(crate) fn poll_once<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until ready, without a waker: whoever is pending must be polled again all the same.
pub(crate) fn settle<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    for _ in 0..1000 {
        if let Poll::Ready(output) = poll_once(&mut future) {
            return output;
        }
    }
    panic!("still pending");
}

/// Runs `f` and gives the message of its panic.
pub(crate) fn panic_message(f: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("no panic");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast::<&str>().expect("a message").to_string(),
    }
}
