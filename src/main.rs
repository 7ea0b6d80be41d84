//! The page: mounts it, nothing else.

#[cfg(target_arch = "wasm32")]
fn main() {
    keyglass::ui::page::mount();
}

/// What stands in the place of a function of the rest calls this before that is there (`scripts/split.mjs`).
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn rest() {
    keyglass::rest::now();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The page runs in a browser: `make serve` builds it and serves it.");
}
