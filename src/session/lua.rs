//! The Lua machine, as the engine wants to be handed it.

use std::rc::Rc;

use crate::engine::script::Machine;
use crate::lua::machine;
use crate::lua::message::{Answer, Request};

/// Copies are one machine until one of them is asked something.
impl Machine for Rc<machine::Machine> {
    fn ask(&mut self, request: Request) -> Answer {
        Self::make_mut(self).ask(request)
    }

    fn copy(&self) -> Box<dyn Machine> {
        Box::new(Self::clone(self))
    }

    fn memory(&self) -> usize {
        machine::Machine::memory(self)
    }

    fn steps(&self) -> u64 {
        machine::Machine::steps(self)
    }
}

/// A machine that knows no scripts.
pub fn machine() -> Option<Box<dyn Machine>> {
    Some(Box::new(Rc::new(machine::Machine::new())))
}
