//! Ties the names of steps and statics to their documentation, for hover and go-to-definition.
//!
//! By an import, which only rustc's resolver has to look at: as statements they were a tenth of what it does for a step.

use proc_macro2::{Ident, TokenStream};

use super::{Lowering, emit};
use crate::runtime::internal;

/// Where a name is documented.
#[derive(Clone, Copy)]
pub(super) enum Documented {
    Step,
    Static,
}

impl Lowering<'_> {
    pub(super) fn document(&self, kind: Documented, name: &Ident) {
        self.documented.borrow_mut().push((kind, name.clone()));
    }

    /// The names so far.
    pub(super) fn documentation(&self) -> TokenStream {
        let hidden = &self.hidden;
        let names = self.documented.take();
        let paths = names.iter().map(|(kind, name)| {
            let module = internal(match kind {
                Documented::Step => "steps",
                Documented::Static => "statics",
            });
            emit!(#module::#name as _)
        });
        emit!(#[allow(unused_imports)] use #hidden::{#(#paths),*};)
    }
}
