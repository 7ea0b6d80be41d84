//! The Lua machine, as the engine wants to be handed it.

use crate::engine::script::Machine;
use crate::lua::machine;
use crate::lua::message::{Answer, Request};

impl Machine for machine::Machine {
    fn ask(&mut self, request: Request) -> Answer {
        machine::Machine::ask(self, request)
    }
}

/// A machine that knows no scripts.
pub fn machine() -> Option<Box<dyn Machine>> {
    Some(Box::new(machine::Machine::new()))
}
