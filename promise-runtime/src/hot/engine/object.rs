//! What several hold together: an object that is freed with the last of them, as `Rc` and `Arc` do it, with three differences.
//!
//! - Whoever is the only one to hold an object frees it with a look at its counts, and an object can be made for several at once: no count is
//!   changed that nobody else can see. On many threads each change costs as much as a dozen other instructions.
//! - A pointer is one word, whatever it points to. What can be done with an object of unknown type stands in its [`Header`].
//! - What a step of a promise does consumes the pointer to it, also where its type is unknown; `self: Arc<Self>` with a pointer of one's own
//!   is not stable Rust.

use super::kind::{Counts, Portable};
use core::alloc::Layout;
use core::marker::{PhantomData, PhantomPinned};
use core::ops::Deref;
use core::ptr::{self, NonNull};
use std::alloc::{alloc, dealloc, handle_alloc_error};

/// What can be held together.
///
/// # Safety
///
/// At the very beginning of the object lies the [`Header`] that [`Shared::new`] gave for it, and nothing replaces that.
pub(crate) unsafe trait Object: Portable + Sized + 'static {
    /// It was cancelled, or need not wait any more: drops what would have settled it.
    fn stop(_: Shared<Self>) {}

    /// Reports a rejection that nobody has handled by now, or that somebody waits for a promise that nobody can settle.
    fn report(_: Shared<Self>) {}

    /// Whether there is nothing to report any more.
    fn is_clear(&self) -> bool {
        true
    }

    /// Nobody holds it any more, and it is about to be dropped.
    #[inline]
    fn end(&mut self) {}
}

/// What every object begins with.
pub(crate) struct Header {
    counts: Counts,
    class: &'static Class,
    /// Whoever watches comes to the counts also while the object is dropped by `&mut`. Without this, that would have to be the only way to it.
    _watched: PhantomPinned,
}

/// What can be done with an object of unknown type.
struct Class {
    layout: Layout,
    /// Drops and frees what nobody holds any more.
    drop: unsafe fn(NonNull<Header>),
    stop: unsafe fn(Untyped),
    report: unsafe fn(Untyped),
    is_clear: unsafe fn(&Untyped) -> bool,
}

impl Header {
    fn new<N: Object>(holders: u32) -> Self {
        Self {
            counts: Counts::new(holders),
            class: const {
                &Class {
                    layout: Layout::new::<N>(),
                    drop: drop_object::<N>,
                    // SAFETY: this is the class of objects that are an `N`.
                    stop: |object| N::stop(unsafe { object.typed() }),
                    // SAFETY: likewise.
                    report: |object| N::report(unsafe { object.typed() }),
                    // SAFETY: likewise.
                    is_clear: |object| unsafe { object.typed_ref::<N>() }.is_clear(),
                }
            },
            _watched: PhantomPinned,
        }
    }
}

/// Drops an object that nobody holds any more, and frees it unless it is watched.
///
/// # Safety
///
/// It is an `N`, which the last one who held it has let go.
unsafe fn drop_object<N: Object>(object: NonNull<Header>) {
    // Also if the drop panics.
    let _watch = Weak(object);
    let mut object = Ended(object.cast::<N>());
    // SAFETY: it is alive until it is dropped, right after, and the caller was the last one to have it.
    unsafe { object.0.as_mut() }.end();
}

/// Drops an object, also if its end has panicked.
struct Ended<N>(NonNull<N>);

impl<N> Drop for Ended<N> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: whoever made this was the last one to have it.
        unsafe { ptr::drop_in_place(self.0.as_ptr()) };
    }
}

/// Holds an object of unknown type.
#[repr(transparent)]
pub(crate) struct Untyped(NonNull<Header>);

