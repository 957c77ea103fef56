//! What generated code needs around a combinator: the shape of a literal's result, and taking results apart.
//!
//! Outside semantic versioning.

use crate::element::inputs::{Other, Several};

/// A borrowed tuple, to be asked whether its elements have one type.
#[derive(Debug)]
pub struct Probe<'a, V>(pub &'a V);

/// The elements of the probed tuple have one type.
#[derive(Clone, Copy, Debug)]
pub struct ToArray;

/// The elements of the probed tuple differ.
#[derive(Clone, Copy, Debug)]
pub struct AsTuple;

/// Answers [`ToArray`] to `(&&Probe(&tuple)).__shape()` when all elements have one type.
pub trait Homogeneous {
    #[doc(hidden)]
    #[inline(always)]
    fn __shape(&self) -> ToArray {
        ToArray
    }
}

/// Answers [`AsTuple`] in every other case.
pub trait Heterogeneous {
    #[doc(hidden)]
    #[inline(always)]
    fn __shape(&self) -> AsTuple {
        AsTuple
    }
}

impl<V> Heterogeneous for Probe<'_, V> {}

impl ToArray {
    /// The tuple as an array.
    #[inline(always)]
    pub fn to<V: Uniform>(self, value: V) -> V::Array {
        value.into_array()
    }
}

impl AsTuple {
    /// The tuple as it is.
    #[inline(always)]
    pub fn to<V>(self, value: V) -> V {
        value
    }
}

/// A tuple whose elements have one type, or an array.
pub trait Uniform {
    /// `[T; N]`
    type Array;
    /// The elements in an array.
    fn into_array(self) -> Self::Array;
}

impl<T, const N: usize> Uniform for [T; N] {
    type Array = [T; N];

    #[inline(always)]
    fn into_array(self) -> [T; N] {
        self
    }
}

/// Tuples and arrays of `N` elements, and references to them, as a tuple: for patterns that fit both.
#[diagnostic::on_unimplemented(
    message = "cannot take `{Self}` apart into {N} values",
    label = "this pattern names {N} values",
    note = "a tuple or an array of exactly {N} elements is needed here, or a reference to one"
)]
pub trait Detuple<const N: usize> {
    /// The tuple of the elements, or of references to them.
    type Parts;
    /// Takes the value apart.
    fn detuple(self) -> Self::Parts;
}

macro_rules! tuple {
    ($n:literal; $(($X:ident $x:ident $E:ident $i:tt))+) => {
        impl<T> Homogeneous for &Probe<'_, ($(same!($X T),)+)> {}

        impl<T> Uniform for ($(same!($X T),)+) {
            type Array = [T; $n];

            #[inline(always)]
            fn into_array(self) -> [T; $n] {
                [$(self.$i),+]
            }
        }

        impl<$($X),+> Several<($($X,)+)> for Other<($($X,)+)> {}

        #[diagnostic::do_not_recommend]
        impl<$($X),+> Detuple<$n> for ($($X,)+) {
            type Parts = Self;

            #[inline(always)]
            fn detuple(self) -> Self {
                self
            }
        }

        #[diagnostic::do_not_recommend]
        impl<'a, $($X),+> Detuple<$n> for &'a ($($X,)+) {
            type Parts = ($(&'a $X,)+);

            #[inline(always)]
            fn detuple(self) -> Self::Parts {
                ($(&self.$i,)+)
            }
        }

        #[allow(non_snake_case)]
        #[diagnostic::do_not_recommend]
        impl<T> Detuple<$n> for [T; $n] {
            type Parts = ($(same!($X T),)+);

            #[inline(always)]
            fn detuple(self) -> Self::Parts {
                let [$($x),+] = self;
                ($($x,)+)
            }
        }

        #[allow(non_snake_case)]
        #[diagnostic::do_not_recommend]
        impl<'a, T> Detuple<$n> for &'a [T; $n] {
            type Parts = ($(same!($X &'a T),)+);

            #[inline(always)]
            fn detuple(self) -> Self::Parts {
                let [$($x),+] = self;
                ($($x,)+)
            }
        }
    };
}

/// The second type, once for each of the first.
macro_rules! same {
    ($_each:ident $T:ty) => {
        $T
    };
}

for_each_arity!(tuple);
