//! Steps over each item of an iterator or a stream. What goes one after the other is a loop in the chain itself; what goes at once is
//! a future of the runtime's, whose children are asynchronous closures.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::choices::Choice;
use super::{Leave, Lowering, Scope, emit};
use crate::model::{Body, Closure, Collection, Handler, Room};
use crate::runtime::at;

impl Lowering<'_> {
    /// What a step over `items` fulfils with.
    pub(super) fn collected(
        &self,
        collection: &Collection,
        items: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        match collection {
            Collection::Concurrent {
                filters,
                handler,
                room,
            } => {
                let room = self.room(room, scope);
                let future = self.concurrent(*filters, handler, items, &room, span, scope);
                self.settle_future(&future, span, scope)
            }
            Collection::Each(handler) => self.each(handler, items, span, scope),
            Collection::Reduce { handler, initial } => {
                self.reduce(handler, initial, items, span, scope)
            }
        }
    }

    fn room(&self, room: &Room, scope: &Scope) -> TokenStream {
        let hidden = &self.hidden;
        match room {
            Room::Unlimited => emit!(#hidden::Room::UNLIMITED),
            Room::Concurrency(limit) => {
                let limit = self.argument(limit, scope);
                emit!(#hidden::Room::AtOnce(#limit))
            }
            Room::Batch(size) => {
                let size = self.argument(size, scope);
                emit!(#hidden::Room::Batches(#size))
            }
        }
    }

    /// What `items` are is decided by their type.
    fn of_kind(&self, items: &TokenStream, call: &TokenStream) -> TokenStream {
        let hidden = &self.hidden;
        self.chooses(Choice::Items);
        emit!({
            let __items = #items;
            (&&&#hidden::probe(&__items)).__items().#call
        })
    }

    /// Items for a loop.
    fn begun(&self, items: &TokenStream, span: Span) -> TokenStream {
        self.of_kind(items, &quote_spanned!(at(span)=> begin(__items)))
    }

    /// An expression: the next item, if there is one. Over an iterator nothing is awaited, and rustc sees that.
    fn next(&self, scope: &Scope) -> TokenStream {
        let hidden = &self.hidden;
        let label = self.label("next");
        let later = emit!({
            match __items.advance() {
                #hidden::Next::Now(__item) => break #label __item,
                #hidden::Next::Later(__later) => !__later,
            }
        });
        let wait = self.wait(later, scope);
        emit!(#label: { #wait })
    }

    /// The future of `map` or `filter`.
    fn concurrent(
        &self,
        filters: bool,
        handler: &Handler,
        items: &TokenStream,
        room: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let item = if filters {
            emit!(&__value)
        } else {
            emit!(__value)
        };
        let result = if filters {
            emit!(#hidden::keep(__kept, __value))
        } else {
            emit!(__kept)
        };
        let inlined = matches!(
            handler,
            Handler::Arrow(_)
                | Handler::Closure(Closure {
                    inlined: Some(_),
                    ..
                })
        );
        let child = match inlined {
            true => self.child(handler, &item, &result, span, scope),
            false => {
                let asynchronous =
                    matches!(handler, Handler::Closure(closure) if closure.asynchronous);
                let open = matches!(handler, Handler::Closure(closure) if closure.question_mark);
                let (handler, tag) = (self.callee(handler), &scope.tag);
                let element = match scope.converts {
                    true => emit!(#hidden::ConvertedElement::converted(__kind, __product, #tag)),
                    false => {
                        emit!(#hidden::Element::element(__kind, __product, #hidden::Tag::<_>::new()))
                    }
                };
                self.chooses(Choice::Element);
                let closed =
                    open.then(|| self.closed(&emit!(#hidden::ask_element(&__product)), tag));
                let adapter = emit!(|__product| { #closed let __kind = #hidden::ask_element(&__product).__element(); #element });
                if filters && is_path(&handler) {
                    return self.filtered(items, room, &handler, &adapter, span);
                }
                let function = match (filters, asynchronous) {
                    (true, true) => emit!(filter_async),
                    (true, false) => emit!(filter_with),
                    (false, _) => emit!(map_with),
                };
                return self.of_kind(
                    items,
                    &quote_spanned!(at(span)=> #function(__items, #room, #handler, #adapter)),
                );
            }
        };
        let function = if filters {
            emit!(filter_map)
        } else {
            emit!(map)
        };
        self.of_kind(
            items,
            &quote_spanned!(at(span)=> #function(__items, #room, #child)),
        )
    }

    /// The future of `filter` with a function, which its type says how to call.
    fn filtered(
        &self,
        items: &TokenStream,
        room: &TokenStream,
        function: &TokenStream,
        adapter: &TokenStream,
        span: Span,
    ) -> TokenStream {
        let hidden = &self.hidden;
        self.chooses(Choice::Items);
        self.chooses(Choice::Predicate);
        let filter = quote_spanned!(at(span)=> filter_with(__items, #room, __handler, #adapter));
        emit!({
            let (__items, __handler) = (#items, #function);
            let __items_kind = (&&&#hidden::probe(&__items)).__items();
            (&&__items_kind.predicate(&__items, &__handler)).__calls().#filter
        })
    }

    /// The handler of one item, as an asynchronous closure: it owns its item and borrows from the chain.
    fn child(
        &self,
        handler: &Handler,
        item: &TokenStream,
        result: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let (region, tag) = self.region(scope.converts);
        let Leave::Break(label) = &region.leave else {
            unreachable!("`region` makes a label")
        };
        let handled = self.handled(handler, item, span, &region);
        let (pin, variable) = (self.pin(&region), &region.tag);
        emit!(async |__value| {
            #tag
            let __outcome = #hidden::outcome(#label: { let __kept = #handled; #hidden::Ok(#result) }, #[allow(unreachable_code)] #variable);
            #pin
            __outcome
        })
    }

    /// A handler that is called as it is.
    fn callee(&self, handler: &Handler) -> TokenStream {
        match handler {
            Handler::Closure(closure) => closure.tokens.clone(),
            Handler::Function(function) => function.clone(),
            Handler::Arrow(_) => unreachable!("arrows are inlined"),
        }
    }

    fn each(
        &self,
        handler: &Handler,
        items: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let hidden = &self.hidden;
        let handled = self.handled(handler, &emit!(&__item), span, scope);
        let ignored = self.ignored(&handled);
        let (begun, next) = (self.begun(items, span), self.next(scope));
        emit!({
            // Declared first, so that it is dropped last.
            let mut __visited;
            let mut __items = #begun;
            __visited = __items.room();
            while let #hidden::Some(__item) = #next {
                #ignored
                __visited.push(__item);
            }
            __visited
        })
    }

    fn reduce(
        &self,
        handler: &Handler,
        initial: &Body,
        items: &TokenStream,
        span: Span,
        scope: &Scope,
    ) -> TokenStream {
        let initial = self.argument(initial, scope);
        let handled = self.spread(handler, &emit!((__accumulator, __item)), span, scope);
        let hidden = &self.hidden;
        let (begun, next) = (self.begun(&emit!(__items), span), self.next(scope));
        emit!({
            let __items = #items;
            let mut __accumulator = #initial;
            let mut __items = #begun;
            while let #hidden::Some(__item) = #next {
                __accumulator = #handled;
            }
            __accumulator
        })
    }
}

/// The name of a function, or of a variable.
fn is_path(handler: &TokenStream) -> bool {
    syn::parse2::<syn::ExprPath>(handler.clone()).is_ok()
}
