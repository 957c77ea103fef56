//! The clock of `performance.now()`, as that of the standard library does not exist here.

use core::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;

/// A point in time; it goes by the name of the standard library's type, of which it has what is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant(Duration);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

impl Instant {
    pub(crate) fn now() -> Self {
        Self(Duration::from_secs_f64(now().max(0.0) / 1000.0))
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Self::now().saturating_duration_since(*self)
    }

    pub(crate) fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}