impl Untyped {
    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: it is held here, so it is alive.
        unsafe { self.0.as_ref() }
    }

    /// Where it lies.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *const () {
        self.0.as_ptr().cast_const().cast()
    }

    pub(crate) fn stop(self) {
        // SAFETY: it is the object's own class.
        unsafe { (self.header().class.stop)(self) }
    }

    pub(crate) fn report(self) {
        // SAFETY: likewise.
        unsafe { (self.header().class.report)(self) }
    }

    pub(crate) fn is_clear(&self) -> bool {
        // SAFETY: likewise.
        unsafe { (self.header().class.is_clear)(self) }
    }

    #[inline]
    pub(crate) fn counts(&self) -> &Counts {
        &self.header().counts
    }

    /// A pointer that does not keep it alive.
    pub(crate) fn downgrade(&self) -> Weak {
        self.counts().watch();
        Weak(self.0)
    }

    /// The same pointer, which knows the type.
    ///
    /// # Safety
    ///
    /// It is an `N`.
    #[inline]
    pub(crate) unsafe fn typed<N>(self) -> Shared<N> {
        Shared {
            untyped: self,
            object: PhantomData,
        }
    }

    /// The same for a look.
    ///
    /// # Safety
    ///
    /// It is an `N`.
    #[inline]
    pub(crate) unsafe fn typed_ref<N>(&self) -> &Shared<N> {
        // SAFETY: a `Shared` is an `Untyped`, and it is an `N`, as the caller says.
        unsafe { &*ptr::from_ref(self).cast() }
    }
}

impl Clone for Untyped {
    #[inline]
    fn clone(&self) -> Self {
        self.counts().hold();
        Self(self.0)
    }
}

impl Drop for Untyped {
    #[inline]
    fn drop(&mut self) {
        let header = self.header();
        if header.counts.let_go() {
            // SAFETY: this was the last one, and it is the object's own class.
            unsafe { (header.class.drop)(self.0) }
        }
    }
}

/// Holds an object.
#[repr(transparent)]
pub(crate) struct Shared<N> {
    untyped: Untyped,
    object: PhantomData<N>,
}

impl<N: Object> Shared<N> {
    /// Makes an object where it will lie, as it is too large to be copied there, for so many who hold it: this is the first of them.
    ///
    /// `make` puts the header at its beginning.
    #[inline]
    pub(crate) fn new(holders: u32, make: impl FnOnce(Header) -> N) -> Self {
        let layout = Layout::new::<N>();
        // SAFETY: it contains a header, so it is not of size 0.
        let place = unsafe { alloc(layout) }.cast::<N>();
        let Some(object) = NonNull::new(place) else {
            handle_alloc_error(layout)
        };
        // SAFETY: it was allocated for exactly this, and nobody else has it yet.
        unsafe { object.write(make(Header::new::<N>(holders))) };
        // SAFETY: there it lies.
        unsafe { Untyped(object.cast()).typed() }
    }
}

impl<N> Shared<N> {
    /// The same pointer once more, for one who was counted already.
    ///
    /// # Safety
    ///
    /// The object was made for one more than there are pointers to it.
    #[inline]
    pub(crate) unsafe fn counted(&self) -> Self {
        Self {
            untyped: Untyped(self.untyped.0),
            object: PhantomData,
        }
    }

    #[inline]
    pub(crate) fn untyped(self) -> Untyped {
        self.untyped
    }

    #[inline]
    pub(crate) fn as_untyped(&self) -> &Untyped {
        &self.untyped
    }
}

/// What it points to stays where it is.
impl<N> Unpin for Shared<N> {}

impl<N> Clone for Shared<N> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            untyped: self.untyped.clone(),
            object: PhantomData,
        }
    }
}

impl<N> Deref for Shared<N> {
    type Target = N;

    #[inline]
    fn deref(&self) -> &N {
        // SAFETY: it is held here, and it is an `N`.
        unsafe { self.untyped.0.cast().as_ref() }
    }
}

/// A pointer to an object that does not keep it alive.
pub(crate) struct Weak(NonNull<Header>);

impl Weak {
    pub(crate) fn upgrade(&self) -> Option<Untyped> {
        // SAFETY: the header is there as long as somebody watches.
        let counts = unsafe { &(*self.0.as_ptr()).counts };
        counts.try_hold().then(|| Untyped(self.0))
    }
}

impl Drop for Weak {
    #[inline]
    fn drop(&mut self) {
        let header = self.0.as_ptr();
        // SAFETY: the header is there as long as somebody watches. It has nothing to drop, so it is as it was, too, when the object is dropped.
        let layout = unsafe { (*header).class.layout };
        // SAFETY: likewise.
        if unsafe { &(*header).counts }.unwatch() {
            // SAFETY: it was allocated with this layout, and nobody has it any more.
            unsafe { dealloc(header.cast(), layout) };
        }
    }
}
