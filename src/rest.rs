//! What of a wasm is fetched behind the prompt: `scripts/split.mjs` parts it so, and `static/rest.js` fetches it. A wasm that is
//! not parted has no use for any of it.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/static/rest.js")]
extern "C" {
    #[wasm_bindgen(js_name = restNow)]
    fn rest_now(exports: &JsValue);
    #[wasm_bindgen(js_name = restAhead)]
    fn rest_ahead(exports: &JsValue) -> bool;
    #[wasm_bindgen(js_name = restSoon, catch)]
    async fn rest_soon(exports: &JsValue) -> Result<(), JsValue>;
}

/// Puts the rest in its place and does not come back before that: a function of it is called already.
pub fn now() {
    rest_now(&wasm_bindgen::exports());
}

/// Whether nothing is still to be fetched: the rest was fetched ahead, or there is none.
pub fn is_ahead() -> bool {
    rest_ahead(&wasm_bindgen::exports())
}

/// Puts the rest in its place once it has come.
///
/// # Errors
/// It did not come.
pub async fn soon() -> Result<(), JsValue> {
    rest_soon(&wasm_bindgen::exports()).await
}
