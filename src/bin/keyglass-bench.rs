//! The engine's door as a JavaScript module, for `make bench`: bytes of RESP in, bytes of RESP out, and nothing else.

#[cfg(target_arch = "wasm32")]
mod shell {
    use keyglass::command;
    use keyglass::engine::{Engine, What};
    use wasm_bindgen::prelude::*;

    /// An engine at a moment that the caller sets.
    #[wasm_bindgen]
    #[derive(Debug)]
    pub struct Door {
        engine: Engine,
        at: u64,
    }

    #[wasm_bindgen]
    impl Door {
        /// An empty engine at a moment, in milliseconds since 1970; `observed` keeps what inspectors show.
        #[wasm_bindgen(constructor)]
        pub fn new(at: f64, observed: bool) -> Self {
            let at = at as u64;
            let mut engine = Engine::new(1, at, command::dispatch);
            engine.observing = observed;
            Self { engine, at }
        }

        /// A connection opens.
        pub fn connect(&mut self, conn: u32) {
            self.engine.handle(self.at, conn, What::Connect);
        }

        /// Bytes arrive on it.
        pub fn feed(&mut self, conn: u32, bytes: Vec<u8>) {
            self.engine.handle(self.at, conn, What::Bytes(bytes));
            self.engine.events.clear();
        }

        /// Takes what it was sent.
        pub fn take(&mut self, conn: u32) -> Vec<u8> {
            self.engine.take_output(conn)
        }

        /// Moves time on to a moment, in milliseconds since 1970.
        pub fn advance(&mut self, at: f64) {
            self.at = at as u64;
            self.engine.advance_to(self.at);
            self.engine.events.clear();
        }
    }
}

fn main() {}
