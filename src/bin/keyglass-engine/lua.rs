//! What runs scripts: the Lua machine, a module of its own.

use std::rc::Rc;

use keyglass::engine::script::{self, Answer, Failure, Machine};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "./keyglass-lua.js")]
extern "C" {
    /// The Lua machine, in a wasm of its own.
    #[derive(Debug)]
    #[wasm_bindgen(js_name = Machine)]
    type LuaMachine;

    /// Makes one; the first fetches the wasm.
    #[wasm_bindgen(js_name = machine, catch)]
    fn lua_machine() -> Result<LuaMachine, JsValue>;

    #[wasm_bindgen(method)]
    fn ask(this: &LuaMachine, request: &[u8]) -> Vec<u8>;

    #[wasm_bindgen(method)]
    fn copy(this: &LuaMachine) -> LuaMachine;

    #[wasm_bindgen(method)]
    fn memory(this: &LuaMachine) -> usize;

    #[wasm_bindgen(method)]
    fn steps(this: &LuaMachine) -> f64;

    #[wasm_bindgen(method)]
    fn free(this: &LuaMachine);
}

/// A machine that nobody else gives back: the other module cannot see when it is dropped here.
#[derive(Debug)]
struct Owned(LuaMachine);

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.free();
    }
}

/// What runs scripts: fetched when it is first asked for something that it could know. Copies are one
/// machine until one of them is asked something.
#[derive(Clone, Debug, Default)]
struct Lua(Option<Rc<Owned>>);

impl Machine for Lua {
    fn ask(&mut self, request: script::Request) -> Answer {
        if self.0.is_none() {
            if matches!(request, script::Request::Clear { .. }) {
                return Answer::Done;
            }
            let machine = lua_machine().inspect_err(web_sys::console::error_1).ok();
            self.0 = machine.map(|machine| Rc::new(Owned(machine)));
        }
        if let Some(machine) = &mut self.0
            && Rc::get_mut(machine).is_none()
        {
            *machine = Rc::new(Owned(machine.0.copy()));
        }
        let answer = self.0.as_ref().and_then(|machine| {
            let request = postcard::to_allocvec(&request).ok()?;
            postcard::from_bytes(&machine.0.ask(&request)).ok()
        });
        answer.unwrap_or_else(|| {
            Answer::Failed(Failure {
                text: b"ERR the Lua machine could not be loaded".to_vec(),
                ..Failure::default()
            })
        })
    }

    fn copy(&self) -> Box<dyn Machine> {
        Box::new(self.clone())
    }

    fn memory(&self) -> usize {
        self.0.as_ref().map_or(0, |machine| machine.0.memory())
    }

    fn steps(&self) -> u64 {
        self.0
            .as_ref()
            .map_or(0, |machine| machine.0.steps() as u64)
    }
}

/// Makes what runs scripts.
pub fn machine() -> Option<Box<dyn Machine>> {
    Some(Box::<Lua>::default())
}
