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

/// The user's names of steps and statics.
#[derive(Default)]
pub(super) struct Names {
    steps: Vec<Ident>,
    statics: Vec<Ident>,
    /// Statements for those that are still being typed.
    typed: TokenStream,
}

impl Lowering<'_> {
    pub(super) fn document(&self, kind: Documented, name: &Ident) {
        let mut names = self.documented.borrow_mut();
        match kind {
            Documented::Step => names.steps.push(name.clone()),
            Documented::Static => names.statics.push(name.clone()),
        }
    }

    /// Has an editor offer the steps or statics in the place of a name that is still being typed. The compiler does not
    /// get to see it.
    pub(super) fn complete(&self, kind: Documented, name: &Ident) {
        let module = internal(match kind {
            Documented::Step => "steps",
            Documented::Static => "statics",
        });
        let hidden = &self.hidden;
        self.documented
            .borrow_mut()
            .typed
            .extend(emit!(#hidden::typing! { let _ = #hidden::#module::#name; }));
    }

    /// The same after a source, where what has been typed so far may go on with a step or with something of its own.
    pub(super) fn complete_source(&self, typing: &Typing) -> TokenStream {
        let (hidden, Typing { before, name }) = (&self.hidden, typing);
        emit!(#hidden::typing! { let _ = #hidden::Typing(#before).#name; })
    }

    /// The names so far.
    pub(super) fn documentation(&self) -> TokenStream {
        let hidden = &self.hidden;
        let Names {
            steps,
            statics,
            typed,
        } = self.documented.take();
        emit!(
            #[allow(unused_imports)]
            use #hidden::{steps::{#(#steps as _),*}, statics::{#(#statics as _),*}};
            #typed
        )
    }
}
