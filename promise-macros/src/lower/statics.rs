//! `Promise.name(…)` and `new Promise(…)`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Index;
use syn::spanned::Spanned;

use super::choices::Choice;
use super::documented::Documented;
use super::{Leave, Lowering, Scope, emit};
use crate::model::{
    Body, Chain, Combinator, Handler, Inputs, New, Parameters, Source, Static, StaticKind,
};
use crate::runtime::{at, hidden_at, internal};

impl Combinator {
    fn function(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::AllSettled => "all_settled",
            Self::Any => "any",
            Self::Race => "race",
        }
    }

    /// The elements' rejections become the chain's own: those of the other two are data.
    fn passes_rejections(self) -> bool {
        matches!(self, Self::All | Self::Race)
    }
}

impl Lowering<'_> {
    /// The value of a static, settled where it stands.
    pub(super) fn static_value(&self, call: &Static, scope: &Scope) -> TokenStream {
        let hidden = &self.hidden;
        let span = call.name.span();
        match call.kind {
            StaticKind::Invalid => self.complete(Documented::Static, &call.name),
            _ => self.document(Documented::Static, &call.name),
        }
        match &call.kind {
            StaticKind::Resolve(Some(chain)) => {
                let statements = self.steps(chain, chain.steps.len(), scope);
                emit!({ #statements __value })
            }
            StaticKind::Resolve(None) => emit!(#hidden::UNIT),
            StaticKind::Reject(reason) => {
                let reject = self.reject(&self.argument(reason, scope), span, scope);
                let nothing = self.nothing();
                emit!({ #reject; #nothing })
            }
            StaticKind::Try(handler) => self.handled_without(handler, span, scope),
            StaticKind::Never => {
                let wait = self.wait(emit!(#hidden::pending()), scope);
                emit!(if true { #wait } else { loop {} })
            }
            StaticKind::Delay { duration, value } => {
                let duration = self.argument(duration, scope);
                let value = value
                    .as_ref()
                    .map(|chain| self.steps(chain, chain.steps.len(), scope))
                    .unwrap_or(emit!(let __value = ();));
                let wait = self.wait(emit!(#hidden::delay(#duration)), scope);
                emit!({ #value #wait; __value })
            }
            StaticKind::Collect { items, collection } => {
                let items = self.argument(items, scope);
                self.collected(collection, &items, span, scope)
            }
            StaticKind::Combine(combinator, inputs) => {
                self.combine(*combinator, inputs, span, scope)
            }
            StaticKind::Invalid => self.broken(),
        }
    }

    fn combine(
        &self,
        combinator: Combinator,
        inputs: &Inputs,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        match inputs {
            Inputs::Literal(elements) => {
                let combined = self.combined(combinator, elements.iter().collect(), span, scope);
                match combinator {
                    Combinator::All | Combinator::AllSettled => self.shape(&combined),
                    Combinator::Any | Combinator::Race => combined,
                }
            }
            Inputs::Tuple(elements) => {
                self.combined(combinator, elements.iter().collect(), span, scope)
            }
            Inputs::Record(fields) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
                let combined = self.combined(
                    combinator,
                    fields.iter().map(|(_, value)| value).collect(),
                    span,
                    scope,
                );
                let path = self.record(&names);
                emit!({ let (#(#names,)*) = #combined; #path { #(#names),* } })
            }
            Inputs::Value(body) => self.combined_value(combinator, body, span, scope),
        }
    }

    /// A literal's values are an array where their types agree.
    fn shape(&self, values: &TokenStream) -> TokenStream {
        let hidden = &self.hidden;
        self.chooses(Choice::Literal);
        emit!({ let __values = #values; let __shape = (&&#hidden::literal::Probe(&__values)).__shape(); #[allow(unreachable_code)] match __shape.to(__values) { __value => __value } })
    }

    /// The value of a combinator over these elements. They are evaluated as the scrutinee of a `match`: what they
    /// borrow from temporaries lives until the combinator has settled.
    fn combined(
        &self,
        combinator: Combinator,
        elements: Vec<&Chain>,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        if elements.len() > 12 {
            return self.broken();
        }
        if elements.is_empty() {
            return match combinator {
                Combinator::All | Combinator::AllSettled => emit!(()),
                Combinator::Any | Combinator::Race => self.broken(),
            };
        }
        let rejections = self.name("rejections");
        let fulfilments = self.name("fulfilments");
        let converts = scope.converts && combinator.passes_rejections();
        self.chooses(Choice::Element);
        let names: Vec<_> = (0..elements.len())
            .map(|index| internal(&format!("__element_{index}")))
            .collect();
        let rejects = elements.iter().any(|element| is_rejection(element));
        let values = elements
            .iter()
            .map(|element| self.element(element, converts, &fulfilments, scope));
        let children = names.iter().zip(&elements).map(|(name, element)| {
            let child = match (combinator, converts) {
                (Combinator::AllSettled, _) => {
                    let child = emit!(#hidden::OwnElement::own(__kind, __element));
                    match is_open(element) {
                        true => emit!(__open.__exact_type().__pin(); __open.__exact_future(#child)),
                        false => child,
                    }
                }
                (_, true) => {
                    let tag = &scope.tag;
                    let convert = self.converted(&emit!(__reason), tag, element.start);
                    emit!(#hidden::Converting::converting(__kind, __element, #tag, move |__reason| #convert))
                }
                (_, false) => {
                    let agrees = match scope.converts {
                        true => "__agrees_unconverted",
                        false => "__agrees",
                    };
                    let agrees = Ident::new(agrees, at(element.start));
                    emit!(
                        let __element = #hidden::Member::reasons(__kind, &__element, #rejections).#agrees(__element);
                        #hidden::Element::element(__kind, __element, #rejections)
                    )
                }
            };
            let closed = is_open(element).then(|| {
                let asked = emit!(#hidden::ask_element(&__element));
                match (combinator, converts) {
                    (Combinator::AllSettled, _) => {
                        self.chooses(Choice::Open);
                        self.chooses(Choice::Pin);
                        emit!(
                            let __own = #hidden::Tag::<_>::new();
                            let __open = (&&&#hidden::open(#asked, __own)).__close();
                            __open.__exactly();
                            __own.__pin();
                        )
                    }
                    (_, true) => self.closed(&asked, &scope.tag),
                    (_, false) => self.closed_exactly(&asked, &rejections),
                }
            });
            let method = Ident::new("__element", at(element.start));
            emit!({ let __element = #name; #closed let __kind = #hidden::ask_element(&__element).#method(); #child })
        });
        let children: Vec<_> = children.collect();
        let function = hidden_at(combinator.function(), span);
        let (made, open): (Vec<_>, Vec<_>) =
            (0..names.len()).partition(|&index| !is_open(elements[index]));
        let combined = match (open.first(), made.last()) {
            // What says nothing of its rejection goes by the others, so they come first.
            (Some(open_at), Some(last)) if open_at < last => {
                let order = made.iter().chain(&open);
                let (names_made, made): (Vec<_>, Vec<_>) = order
                    .map(|&index| (&names[index], &children[index]))
                    .unzip();
                let call = quote_spanned!(at(span)=> #function((#(#names,)*)));
                emit!({ #(let #names_made = #made;)* #call })
            }
            _ => quote_spanned!(at(span)=> #function((#(#children,)*))),
        };
        let exact = match combinator {
            _ if converts || open.is_empty() => None,
            Combinator::All | Combinator::Race => Some(internal("__exact_reason")),
            Combinator::Any => Some(internal("__exact_reasons")),
            Combinator::AllSettled => None,
        };
        let settled = match exact {
            Some(exact) => {
                let exact = emit!(#rejections.#exact(__reason));
                self.settled_exactly(&combined, &rejections, &exact, span, scope)
            }
            None => self.settled_combinator(combinator, &combined, span, scope),
        };
        let pins = self.combinator_pins(combinator, rejects, &rejections, &fulfilments);
        let tags = emit!(let #rejections = #hidden::Tag::<_>::new(););
        let declare_rejections = (combinator == Combinator::AllSettled || converts)
            .then(TokenStream::new)
            .unwrap_or(tags);
        let declare_fulfilments =
            rejects.then(|| emit!(let #fulfilments = #hidden::Tag::<_>::new();));
        emit!({
            #declare_rejections
            #declare_fulfilments
            let __values = match (#(#values,)*) { (#(#names,)*) => #settled };
            #pins
            __values
        })
    }

    /// Decides the types that no element has fixed.
    fn combinator_pins(
        &self,
        combinator: Combinator,
        rejects: bool,
        rejections: &Ident,
        fulfilments: &Ident,
    ) -> TokenStream {
        self.chooses(Choice::Pin);
        let pin_rejections = (combinator == Combinator::Any).then(|| emit!(#rejections.__pin();));
        let pin_fulfilments =
            (rejects && combinator == Combinator::AllSettled).then(|| emit!(#fulfilments.__pin();));
        emit!(#pin_rejections #pin_fulfilments)
    }

    fn settled_combinator(
        &self,
        combinator: Combinator,
        future: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        match combinator {
            Combinator::AllSettled => {
                let outcome = self.wait(future.clone(), scope);
                emit!((match #outcome { #hidden::Ok(__values) => __values, #hidden::Err(__never) => match __never {} }))
            }
            _ => self.settle_future(future, span, scope),
        }
    }

    /// The same where elements leave open what they reject with.
    fn settled_exactly(
        &self,
        future: &TokenStream,
        rejections: &Ident,
        exact: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        self.chooses(Choice::Pin);
        let outcome = self.wait(
            emit!({
                let __combined = #future;
                #rejections.__pin();
                __combined
            }),
            scope,
        );
        let reject = self.reject(exact, span, scope);
        // Where nothing can reject after all, rustc 1.85 would say so.
        emit!((match #outcome { __Ok(__values) => __values, #[allow(unreachable_code)] __Err(__reason) => #reject }))
    }

    /// The value of a combinator over what an expression yields.
    fn combined_value(
        &self,
        combinator: Combinator,
        xs: &Body,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let rejections = self.name("rejections");
        let converts = scope.converts && combinator.passes_rejections();
        self.chooses(Choice::Inputs);
        self.chooses(Choice::Element);
        self.chooses(Choice::Pin);
        let open = xs.facts.open && combinator != Combinator::AllSettled;
        let place = xs.expression.span();
        let method = Ident::new("__element", at(place));
        let mut kinds = (0..12).map(|index| {
            let index = Index::from(index);
            emit!(__items.#index.#method())
        });
        let (first, others) = (kinds.next(), kinds);
        let kinds = emit!((#first, (#(#others,)*)));
        let several = Ident::new("__several", at(place));
        let xs = self.argument_value(xs, scope);
        let elements = match (combinator, converts) {
            (Combinator::AllSettled, _) => emit!(__inputs.own(#kinds, __xs)),
            (_, true) => {
                let tag = &scope.tag;
                emit!(__inputs.converted(#kinds, __xs, #tag))
            }
            (_, false) => emit!(__inputs.elements(#kinds, __xs, #rejections)),
        };
        let closed = open.then(|| {
            let tag = if converts { &scope.tag } else { &rejections };
            self.closed(&emit!(__items.0), tag)
        });
        let function = hidden_at(combinator.function(), span);
        let call = quote_spanned!(at(span)=> #function(#elements));
        let combined = emit!({
            let __xs = __xs;
            let __inputs = (&&&&#hidden::probe(&__xs)).__inputs().#several();
            let __items = __inputs.items(&__xs);
            #closed
            #call
        });
        let settled = self.settled_combinator(combinator, &combined, span, scope);
        emit!({
            let #rejections = #hidden::Tag::<_>::new();
            let __values = match #xs { __xs => #settled };
            #rejections.__pin();
            __values
        })
    }

    /// An element as a value: a promise that is started with its siblings.
    fn element(
        &self,
        element: &Chain,
        converts: bool,
        fulfilments: &Ident,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        if !element.steps.is_empty() {
            return self.own(element, converts, false);
        }
        match &element.source {
            Source::Value(body) => self.argument_value(body, scope),
            Source::Static(call) => match &call.kind {
                StaticKind::Reject(reason) => {
                    let reason = self.argument(reason, scope);
                    emit!(#hidden::rejected(#reason, #fulfilments))
                }
                StaticKind::Resolve(Some(chain)) => {
                    self.element(chain, converts, fulfilments, scope)
                }
                StaticKind::Resolve(None) => emit!(()),
                StaticKind::Never => emit!(#hidden::pending()),
                _ => self.own(element, converts, false),
            },
            Source::New(_) => self.own(element, converts, false),
        }
    }

    /// Like [`argument`](Self::argument), but without a block around, which would end the life of its temporaries.
    fn argument_value(&self, body: &Body, scope: &Scope) -> TokenStream {
        match body.facts.returns || body.facts.unknown_macro {
            true => self.argument(body, scope),
            false => self.bare(body, scope),
        }
    }

    /// Calls the executor, then waits for what it does.
    pub(super) fn new_promise(&self, new: &New, scope: &Scope) -> TokenStream {
        let hidden = &self.hidden;
        let Some(executor) = &new.executor else {
            return self.broken();
        };
        self.document(Documented::Static, &new.promise);
        let span = new.promise.span();
        let ends = hidden_at("executor_value", span);
        let wait = self.settle_future(&emit!(__promise), span, scope);
        let run = match executor {
            Handler::Closure(closure) => {
                let tokens = &closure.tokens;
                match closure.parameters {
                    0 => {
                        emit!(#hidden::discard((__resolve, __reject)); #ends(#hidden::run(#tokens));)
                    }
                    1 => {
                        emit!(#hidden::discard(__reject); #ends(#hidden::call(__resolve, #tokens));)
                    }
                    _ => {
                        emit!(#ends(#hidden::spread_2((__resolve, __reject), #tokens));)
                    }
                }
            }
            Handler::Function(function) => {
                emit!(#ends(#hidden::call_spread((__resolve, __reject), #function));)
            }
            Handler::Arrow(arrow) => {
                let label = self.label("executor");
                let rejecting = self.name("reject");
                let leave = Leave::Reject {
                    reject: rejecting.clone(),
                    executor: label.clone(),
                };
                let bindings = match &arrow.parameters {
                    Parameters::None => emit!(#hidden::discard((__resolve, __reject));),
                    Parameters::One(..) => {
                        let resolve = self.bindings(&arrow.parameters, &emit!(__resolve));
                        emit!(#hidden::discard(__reject); #resolve)
                    }
                    Parameters::List(..) | Parameters::Record(_) => {
                        self.bindings(&arrow.parameters, &emit!((__resolve, __reject)))
                    }
                };
                let clone = (arrow.body.facts.rejects || arrow.body.facts.unknown_macro)
                    .then(|| emit!(let #rejecting = __reject.clone();));
                let body = self.executor_body(arrow, &label, span, &scope.enclosed(leave));
                emit!(#clone #label: { #bindings #body })
            }
        };
        emit!({
            let __promise = {
                let (__promise, __resolve, __reject) = #hidden::with_resolvers();
                #run
                __promise
            };
            #wait
        })
    }
}

/// Only what surrounds it can say what it rejects with.
fn is_open(element: &Chain) -> bool {
    element.steps.is_empty()
        && match &element.source {
            Source::Value(body) => body.facts.open,
            Source::Static(Static {
                kind: StaticKind::Resolve(Some(chain)),
                ..
            }) => is_open(chain),
            _ => false,
        }
}

fn is_rejection(element: &Chain) -> bool {
    element.steps.is_empty()
        && matches!(&element.source, Source::Static(call) if matches!(call.kind, StaticKind::Reject(_)))
}
