//! Model to tokens; it cannot fail. A chain becomes one `async` block in which each step is settled in place.
//!
//! ```text
//! Chain::new(async {
//!     let region = Tag::new();
//!     let outcome = region.outcome('r: {
//!         let value = /* settle the source */;
//!         let value = /* settle the first step */;
//!         Ok(value)
//!     });
//!     region.__pin();
//!     outcome
//! })
//! ```
//!
//! The steps between two `catch`es are a region: a labelled block, which a rejection leaves by `break`. Steps that look
//! at what stands before them as a whole (`catch`, `finally`, `timeout`, …) put it into a block of its own; all others
//! are statements one after the other, so that a long chain is no deep one.

mod arrow;
mod choices;
mod collections;
mod documented;
mod parts;
mod records;
mod rejections;
mod settle;
mod statics;
mod steps;
mod words;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Lifetime, Token, Type};

use self::choices::Choice;

use crate::errors::Errors;
use crate::model::{Chain, Promise, StepKind};
use crate::runtime::{Runtime, at, hidden, internal, nested_chain};

/// Tokens of ours, which neither see the user's names nor are seen by them.
macro_rules! emit {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
pub(crate) use emit;

pub(crate) fn promise(promise: &Promise, errors: &Errors) -> TokenStream {
    let lowering = Lowering {
        runtime: &promise.runtime,
        hidden: hidden(),
        capture: promise.capture,
        rejection: promise.types.rejection.as_ref(),
        names: Cell::new(0),
        settled: Cell::new(0),
        choices: Cell::new(0),
        documented: RefCell::default(),
        records: RefCell::default(),
        errors: RefCell::new(errors.reported()),
    };
    let chain = match &promise.chain {
        Some(chain) => lowering.whole(chain, promise.types.fulfilment.as_ref()),
        None => lowering.errors.take().unwrap_or_default(),
    };
    // An editor sees the chain while the mistakes are being mended. They stand after it, so that what is before stays where it is.
    match lowering.errors.take() {
        Some(errors) => emit!(#chain.__with({ #errors })),
        None => chain,
    }
}

/// What holds for the whole of one `promise!`.
struct Lowering<'a> {
    runtime: &'a Runtime,
    /// The runtime's hidden module.
    hidden: Ident,
    capture: Option<Token![move]>,
    /// The rejection type that the user named.
    rejection: Option<&'a Type>,
    names: Cell<usize>,
    /// How many outcomes of the chain have been taken apart.
    settled: Cell<usize>,
    /// The choices by type that the expansion makes: one bit each.
    choices: Cell<u32>,
    documented: RefCell<documented::Names>,
    /// The sets of field names that need a struct.
    records: RefCell<Vec<Vec<String>>>,
    /// The mistakes, until they are emitted.
    errors: RefCell<Option<TokenStream>>,
}

/// Where a rejection goes, and what every await must watch.
#[derive(Clone)]
struct Scope {
    leave: Leave,
    /// The variable that carries the rejection type.
    tag: Ident,
    /// Rejections convert into a type that the user named.
    converts: bool,
    /// The innermost timeout around.
    deadline: Option<Deadline>,
    /// In a handler that may well end the process: one of rejections, or one that only looks.
    may_diverge: bool,
    /// Some outcomes go through a call that does nothing: see [`Lowering::keeps_next_apart`].
    keeps_apart: bool,
    /// Steps of the region that do nothing unless something in it can reject.
    needs_rejection: Rc<RefCell<Vec<Span>>>,
}

/// How a rejection leaves.
#[derive(Clone)]
enum Leave {
    /// `break 'region Err(reason)`
    Break(Lifetime),
    /// `return Err(reason)`
    Return,
    /// Calls `reject`, then ends the executor of `new Promise`.
    Reject { reject: Ident, executor: Lifetime },
}

#[derive(Clone)]
struct Deadline {
    /// The block that the time ends.
    label: Lifetime,
    variable: Ident,
    /// 1 for the outermost.
    depth: usize,
}

impl Lowering<'_> {
    /// The chain that the macro call is.
    fn whole(&self, chain: &Chain, fulfilment: Option<&Type>) -> TokenStream {
        let block = self.block(chain, true, fulfilment);
        let records = self.record_definitions();
        let hidden = &self.hidden;
        let import = self.runtime.import();
        let traits = self.import_traits();
        let words = emit!(use #hidden::{
            Err as __Err, Kind::{Later as __Later, Now as __Now}, Ok as __Ok, Rejection as __Rejection,
            AskFutureOfResult as __Ask, settled as __settled,
        };);
        let documentation = self.documentation();
        let contents = emit!(#import #traits #words #documentation #records #block);
        let (root, future) = (
            &self.runtime.0,
            self.asynchronous(chain.start, self.capture.is_some(), &contents),
        );
        emit!(#root::Chain::new(#future))
    }

    /// A chain as a value of its own. `converts`: its rejections become the type that the user named; `owns`: what it
    /// uses moves into it. One that settles where it stands borrows from the chain around it, which owns or borrows in turn.
    fn own(&self, chain: &Chain, converts: bool, owns: bool) -> TokenStream {
        let block = self.block(chain, converts, None);
        nested_chain(chain.start, &self.asynchronous(chain.start, owns, &block))
    }

    /// The `async` and its braces stand at the user's first token: that is where rustc says that `move` is missing.
    fn asynchronous(&self, start: Span, owns: bool, contents: &TokenStream) -> TokenStream {
        let capture = owns.then(|| emit!(move));
        let span = at(start);
        quote_spanned!(span=> async #capture { #contents })
    }

    /// The statements of a chain's `async` block.
    fn block(&self, chain: &Chain, converts: bool, fulfilment: Option<&Type>) -> TokenStream {
        let (mut region, tag) = self.region(converts);
        region.keeps_apart = chain.steps.len() <= settle::UNROLLED;
        let Leave::Break(label) = &region.leave else {
            unreachable!("`region` makes a label")
        };
        let around = self.settled.take();
        let steps = match fulfilment {
            Some(fulfilment) => self.steps_to(chain, fulfilment, &region),
            None => self.steps(chain, chain.steps.len(), &region),
        };
        self.settled.set(around);
        let hidden = &self.hidden;
        let pin = self.pin(&region);
        let variable = &region.tag;
        emit!(
            #tag
            let __outcome = #hidden::outcome(#label: { #steps #hidden::Ok(__value) }, #[allow(unreachable_code)] #variable);
            #pin
            __outcome
        )
    }

    /// The steps of a chain whose value has this type: if it has another, rustc says so at the last step.
    fn steps_to(&self, chain: &Chain, fulfilment: &Type, scope: &Scope) -> TokenStream {
        if let Some((last, before)) = chain.steps.split_last() {
            if let StepKind::Then(handler, None) = &last.kind {
                let steps = self.steps(chain, before.len(), scope);
                self.document_step(last);
                let settled = self.handled(handler, &emit!(__value), last.name.span(), scope);
                return emit!(#steps let __value: #fulfilment = #settled;);
            }
        }
        let steps = self.steps(chain, chain.steps.len(), scope);
        let last = chain
            .steps
            .last()
            .map_or(chain.start, |step| step.name.span());
        let value = Ident::new("__value", at(last));
        emit!(#steps let __value: #fulfilment = #value;)
    }

    /// A new region, and the statement that declares its tag.
    fn region(&self, converts: bool) -> (Scope, TokenStream) {
        let tag = self.name("region");
        let label = self.label("region");
        let hidden = &self.hidden;
        let rejection = self.rejection.filter(|_| converts);
        let declaration = match rejection {
            Some(rejection) => emit!(let #tag = #hidden::Tag::<#rejection>::new();),
            None => emit!(let #tag = #hidden::Tag::<_>::new();),
        };
        let scope = Scope {
            leave: Leave::Break(label),
            tag,
            converts: rejection.is_some(),
            deadline: None,
            may_diverge: false,
            keeps_apart: false,
            needs_rejection: Rc::default(),
        };
        (scope, declaration)
    }

    /// Decides a rejection type that nothing has fixed.
    fn pin(&self, region: &Scope) -> TokenStream {
        let tag = &region.tag;
        self.chooses(Choice::Pin);
        let redundant = region
            .needs_rejection
            .take()
            .into_iter()
            .map(|step| self.can_reject(tag, step));
        match region.converts {
            true => TokenStream::new(),
            false => {
                emit!(#(#[allow(unreachable_code)] #redundant)* #[allow(unreachable_code)] #tag.__pin();)
            }
        }
    }

    /// rustc warns at `step` if nothing of the region can reject.
    fn can_reject(&self, tag: &Ident, step: Span) -> TokenStream {
        self.chooses(Choice::CanReject);
        quote_spanned!(at(step)=> #tag.cannot_reject();)
    }

    /// In the place of what could not be read. The first such place takes the mistakes: rustc gives them the type of an
    /// error, and reports nothing that follows from it.
    fn broken(&self) -> TokenStream {
        let hidden = &self.hidden;
        match self.errors.take() {
            Some(errors) => emit!({ #errors }),
            None => emit!(!#hidden::anything()),
        }
    }

    /// The value after what never returns: whatever is wanted. If nothing is, rustc takes the type of what never returns for
    /// it, because of the `loop`, and asks for no annotation.
    fn nothing(&self) -> TokenStream {
        let hidden = &self.hidden;
        emit!(#[allow(unreachable_code)] if true { !#hidden::anything() } else { loop {} })
    }

    fn number(&self) -> usize {
        let number = self.names.get();
        self.names.set(number + 1);
        number
    }

    fn name(&self, what: &str) -> Ident {
        internal(&format!("__{what}_{}", self.number()))
    }

    fn label(&self, what: &str) -> Lifetime {
        Lifetime::new(&format!("'{what}_{}", self.number()), Span::mixed_site())
    }
}

impl Scope {
    /// The same region behind another block.
    fn behind(&self, label: Lifetime) -> Self {
        Self {
            leave: Leave::Break(label),
            ..self.clone()
        }
    }

    /// The same region before a `finally`, where no call is needed to keep outcomes apart.
    fn guarded(&self) -> Self {
        Self {
            keeps_apart: false,
            ..self.clone()
        }
    }

    /// The same region in a handler that may well end the process.
    fn may_diverge(&self) -> Self {
        Self {
            may_diverge: true,
            ..self.clone()
        }
    }

    /// The same region inside a closure or `async` block of its own, which no `break` and no deadline crosses.
    fn enclosed(&self, leave: Leave) -> Self {
        Self {
            leave,
            deadline: None,
            ..self.clone()
        }
    }
}
