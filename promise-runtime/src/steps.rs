//! The steps of a chain, one documented item each: what an editor shows over a step's name. There is nothing to call
//! here; the steps are words of [`promise!`](crate::promise).
#![expect(non_camel_case_types, reason = "they are named as they are written")]

macro_rules! documented {
    ($($(#[$documentation:meta])* $name:ident)*) => {$(
        $(#[$documentation])*
        #[derive(Debug)]
        pub struct $name;
    )*};
}

documented! {
    /// `.then(f)`
    then
    /// `.catch(r)`
    catch
    /// `.finally(f)`
    finally
    /// `.tap(f)`
    tap
    /// `.tap_catch(f)`
    tap_catch
    /// `.spread(f)`
    spread
    /// `.delay(duration)`
    delay
    /// `.timeout(duration)`
    timeout
    /// `.retry(attempts)`
    retry
}
