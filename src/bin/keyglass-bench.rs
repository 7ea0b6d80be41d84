//! The engine's door as a JavaScript module, for `make bench`: bytes of RESP in, bytes of RESP out, and nothing else.
//!
//! Natively, a program that feeds files to one engine, one after the other, and prints how many milliseconds each took. A file is
//! pieces that arrive at once, each after its length as a little-endian `u32`. `+1000` in the place of a file lets so many
//! milliseconds pass.

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
        input: Vec<u8>,
        output: Vec<u8>,
        /// Where what was answered stands, and how many bytes those are.
        answer: Box<[usize; 2]>,
    }

    #[wasm_bindgen]
    impl Door {
        /// An empty engine at a moment, in milliseconds since 1970; `observed` keeps what inspectors show.
        #[wasm_bindgen(constructor)]
        pub fn new(at: f64, observed: bool) -> Self {
            let at = at as u64;
            let mut engine = Engine::new(1, at, command::dispatch);
            engine.observing = observed;
            Self {
                engine,
                at,
                input: Vec::new(),
                output: Vec::new(),
                answer: Box::default(),
            }
        }

        /// A connection opens.
        pub fn connect(&mut self, conn: u32) {
            self.engine.handle(self.at, conn, What::Connect);
        }

        /// Makes room for so many bytes that are to arrive, and says where in the memory it is, until there is to be more.
        pub fn room(&mut self, length: usize) -> *const u8 {
            self.input.resize(length, 0);
            self.input.as_ptr()
        }

        /// What was written there arrives on a connection, so many bytes of it, and what it is answered is taken.
        pub fn feed(&mut self, conn: u32, length: usize) {
            self.engine.advance_to(self.at);
            if let Some(bytes) = self.input.get(..length) {
                self.engine.feed(conn, bytes);
            }
            if self.engine.observing {
                self.engine.events.clear();
            }
            self.take(conn);
        }

        /// Takes what a connection was sent.
        pub fn take(&mut self, conn: u32) {
            self.engine.exchange_output(conn, &mut self.output);
            *self.answer = [self.output.as_ptr() as usize, self.output.len()];
        }

        /// Where in the memory two numbers of four bytes stand: where what was taken stands, until something arrives or is taken
        /// again, and how many bytes that are.
        pub fn answer(&self) -> *const usize {
            self.answer.as_ptr()
        }

        /// Moves time on to a moment, in milliseconds since 1970.
        pub fn advance(&mut self, at: f64) {
            self.at = at as u64;
            self.engine.advance_to(self.at);
            self.engine.events.clear();
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
#[allow(
    clippy::disallowed_methods,
    reason = "it measures, and the engine is handed its time"
)]
fn main() -> std::io::Result<()> {
    use std::time::Instant;

    use keyglass::command;
    use keyglass::engine::{Engine, What};

    const AT: u64 = 1_700_000_000_000;
    let mut engine = Engine::new(1, AT, command::dispatch);
    engine.handle(AT, 0, What::Connect);
    let mut took = Vec::new();
    for path in std::env::args().skip(1) {
        if let Some(Ok(passes)) = path.strip_prefix('+').map(str::parse::<u64>) {
            let began = Instant::now();
            engine.advance_to(engine.now + passes);
            took.push(format!("{:.3}", began.elapsed().as_secs_f64() * 1000.0));
            continue;
        }
        let file = std::fs::read(path)?;
        let mut rest = file.as_slice();
        let mut sent = 0;
        let began = Instant::now();
        while let Some((length, after)) = rest.split_first_chunk() {
            let length = u32::from_le_bytes(*length) as usize;
            let Some((piece, next)) = after.split_at_checked(length) else {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            };
            engine.handle(engine.now, 0, What::Bytes(piece.to_vec()));
            sent += engine.take_output(0).len();
            rest = next;
        }
        let millis = began.elapsed().as_secs_f64() * 1000.0;
        if sent == 0 {
            return Err(std::io::Error::other("nothing was answered"));
        }
        took.push(format!("{millis:.3}"));
    }
    println!("[{}]", took.join(","));
    Ok(())
}
