//! The Lua machine as a JavaScript module of its own, which the server half fetches when it first needs it.

#[cfg(target_arch = "wasm32")]
mod shell {
    use keyglass::lua::machine;
    use wasm_bindgen::prelude::*;

    /// Runs scripts.
    #[wasm_bindgen]
    pub struct Machine(machine::Machine);

    #[wasm_bindgen]
    impl Machine {
        /// One that knows no scripts.
        #[wasm_bindgen(constructor)]
        #[allow(clippy::new_without_default, reason = "JavaScript knows no default")]
        pub fn new() -> Self {
            Self(machine::Machine::new())
        }

        /// Answers a request; both are postcard's bytes. Empty: the request could not be read.
        pub fn ask(&mut self, request: &[u8]) -> Vec<u8> {
            let answer = postcard::from_bytes(request).map(|request| self.0.ask(request));
            let bytes = answer.and_then(|answer| postcard::to_allocvec(&answer));
            bytes.unwrap_or_default()
        }

        /// A copy that goes on by itself from where this one stands.
        pub fn copy(&self) -> Self {
            Self(self.0.clone())
        }

        /// About how many bytes it takes.
        pub fn memory(&self) -> usize {
            self.0.memory()
        }

        /// How many steps scripts have taken so far.
        pub fn steps(&self) -> f64 {
            self.0.steps() as f64
        }
    }
}

fn main() {}
