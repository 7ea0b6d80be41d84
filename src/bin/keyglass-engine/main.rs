//! The server half as a JavaScript module, which alone reads the clock: the worker of the page, and the class with which
//! others use the server without the page.

#[cfg(target_arch = "wasm32")]
mod lua;
#[cfg(target_arch = "wasm32")]
mod module;
#[cfg(target_arch = "wasm32")]
mod value;
#[cfg(target_arch = "wasm32")]
mod worker;

#[cfg(target_arch = "wasm32")]
#[allow(
    clippy::disallowed_methods,
    reason = "the one place that reads the wall clock"
)]
fn wall() -> keyglass::session::message::Millis {
    js_sys::Date::now() as keyglass::session::message::Millis
}

/// What stands in the place of a function of the rest calls this before that is there (`scripts/split.mjs`).
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(skip_typescript)]
pub fn rest() {
    keyglass::rest::now();
}

fn main() {}
