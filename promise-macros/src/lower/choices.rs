//! What the expansion leaves to method lookup, and the traits that stand for it.
//!
//! Only those that a chain needs are imported: rustc looks through every trait of a block at every method call in it.

use proc_macro2::TokenStream;

use super::{Lowering, emit};
use crate::runtime::internal;

/// A choice by type: a method that more than one trait has.
#[derive(Clone, Copy)]
pub(super) enum Choice {
    /// What a product is.
    Kind,
    /// How a reason enters its region: as it is, or converted into a type that the user named.
    Reject,
    Convert,
    /// What a handler is shown of a reason that has entered another region.
    Shown,
    /// Whether anything has decided a region's rejection type, and whether it can reject at all.
    Pin,
    CanReject,
    /// What a combinator's input and its elements are.
    Inputs,
    Element,
    /// What an open `?` converts into.
    Open,
    OpenReason,
    /// What a collection step goes through.
    Items,
    /// Whether a function that filters is asynchronous.
    Predicate,
    /// Whether the results of a literal have one type.
    Literal,
    /// Whether a dynamic error is of the type that a handler wants.
    Narrow,
    /// Whether `retry` was given a number.
    Policy,
    /// What a statement drops.
    Unused,
}

impl Choice {
    const ALL: [Self; 16] = [
        Self::Kind,
        Self::Reject,
        Self::Convert,
        Self::Shown,
        Self::Pin,
        Self::CanReject,
        Self::Inputs,
        Self::Element,
        Self::Open,
        Self::OpenReason,
        Self::Items,
        Self::Predicate,
        Self::Literal,
        Self::Narrow,
        Self::Policy,
        Self::Unused,
    ];

    fn traits(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &[
                "ProbeFuture",
                "ProbeFutureOfResult",
                "ProbePlain",
                "ProbeResult",
                "ProbeUnshared",
            ],
            Self::Reject => &["Reject"],
            Self::Convert => &["Convert", "IsOther"],
            Self::Shown => &["ShownAsItWas"],
            Self::Pin => &["Pinned"],
            Self::CanReject => &["CanReject"],
            Self::Inputs => &["ProbeArray", "ProbeIter", "ProbeOther", "ProbeTuple"],
            Self::Element => &[
                "ProbeFallibleFuture",
                "ProbeInfallibleFuture",
                "ProbeInfallibleOutcome",
                "ProbeOutcome",
                "ProbeUnsharedElement",
                "ProbeValue",
                "ProbeValueFuture",
            ],
            Self::Open => &[
                "Closed",
                "InexactReason",
                "Inexactly",
                "OpenFuture",
                "OpenResult",
            ],
            Self::OpenReason => &["ClosedReason"],
            Self::Items => &["ProbeItems", "ProbeNoItems", "ProbeStream"],
            Self::Predicate => &["ProbeAsynchronous", "ProbeSynchronous"],
            Self::Literal => &["Heterogeneous", "Homogeneous"],
            Self::Narrow => &["Narrows"],
            Self::Policy => &["OtherPolicy"],
            Self::Unused => &["ProbeForgotten", "ProbeHandle", "ProbeNever", "ProbeUnused"],
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl Lowering<'_> {
    /// The tokens that are being emitted make this choice.
    pub(super) fn chooses(&self, choice: Choice) {
        self.choices.set(self.choices.get() | choice.bit());
    }

    /// Imports the traits of the choices made so far. They have no names where the user's code could see them.
    pub(super) fn import_traits(&self) -> TokenStream {
        let made = self.choices.get();
        let traits = Choice::ALL
            .into_iter()
            .filter(|choice| made & choice.bit() != 0)
            .flat_map(Choice::traits)
            .map(|name| internal(name));
        let hidden = &self.hidden;
        emit!(use #hidden::{#(#traits as _),*};)
    }
}
