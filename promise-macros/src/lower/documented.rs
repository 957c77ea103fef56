//! Ties the names of steps and statics to their documentation, for hover and go-to-definition.
//!
//! By an import, which only rustc's resolver has to look at: as statements they were a tenth of what it does for a step.

use proc_macro2::{Ident, TokenStream};

use super::{Lowering, emit};
use crate::model::Typing;
use crate::runtime::internal;

/// Where a name is documented.
#[derive(Clone, Copy)]
pub(super) enum Documented {
    Step,
    Static,
}

impl Documented {
    fn path(self, hidden: &Ident, name: &Ident) -> TokenStream {
        let module = internal(match self {
            Self::Step => "steps",
            Self::Static => "statics",
        });
        emit!(#hidden::#module::#name)
    }
}

impl Lowering<'_> {
    pub(super) fn document(&self, kind: Documented, name: &Ident) {
        let path = kind.path(&self.hidden, name);
        self.documented.borrow_mut().extend(emit!(#path as _,));
    }

    /// Has an editor offer the steps or statics in the place of a name that is still being typed. The compiler does not
    /// get to see it.
    pub(super) fn complete(&self, kind: Documented, name: &Ident) {
        let path = kind.path(&self.hidden, name);
        let hidden = &self.hidden;
        self.completed
            .borrow_mut()
            .extend(emit!(#hidden::typing! { let _ = #path; }));
    }

    /// The same after a source, where what has been typed so far may go on with a step or with something of its own.
    pub(super) fn complete_source(&self, typing: &Typing) -> TokenStream {
        let (hidden, Typing { before, name }) = (&self.hidden, typing);
        emit!(#hidden::typing! { let _ = #hidden::Typing(#before).#name; })
    }

    /// The names so far.
    pub(super) fn documentation(&self) -> TokenStream {
        let (documented, completed) = (self.documented.take(), self.completed.take());
        emit!(#[allow(unused_imports)] use {#documented}; #completed)
    }
}
