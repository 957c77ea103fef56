//! From what a step produced to its value, or out of the region.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote_spanned};
use syn::Lifetime;

use super::arrow::block_at;
use super::choices::Choice;
use super::{Deadline, Leave, Lowering, Scope, emit};
use crate::model::Body;
use crate::runtime::{at, hidden_at, internal};

/// Up to so many steps LLVM follows a chain from state to state where it is polled, and [`Lowering::keeps_next_apart`] matters.
pub(super) const UNROLLED: usize = 11;

/// What is known of a product before its type is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    /// Decided by its type.
    Any,
    /// The same, and a rejection of unknown type is the region's: `?` in a Rust closure.
    QuestionMark,
}

impl Product {
    /// What an arrow's body produces.
    pub(super) fn of(body: &Body) -> Self {
        match body.facts.open {
            true => Self::QuestionMark,
            false => Self::Any,
        }
    }
}

impl Lowering<'_> {
    /// Waits for `future`, and for the timeouts around.
    pub(super) fn wait(&self, future: TokenStream, scope: &Scope) -> TokenStream {
        let Some(Deadline {
            label, variable, ..
        }) = &scope.deadline
        else {
            // Token by token: to add a stream to another is a call into rustc.
            let mut awaited = future;
            awaited.append(Punct::new('.', Spacing::Alone));
            awaited.append(internal("await"));
            return awaited;
        };
        let hidden = &self.hidden;
        emit!(match #hidden::within(#future, #hidden::pinned!(#variable)).await {
            __Ok(__output) => __output,
            __Err(__late) => break #label __Err(__late),
        })
    }

    /// An expression: the value of what `product` yields. The product's temporaries are gone before the await.
    pub(super) fn settle(
        &self,
        product: &TokenStream,
        known: Product,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        self.settle_at(span, product, known, span, scope)
    }

    /// The same, with a value of which rustc says at `place` that it has the wrong type.
    pub(super) fn settle_at(
        &self,
        place: Span,
        product: &TokenStream,
        known: Product,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        // The product is taken apart at the very end of a block that is over before the await: a variable of that type
        // would be stored beside the future, or keep a flag that says whether it was moved.
        let settled = self.label("settled");
        // After a handler that never returns, what is ours is unreachable. (So it is where an outcome cannot exist. rustc 1.85 alone says so,
        // and to silence it here, where every step passes, costs 2 % of a release build.)
        let unreachable = scope.may_diverge.then(|| emit!(#[allow(unreachable_code)]));
        let method = Ident::new("__kind", at(place));
        let started = match asks_kind(known, scope) {
            // The future first: its type is that of the `match`, also where rustc knows nothing of the product yet.
            false => emit!({
                let __product = #product;
                #unreachable
                match __Ask(&__product).#method() {
                    __Later(__later) => __later << __product,
                    __Now(__now) => break #settled __now.outcome(__product),
                }
            }),
            true => emit!({
                let __product = #product;
                #unreachable
                match { __kind = __Ask(&__product).#method(); __kind } {
                    __Later(__later) => __later << __product,
                    __Now(__now) => break #settled __now.outcome(__product),
                }
            }),
        };
        self.settled(started, &settled, place, known, span, scope)
    }

    /// The same for what the handler of a `finally` yields: it is called when it is known what that is.
    pub(super) fn settle_finally(&self, known: Product, span: Span, scope: &Scope) -> TokenStream {
        let settled = self.label("settled");
        let method = Ident::new("__kind", at(span));
        let kind = match asks_kind(known, scope) {
            false => emit!(finally.ask().#method()),
            true => emit!({
                __kind = finally.ask().#method();
                __kind
            }),
        };
        let started = emit!({
            match #kind {
                __Later(__later) => __later >> &mut finally,
                __Now(__now) => break #settled __now.called(&mut finally),
            }
        });
        self.settled(started, &settled, span, known, span, scope)
    }

    /// The value of a future, or of the outcome with which the block `label` is left before there is one.
    fn settled(
        &self,
        started: TokenStream,
        label: &Lifetime,
        place: Span,
        known: Product,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        self.chooses(Choice::Kind);
        let wait = block_at(Span::mixed_site(), self.wait(started, scope));
        let value = Ident::new("__value", at(place));
        let tag = &scope.tag;
        let asks_kind = asks_kind(known, scope);
        let reject = match asks_kind {
            true => self.leave(&emit!(__kind.same(__reason, #tag)), scope),
            false => self.reject(&internal("__reason"), span, scope),
        };
        let arms = emit!(__Ok(__value) => #value, __Err(__reason) => #reject);
        let arms = block_at(Span::mixed_site(), arms);
        let declared = asks_kind.then(|| emit!(let __kind;));
        // In a block of its own: after a `let` of the `match` a flag would be stored, which says whether its value is still there.
        match self.keeps_next_apart(scope) {
            true => emit!({ #declared match __settled(#label: #wait) #arms }),
            false => emit!({ #declared match #label: #wait #arms }),
        }
    }

    /// Whether the next outcome goes through a call that does nothing.
    ///
    /// Most futures are ready, and LLVM puts an instruction into their way: it loads the number of the state to be suspended in
    /// before it knows whether it has to. Behind a call it tests for pending, fulfilled and rejected at once, and does not.
    /// But a chain with such a call, if it does suspend, is no longer followed from state to state, and the call costs rustc
    /// a tenth of a step. So there are as few as it takes to be as fast as by hand.
    fn keeps_next_apart(&self, scope: &Scope) -> bool {
        let index = self.settled.replace(self.settled.get() + 1);
        scope.keeps_apart && index > 2 && index % 2 == 1
    }

    /// The same, where the product may borrow from its own temporaries: they live until it has settled.
    pub(super) fn settle_borrowing(
        &self,
        product: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let settled = self.settle(&emit!(__product), Product::Any, span, scope);
        emit!(match (#product) { __product => #settled })
    }

    /// The same for what is known to be a future of a `Result`.
    pub(super) fn settle_future(
        &self,
        future: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let outcome = self.wait(future.clone(), scope);
        self.unwrap(&outcome, span, scope)
    }

    /// The value of a `Result`.
    pub(super) fn unwrap(&self, outcome: &TokenStream, span: Span, scope: &Scope) -> TokenStream {
        let reject = self.reject(&internal("__reason"), span, scope);
        emit!((match #outcome { __Ok(__value) => __value, __Err(__reason) => #reject }))
    }

    /// Leaves the region with `reason`, made one of its type. rustc reports at `span` when it cannot be.
    pub(super) fn reject(&self, reason: &impl ToTokens, span: Span, scope: &Scope) -> TokenStream {
        self.leave(&self.entered(reason, span, scope), scope)
    }

    /// A reason as one of the region's type.
    pub(super) fn entered(&self, reason: &impl ToTokens, span: Span, scope: &Scope) -> TokenStream {
        let tag = &scope.tag;
        if scope.converts {
            return self.converted(reason, tag, span);
        }
        self.chooses(Choice::Reject);
        let method = Ident::new("__reject", at(span));
        emit!(__Rejection(#reason, #tag).#method())
    }

    /// A statement: a rejection type that nothing has fixed becomes the one that `tag` carries.
    pub(super) fn closed(&self, probe: &TokenStream, tag: &Ident) -> TokenStream {
        let hidden = &self.hidden;
        self.chooses(Choice::Open);
        emit!((&&&#hidden::open(#probe, #tag)).__close();)
    }

    /// The same; if `tag` carries none either, the rejection is what a `?` is given, as it is.
    pub(super) fn closed_exactly(&self, probe: &TokenStream, tag: &Ident) -> TokenStream {
        let hidden = &self.hidden;
        self.chooses(Choice::Open);
        emit!((&&&#hidden::open(#probe, #tag)).__close().__exactly();)
    }

    /// A reason as the type that the user named.
    pub(super) fn converted(&self, reason: &impl ToTokens, tag: &Ident, span: Span) -> TokenStream {
        self.chooses(Choice::Convert);
        let conversion = hidden_at("Conversion", span);
        quote_spanned!(at(span)=> #conversion::new(#reason, #tag).__same().__reject())
    }

    /// Leaves the region with a reason of its type: an expression that goes as far as an arm of a `match` does.
    pub(super) fn leave(&self, reason: &TokenStream, scope: &Scope) -> TokenStream {
        match &scope.leave {
            Leave::Break(label) => emit!(break #label __Err(#reason)),
            Leave::Return => emit!(return __Err(#reason)),
            Leave::Reject { reject, executor } => emit!({ #reject.call(#reason); break #executor }),
        }
    }
}

/// A rejection of unknown type is the region's: its kind says what becomes of it.
fn asks_kind(known: Product, scope: &Scope) -> bool {
    known == Product::QuestionMark && !scope.converts
}
