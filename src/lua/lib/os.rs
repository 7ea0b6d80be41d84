//! The one function of the os library that scripts have.

use super::super::state::State;
use super::super::value::{Error, Flow, Value};

/// The machine reads no clock: so many steps count as a second.
const STEPS_PER_SECOND: f64 = 100e6;

/// Opens it.
pub fn open(state: &mut State) -> Result<(), Error> {
    state.open("os", &[("clock", clock)]).map(drop)
}

/// How long the script has run, by the steps that it has used up.
fn clock(state: &mut State, _: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let used = state.steps_taken();
    out.push(Value::Number(used as f64 / STEPS_PER_SECOND));
    Ok(Flow::Return)
}
