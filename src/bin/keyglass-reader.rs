//! What reads lessons, as a JavaScript module of its own, which the page fetches when it first needs it.

#[cfg(target_arch = "wasm32")]
mod shell {
    use keyglass::app::lesson::text;
    use wasm_bindgen::prelude::*;

    /// Reads a lesson: postcard's bytes of what [`text::read`] gives.
    #[wasm_bindgen]
    pub fn read(text: &str) -> Vec<u8> {
        // Only what cannot be written fails to be encoded, and this always can.
        postcard::to_allocvec(&text::read(text)).unwrap_or_default()
    }
}

fn main() {}
