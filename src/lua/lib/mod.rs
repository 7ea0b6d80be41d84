//! The libraries: functions written in Rust, and a prelude in Lua for what calls back into Lua.

pub mod base;
pub mod bit;
pub mod cjson;
pub mod cmsgpack;
mod codec;
#[cfg(test)]
mod codec_tests;
pub mod dump;
pub mod format;
pub mod gsub;
pub mod math;
pub mod os;
pub mod pattern;
pub mod server;
pub mod string;
pub mod structs;
pub mod table;

use super::state::State;
use super::value::{Error, TableId, Value};

/// What is written in Lua. It is to be compiled as the machine's own, and called with [`helpers`] once the
/// libraries are open.
pub const PRELUDE: &[u8] = include_bytes!("prelude.lua");

/// Opens the libraries in the reference's order, which decides how the globals are walked: base, table, string,
/// math, os, cjson, struct, cmsgpack, bit.
pub fn open(state: &mut State) -> Result<(), Error> {
    base::open(state)?;
    table::open(state)?;
    string::open(state)?;
    math::open(state)?;
    // The reference opens it too, and takes it away again: it leaves its place among the globals.
    state.set_field(state.globals, "debug", Value::Bool(true))?;
    os::open(state)?;
    cjson::open(state)?;
    structs::open(state)?;
    cmsgpack::open(state)?;
    bit::open(state)
}

/// What the prelude works with.
pub fn helpers(state: &mut State) -> Result<TableId, Error> {
    let helpers = state.new_table(0, gsub::HELPERS.len() + table::HELPERS.len())?;
    state.register(helpers, gsub::HELPERS)?;
    state.register(helpers, table::HELPERS)?;
    Ok(helpers)
}

/// Adds to a text that is being built. Errors: there is no memory for it.
fn append(state: &State, text: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Error> {
    state.room(text.len() + bytes.len())?;
    text.extend_from_slice(bytes);
    Ok(())
}

fn text(message: &str) -> Error {
    Error::Text(message.as_bytes().to_vec())
}

fn count(number: usize) -> Value {
    Value::Number(number as f64)
}

#[cfg(test)]
mod tests;
