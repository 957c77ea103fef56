//! One function for each kind of step. Each emits statements after which `value` is what the step fulfils with.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Lifetime;

use super::choices::Choice;
use super::documented::Documented;
use super::parts::cut_before;
use super::{Deadline, Leave, Lowering, Scope, emit};
use crate::model::{Arm, Body, Catch, Chain, Handler, Source, Step, StepKind};
use crate::runtime::{at, hidden_at, located, warning};

impl Step {
    /// It looks at what stands before it as a whole.
    fn wraps(&self) -> bool {
        match &self.kind {
            StepKind::Then(_, rejected) => rejected.is_some(),
            StepKind::Catch(_)
            | StepKind::Finally(_)
            | StepKind::TapCatch(_)
            | StepKind::Timeout { .. }
            | StepKind::Retry { .. } => true,
            StepKind::Tap(_)
            | StepKind::Collect(_)
            | StepKind::Spread(_)
            | StepKind::Delay(_)
            | StepKind::Invalid => false,
        }
    }

    fn span(&self) -> Span {
        self.name.span()
    }
}

impl Lowering<'_> {
    /// The source and the first `count` steps, as statements.
    pub(super) fn steps(&self, chain: &Chain, count: usize, scope: &Scope) -> TokenStream {
        let wrapping = (0..count).rev().find(|&index| chain.steps[index].wraps());
        let own = wrapping.map_or(0, |index| index + 1);
        let cut = cut_before(count).filter(|&cut| cut >= own);
        let mut statements = match (cut, wrapping) {
            (Some(cut), _) => self.part(chain, cut, scope),
            (None, Some(index)) => self.wrapping_step(chain, index, scope),
            (None, None) => self.source(chain, scope),
        };
        // All at once: to add one stream to another is a call into rustc.
        statements.extend(chain.steps[cut.unwrap_or(own)..count].iter().map(|step| {
            self.document_step(step);
            self.step(step, scope)
        }));
        statements
    }

    pub(super) fn document_step(&self, step: &Step) {
        match step.kind {
            StepKind::Invalid => self.complete(Documented::Step, &step.name),
            _ => self.document(Documented::Step, &step.name),
        }
    }

    fn source(&self, chain: &Chain, scope: &Scope) -> TokenStream {
        let value = match &chain.source {
            Source::Value(body) => {
                self.body_value(&TokenStream::new(), body, false, chain.start, scope)
            }
            Source::Static(call) => self.static_value(call, scope),
            Source::New(new) => self.new_promise(new, scope),
        };
        let warnings = chain.warnings.iter().map(warning);
        let typing = chain
            .typing
            .as_ref()
            .map(|typing| self.complete_source(typing));
        emit!(#(#warnings)* #typing let __value = #value;)
    }

    /// A step that only needs the value before it.
    fn step(&self, step: &Step, scope: &Scope) -> TokenStream {
        let span = step.span();
        let value = emit!(__value);
        match &step.kind {
            StepKind::Then(handler, _) => {
                let settled = self.handled(handler, &value, span, scope);
                emit!(let __value = #settled;)
            }
            StepKind::Tap(handler) => {
                let settled = self.handled(handler, &emit!(&__value), span, &scope.may_diverge());
                self.ignored(&settled)
            }
            StepKind::Spread(handler) => {
                let settled = self.spread(handler, &value, span, scope);
                emit!(let __value = #settled;)
            }
            StepKind::Delay(duration) => {
                let hidden = &self.hidden;
                let duration = self.argument(duration, scope);
                let wait = self.wait(emit!(#hidden::delay(#duration)), scope);
                emit!(#wait;)
            }
            StepKind::Collect(collection) => {
                let collected = self.collected(collection, &value, span, scope);
                emit!(let __value = #collected;)
            }
            StepKind::Invalid => {
                let broken = self.broken();
                emit!(let __value = #broken;)
            }
            _ => TokenStream::new(),
        }
    }

    /// A step around everything before it.
    fn wrapping_step(&self, chain: &Chain, index: usize, scope: &Scope) -> TokenStream {
        let step = &chain.steps[index];
        self.document_step(step);
        let before = |scope: &Scope| self.upstream(chain, index, scope);
        match &step.kind {
            StepKind::Then(fulfilled, Some(rejected)) => {
                self.two_handlers(fulfilled, rejected, step, before, scope)
            }
            StepKind::Catch(catch) => self.catch(catch, step, before, scope),
            StepKind::Finally(handler) => self.finally(handler, step, before, scope),
            StepKind::TapCatch(handler) => self.tap_catch(handler, step, before, scope),
            StepKind::Timeout { duration, reason } => {
                self.timeout(duration, reason.as_ref(), step, before, scope)
            }
            StepKind::Retry { policy, predicate } => {
                self.retry(policy, predicate.as_ref(), step, before, scope)
            }
            _ => before(scope),
        }
    }

    /// What stands before a step that ends its region: `let outcome = …;`.
    fn ended(
        &self,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let (inner, tag) = self.region_before(scope);
        let outcome = self.region_outcome(&inner, step, before);
        emit!(#tag #outcome)
    }

    /// A region for what stands before a step, and the statement that declares its tag.
    fn region_before(&self, scope: &Scope) -> (Scope, TokenStream) {
        let (mut inner, tag) = self.region(scope.converts);
        inner.deadline.clone_from(&scope.deadline);
        inner.keeps_apart = scope.keeps_apart;
        (inner, tag)
    }

    /// What stands before a step, in a region of its own.
    fn region_outcome(
        &self,
        region: &Scope,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let Leave::Break(label) = region.leave.clone() else {
            unreachable!("`region` makes a label")
        };
        let statements = before(region);
        let (pin, variable) = (self.pin(region), &region.tag);
        let catches = self.catches(step, region);
        emit!(
            let __outcome = #hidden::outcome(#label: { #statements #hidden::Ok(__value) }, #[allow(unreachable_code)] #variable);
            #catches
            #pin
        )
    }

    /// The outcome of what stands before a step that goes on with the same rejection type.
    fn continued(&self, before: impl Fn(&Scope) -> TokenStream, scope: &Scope) -> TokenStream {
        let hidden = &self.hidden;
        let label = self.label("before");
        let statements = before(&scope.behind(label.clone()));
        let tag = &scope.tag;
        emit!(#hidden::outcome(#label: { #statements #hidden::Ok(__value) }, #[allow(unreachable_code)] #tag))
    }

    /// Warns where nothing before the step can reject, at the step's name.
    fn catches(&self, step: &Step, region: &Scope) -> TokenStream {
        if region.converts {
            return TokenStream::new();
        }
        self.can_reject(&region.tag, step.span())
    }

    fn two_handlers(
        &self,
        fulfilled: &Handler,
        rejected: &Handler,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let outcome = self.ended(step, before, scope);
        let fulfilled = self.handled(fulfilled, &emit!(__value), step.span(), scope);
        let rejected = self.handled(
            rejected,
            &emit!(__reason),
            step.span(),
            &scope.may_diverge(),
        );
        let handled = self.label("handled");
        let rejection = self.label("rejection");
        emit!(
            let __value = #handled: {
                let __reason = #rejection: {
                    let __value = {
                        #outcome
                        match __outcome { #hidden::Ok(__value) => __value, #hidden::Err(__reason) => break #rejection __reason }
                    };
                    break #handled #fulfilled;
                };
                #rejected
            };
        )
    }

    fn catch(
        &self,
        catch: &Catch,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let span = step.span();
        match catch {
            Catch::All(handler) => {
                let outcome = self.ended(step, before, scope);
                let handled = self.handled(handler, &emit!(__reason), span, &scope.may_diverge());
                self.caught(&outcome, &TokenStream::new(), &handled)
            }
            Catch::Typed(caught, handler) => {
                let outcome = self.ended(step, before, scope);
                let handled = self.handled(handler, &emit!(__reason), span, &scope.may_diverge());
                let passed = self.reject(&emit!(__other), span, scope);
                self.chooses(Choice::Narrow);
                let method = quote_spanned!(at(span)=> narrow);
                let narrowed = emit!(
                    let __reason = {
                        let __reason = __reason;
                        let __how = (&#hidden::Narrow::<_, #caught>::of(&__reason)).__how();
                        match __how.#method(__reason) { #hidden::Ok(__reason) => __reason, #hidden::Err(__other) => #passed }
                    };
                );
                self.caught(&outcome, &narrowed, &handled)
            }
            Catch::Arms(arms) => {
                let total = arms.iter().any(Arm::is_catch_all);
                let outcome = if total {
                    self.ended(step, before, scope)
                } else {
                    scope.needs_rejection.borrow_mut().push(span);
                    let outcome = self.continued(before, scope);
                    emit!(let __outcome = #outcome;)
                };
                let pass_on = (!total).then(|| {
                    let leave = self.leave(&emit!(__reason), scope);
                    emit!(#[allow(unreachable_patterns)] __reason => #leave,)
                });
                let arms = arms.iter().map(|arm| self.arm(arm, span, scope));
                let handled = emit!(match __reason { #(#arms)* #pass_on });
                self.caught(&outcome, &TokenStream::new(), &handled)
            }
        }
    }

    /// `value` is that of the outcome, or what its rejection is `handled` with. The outcome is taken apart in a block
    /// that ends before the handler begins: what is left of a variable is stored during every await that follows.
    fn caught(
        &self,
        outcome: &TokenStream,
        prepared: &TokenStream,
        handled: &TokenStream,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let label = self.label("caught");
        emit!(
            let __value = #label: {
                let __reason = {
                    #outcome
                    match __outcome { #hidden::Ok(__value) => break #label __value, #hidden::Err(__reason) => __reason }
                };
                #prepared
                #handled
            };
        )
    }

    fn arm(&self, arm: &Arm, span: Span, scope: &Scope) -> TokenStream {
        let pattern = &arm.pattern;
        let guard = arm.guard.as_ref().map(|guard| {
            let guard = self.argument(guard, scope);
            emit!(if #guard)
        });
        let none = TokenStream::new();
        let value = self.body_value(&none, &arm.body, false, span, &scope.may_diverge());
        // One that never returns is a call inside an expression of ours.
        emit!(#[allow(clippy::diverging_sub_expression)] #pattern #guard => #value,)
    }

    /// The guard is declared before what it follows, so that it is dropped after it, and in a block of its own: its
    /// destructor may panic, and then rustc drops what a variable holds, but leaks what a block has just ended in. The
    /// variable is called `finally` because rustc names it when a capture is borrowed.
    fn finally(
        &self,
        handler: &Handler,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let leave = self.leave(&emit!(__reason), scope);
        let callback = self.callback(handler, scope);
        let after = self.called_back(handler, step.span(), &scope.may_diverge());
        let outcome = self.continued(before, &scope.guarded());
        emit!(
            let __value = match {
                let __outcome;
                {
                    let mut finally = #hidden::Finally::new(#callback);
                    __outcome = #outcome;
                    #after
                }
                __outcome
            } {
                #hidden::Ok(__value) => __value,
                #hidden::Err(__reason) => #leave,
            };
        )
    }

    /// Without an annotation what stands before it is a region of its own: rustc can then say that it cannot reject,
    /// whatever comes after. The reason enters the region around before the handler begins, or it would be stored twice.
    fn tap_catch(
        &self,
        handler: &Handler,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let span = step.span();
        let leave = self.leave(&emit!(__reason), scope);
        let shown = |reason: &TokenStream| {
            let handled = self.handled(handler, reason, span, &scope.may_diverge());
            self.ignored(&handled)
        };
        if scope.converts {
            let outcome = self.continued(before, scope);
            let outcome = emit!(let __outcome = #outcome;);
            return self.caught(&outcome, &shown(&emit!(&__reason)), &leave);
        }
        self.chooses(Choice::Shown);
        let (region, declared) = self.region_before(scope);
        let outcome = self.region_outcome(&region, step, before);
        let (label, tag) = (self.label("shown"), &region.tag);
        let entered = self.entered(&emit!(__reason), span, scope);
        let shown = shown(&emit!(#hidden::Shown(&__reason, #tag).__as_it_was()));
        emit!(
            let __value = #label: {
                #declared
                let __reason = {
                    #outcome
                    match __outcome { #hidden::Ok(__value) => break #label __value, #hidden::Err(__reason) => { #[allow(unreachable_code)] { let __reason = #entered; __reason } } }
                };
                #shown
                #leave
            };
        )
    }

    fn timeout(
        &self,
        duration: &Body,
        reason: Option<&Body>,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let label = self.label("timeout");
        let variable = self.name("deadline");
        let outer = scope.deadline.as_ref();
        let depth = outer.map_or(0, |outer| outer.depth) + 1;
        let inner = Scope {
            deadline: Some(Deadline {
                label: label.clone(),
                variable: variable.clone(),
                depth,
            }),
            ..scope.clone()
        };
        let duration = self.argument(duration, scope);
        let statements = before(&inner);
        let reason = match reason {
            Some(reason) => self.argument(reason, scope),
            None => emit!(#hidden::TimeoutError::default()),
        };
        let elapsed = self.reject(&reason, step.span(), scope);
        let (deadline, late) = match outer {
            None => (
                emit!(#hidden::Deadline::new(#duration)),
                emit!(#hidden::Late { .. } => #elapsed),
            ),
            Some(outer) => {
                let (label, around) = (&outer.label, &outer.variable);
                (
                    emit!(#hidden::Nested::<#depth>::new(#duration, #hidden::pinned!(#around))),
                    emit!(__late => match #hidden::Late::outwards(__late) {
                        #hidden::None => #elapsed,
                        #hidden::Some(__late) => break #label __Err(__late),
                    }),
                )
            }
        };
        emit!(
            let __value = match {
                let mut #variable = #deadline;
                #label: { #statements __Ok(__value) }
            } {
                __Ok(__value) => __value,
                __Err(__late) => match __late { #late },
            };
        )
    }

    fn retry(
        &self,
        policy: &Body,
        predicate: Option<&Handler>,
        step: &Step,
        before: impl Fn(&Scope) -> TokenStream,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        scope.needs_rejection.borrow_mut().push(step.span());
        let policy = self.argument(policy, scope);
        self.chooses(Choice::Policy);
        let attempts = self.name("attempts");
        let label = self.label("attempt");
        let again: Lifetime = self.label("again");
        let statements = before(&scope.behind(label.clone()));
        let tag = &scope.tag;
        let accepted = predicate.map(|handler| {
            let accepted = self.predicate(handler, &emit!(&__reason), scope);
            emit!(&& #accepted)
        });
        let leave = self.leave(&emit!(__reason), scope);
        let span = at(step.span());
        let method = quote_spanned!(span=> __attempts);
        let ask = hidden_at("pause", step.span());
        let asked = located(&emit!(&mut #attempts), step.span());
        let ask = quote_spanned!(span=> #ask(&__reason, #asked));
        // Where a policy has no pauses, the operator returns what cannot exist, and rustc builds no suspension point.
        let pause = emit!({
            match #hidden::outcome(#label: { #statements #hidden::Ok(__value) }, #[allow(unreachable_code)] #tag) {
                #hidden::Ok(__value) => break #again __value,
                #hidden::Err(__reason) => {
                    if !(#hidden::Attempts::left(&mut #attempts) #accepted) { #leave }
                    match #ask {
                        #hidden::Pause::Stop => #leave,
                        #hidden::Pause::None => continue #again,
                        #hidden::Pause::Wait(__wait) => !__wait,
                    }
                }
            }
        });
        let wait = self.wait(pause, scope);
        emit!(
            let mut #attempts = #hidden::Policy(#policy).#method();
            let __value = #again: loop { #wait; };
        )
    }
}
