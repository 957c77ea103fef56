//! One step of a promise, which has a turn of its own.

use super::object::{Object, Shared, Untyped};

pub(crate) trait Job: Object {
    /// Takes the step. `index` says which source has settled, where there are several.
    fn run(this: Shared<Self>, index: u32);

    /// The step will never have its turn: a source was cancelled, or nobody runs jobs any more.
    fn cancel(this: Shared<Self>, index: u32);
}

/// A [`Job`] of unknown type.
pub(crate) struct DynJob {
    object: Untyped,
    methods: &'static Methods,
}

struct Methods {
    run: unsafe fn(Untyped, u32),
    cancel: unsafe fn(Untyped, u32),
}

impl<J: Job> From<Shared<J>> for DynJob {
    #[inline]
    fn from(job: Shared<J>) -> Self {
        Self {
            object: job.untyped(),
            methods: const {
                &Methods {
                    // SAFETY: these are the methods of objects that are a `J`.
                    run: |object, index| J::run(unsafe { object.typed() }, index),
                    // SAFETY: likewise.
                    cancel: |object, index| J::cancel(unsafe { object.typed() }, index),
                }
            },
        }
    }
}

impl DynJob {
    #[inline]
    pub(crate) fn run(self, index: u32) {
        // SAFETY: they are the object's own methods.
        unsafe { (self.methods.run)(self.object, index) }
    }

    pub(crate) fn cancel(self, index: u32) {
        // SAFETY: likewise.
        unsafe { (self.methods.cancel)(self.object, index) }
    }

    /// Where it lies.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *const () {
        self.object.as_ptr()
    }
}
