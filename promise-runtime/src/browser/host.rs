//! What JavaScript offers, and the functions that it calls.

use crate::event_loop;
use std::thread_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Whether JavaScript runs the thread's own event loop.
pub(crate) const HERE: bool = true;

/// Names a timer. Node's objects become numbers too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeout(f64);

mod js {
    use super::{Closure, JsValue, wasm_bindgen};

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = queueMicrotask)]
        pub(super) fn queue_microtask(callback: &Closure<dyn FnMut()>);

        #[wasm_bindgen(js_name = setTimeout)]
        pub(super) fn set_timer(
            callback: &Closure<dyn FnMut(u32, f64)>,
            milliseconds: u32,
            slot: u32,
            number: f64,
        ) -> JsValue;

        #[wasm_bindgen(js_name = setTimeout)]
        pub(super) fn set_report(callback: &Closure<dyn FnMut()>, milliseconds: u32) -> JsValue;

        #[wasm_bindgen(js_name = clearTimeout)]
        pub(super) fn clear_timeout(id: f64);

        #[wasm_bindgen(js_namespace = console, js_name = error)]
        pub(super) fn console_error(text: &str);
    }
}

/// What JavaScript calls. Made once, so that neither a turn nor a timer allocates one.
struct Callbacks {
    turn: Closure<dyn FnMut()>,
    timer: Closure<dyn FnMut(u32, f64)>,
    report: Closure<dyn FnMut()>,
}

thread_local! {
    static CALLBACKS: Callbacks = Callbacks {
        turn: Closure::new(event_loop::turn),
        // A timer's number is far below 2^53, from where a `f64` would not be exact.
        timer: Closure::new(|slot, number| event_loop::timer_is_due(slot, number as u64)),
        report: Closure::new(event_loop::report_turn),
    };
}

/// Has JavaScript run the queue of this thread, once.
pub(crate) fn queue_microtask() {
    CALLBACKS.with(|callbacks| js::queue_microtask(&callbacks.turn));
}

/// Has JavaScript decide about unhandled rejections in a task of its own, as HTML does.
pub(crate) fn queue_report() {
    CALLBACKS.with(|callbacks| js::set_report(&callbacks.report, 0));
}

/// Has JavaScript call for the timer in this slot.
pub(crate) fn set_timeout(milliseconds: u32, slot: u32, number: u64) -> Timeout {
    let timer = CALLBACKS
        .with(|callbacks| js::set_timer(&callbacks.timer, milliseconds, slot, number as f64));
    // Only Node's are objects, and these have a number as their primitive value.
    Timeout(f64::try_from(timer).unwrap_or(f64::NAN))
}

pub(crate) fn clear_timeout(timeout: Timeout) {
    js::clear_timeout(timeout.0);
}

pub(crate) fn console_error(text: &str) {
    js::console_error(text);
}
