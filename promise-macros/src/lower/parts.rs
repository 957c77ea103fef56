//! Very long chains. One `async` block for all of a chain is the smallest and fastest form, but rustc's borrow checker takes time
//! that grows faster than the square of its awaits, also where they are written by hand: each of them assigns the
//! block's context anew, and all these assignments are followed to the end of the block. So every [`LONGEST`] steps the ones
//! before become a block of their own, which is awaited where they stood.
//!
//! It adds the number of a state to the chain's size, and one call to a poll in that part. What such a part uses it borrows
//! unless it consumes it: there the chain is `Send` only if what it shares is `Sync`.

use proc_macro2::TokenStream;

use super::{Leave, Lowering, Scope, emit};
use crate::model::Chain;
use crate::runtime::internal;

/// Up to here the time that a step costs hardly depends on the length, and rustc's parser gets by with its stack if every
/// step wraps those before it.
const LONGEST: usize = 100;

/// Where a chain is cut last before its step number `count`.
pub(super) fn cut_before(count: usize) -> Option<usize> {
    let cut = count.checked_sub(1)? / LONGEST * LONGEST;
    (cut > 0).then_some(cut)
}

impl Lowering<'_> {
    /// The source and the first `count` steps, before a step that looks at them as a whole.
    pub(super) fn upstream(&self, chain: &Chain, count: usize, scope: &Scope) -> TokenStream {
        match count > 0 && count % LONGEST == 0 {
            true => self.part(chain, count, scope),
            false => self.steps(chain, count, scope),
        }
    }

    /// The source and the first `count` steps as a future of their own.
    pub(super) fn part(&self, chain: &Chain, count: usize, scope: &Scope) -> TokenStream {
        let hidden = &self.hidden;
        let (tag, moved) = (&scope.tag, internal("__tag"));
        let statements = self.steps(chain, count, &scope.enclosed(Leave::Return));
        let part = emit!({
            // By itself a tag would be captured by reference.
            let #moved = #tag.moved();
            async {
                let #tag = #moved.here();
                // rustc reads what is inside a macro when it has read what is around it, with its whole stack.
                #hidden::part!(#statements #hidden::outcome(__Ok(__value), #tag))
            }
        });
        let outcome = self.wait(part, scope);
        let leave = self.leave(&emit!(__reason), scope);
        emit!(let __value = match #outcome { __Ok(__value) => __value, __Err(__reason) => #leave };)
    }
}
