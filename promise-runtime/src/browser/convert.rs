//! JavaScript's own promises as ours, and ours as JavaScript's.

use crate::hot::{LocalPromise, Reason, local};
use core::convert::Infallible;
use core::panic::Location;
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Settles as the promise of JavaScript does.
///
/// Feature `wasm`, in a browser or Node. JavaScript counts a rejection as handled; if nobody handles this promise,
/// [`on_unhandled_rejection`](crate::on_unhandled_rejection) hears of it. Cancelling this promise leaves the other alone.
///
/// ```
/// use js_sys::Promise as JsPromise;
/// use promise_runtime::prelude::*;
/// use wasm_bindgen::JsValue;
///
/// async fn answer() -> Result<f64, JsValue> {
///     let twenty: LocalPromise<JsValue, JsValue> = JsPromise::resolve(&JsValue::from(20)).into();
///     promise! { twenty.then(|v| v.as_f64().unwrap_or(f64::NAN)).then(v => v + 1.0).then(|v| v * 2.0) }.await
/// }
/// ```
impl From<js_sys::Promise> for LocalPromise<JsValue, JsValue> {
    #[track_caller]
    fn from(promise: js_sys::Promise) -> Self {
        local::spawn(JsFuture::from(promise), Location::caller())
    }
}

/// Settles as this promise does, whose rejection counts as handled.
///
/// Feature `wasm`, in a browser or Node. If this promise is cancelled, that of JavaScript stays pending.
///
/// ```
/// use js_sys::Promise as JsPromise;
/// use promise_runtime::LocalPromise;
///
/// fn name() -> JsPromise {
///     LocalPromise::<_, String>::resolve("Ada").into()
/// }
/// ```
impl<T, E> From<LocalPromise<T, E>> for js_sys::Promise
where
    T: Into<JsValue> + Clone + 'static,
    E: Into<JsValue> + Reason + Clone + 'static,
{
    fn from(promise: LocalPromise<T, E>) -> Self {
        Self::new(&mut |resolve, reject| {
            promise
                .then_or_else(
                    move |value| call(&resolve, value),
                    move |reason| call(&reject, reason),
                )
                .detach();
        })
    }
}

/// Calls a function that settles a promise; these never throw.
fn call(function: &Function, argument: impl Into<JsValue>) -> Result<(), Infallible> {
    drop(function.call1(&JsValue::NULL, &argument.into()));
    Ok(())
}
