//! The functions of `Promise`, one documented item each: what an editor shows over a function's name. There is nothing
//! to call here; they are words of [`promise!`](crate::promise).
#![expect(non_camel_case_types, reason = "they are named as they are written")]

macro_rules! documented {
    ($($(#[$documentation:meta])* $name:ident)*) => {$(
        $(#[$documentation])*
        #[derive(Debug)]
        pub struct $name;
    )*};
}

documented! {
    /// `Promise.all(xs)`
    all
    /// `Promise.allSettled(xs)`
    all_settled
    /// `Promise.any(xs)`
    any
    /// `Promise.race(xs)`
    race
    /// `Promise.resolve(x)`
    resolve
    /// `Promise.reject(e)`
    reject
    /// `Promise.try(f)`
    r#try
    /// `Promise.never()`
    never
    /// `Promise.delay(duration, value)`
    delay
    /// `new Promise((resolve, reject) => …)`
    Promise
}
