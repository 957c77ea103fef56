//! Records: a generic struct for each set of field names, defined in the chain's own block.

use proc_macro2::{Ident, Span, TokenStream};

use super::arrow::taken_from;
use super::{Lowering, emit};
use crate::runtime::internal;
use crate::tokens::is_punct;

/// A pattern of all fields, or of some.
enum RecordPattern {
    Whole(TokenStream),
    Part(TokenStream),
}

impl Lowering<'_> {
    /// The path of the struct with these fields, which is defined on first use.
    pub(super) fn record(&self, fields: &[&Ident]) -> TokenStream {
        let names = sorted(fields);
        let module = module(&names);
        let mut records = self.records.borrow_mut();
        if !records.contains(&names) {
            records.push(names);
        }
        emit!(#module::Record)
    }

    /// What takes a record apart, if it is one of this macro's: one with exactly these fields, or the only one that has
    /// them all.
    fn record_pattern(&self, fields: &[Ident]) -> Option<RecordPattern> {
        let names = sorted(&fields.iter().collect::<Vec<_>>());
        let known = self.records.borrow();
        if known.contains(&names) {
            let module = module(&names);
            return Some(RecordPattern::Whole(
                emit!(#module::Record { #(#fields),* }),
            ));
        }
        let mut larger = known
            .iter()
            .filter(|record| names.iter().all(|name| record.contains(name)));
        match (larger.next(), larger.next()) {
            (Some(record), None) => {
                let module = module(record);
                Some(RecordPattern::Part(
                    emit!(#module::Record { #(#fields,)* .. }),
                ))
            }
            _ => None,
        }
    }

    /// Binds the fields of a record. A struct of the user's and a record of another macro have fields of these names, too.
    pub(super) fn record_bindings(&self, fields: &[Ident], value: &TokenStream) -> TokenStream {
        match self.record_pattern(fields) {
            Some(RecordPattern::Whole(pattern)) => return emit!(let #pattern = #value;),
            Some(RecordPattern::Part(pattern)) => return taken_from(&pattern, value),
            None => {}
        }
        let is_reference = is_punct(value.clone().into_iter().next().as_ref(), '&');
        let (owned, value) = match is_reference {
            true => (TokenStream::new(), value.clone()),
            false => (emit!(let __value = #value;), emit!(__value)),
        };
        emit!(#owned #(let #fields = #value.#fields;)*)
    }

    /// In a module each, so that all are called `Record` in messages and `Debug`.
    pub(super) fn record_definitions(&self) -> TokenStream {
        let root = &self.runtime.0;
        self.records
            .borrow()
            .iter()
            .map(|names| {
                let module = module(names);
                let fields: Vec<_> = names.iter().map(|name| field(name)).collect();
                emit!(
                    #[allow(non_camel_case_types, non_snake_case, missing_docs, dead_code, unreachable_pub)]
                    mod #module {
                        #[derive(#root::__private::Debug, #root::__private::Clone, #root::__private::PartialEq, #root::__private::Eq)]
                        pub struct Record<#(#fields),*> { #(pub #fields: #fields),* }
                    }
                )
            })
            .collect()
    }
}

fn sorted(fields: &[&Ident]) -> Vec<String> {
    let mut names: Vec<_> = fields.iter().map(ToString::to_string).collect();
    names.sort();
    names
}

/// Fields are call-site names: the user reads them as `.user`.
fn field(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

fn module(names: &[String]) -> Ident {
    let names: Vec<_> = names
        .iter()
        .map(|name| name.trim_start_matches("r#"))
        .collect();
    internal(&format!("__promise_record_{}", names.join("_")))
}
