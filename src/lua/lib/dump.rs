//! `string.dump`: a function's code in the binary form of Lua 5.1 on x86-64, which no server takes back.

use super::super::arg;
use super::super::proto::Proto;
use super::super::state::{Function, State};
use super::super::value::{Error, Flow, StrId, Value};
use super::text;

/// Version 5.1, little-endian, and the sizes of C's types.
const HEADER: &[u8] = b"\x1bLua\x51\0\x01\x04\x08\x04\x08\0";

/// `string.dump`.
pub fn dump(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let Value::Function(id) = arg::function(args, 1)? else {
        return Ok(Flow::Return);
    };
    let proto = match state.function(id) {
        Some(Function::Lua(closure)) if !closure.proto.native => closure.proto.clone(),
        _ => return Err(text("unable to dump given function")),
    };
    state.spend(proto.memory() / 16)?;
    state.room(proto.memory())?;
    let mut bytes = HEADER.to_vec();
    function(state, &mut bytes, &proto, None);
    out.push(state.text(&bytes)?);
    Ok(Flow::Return)
}

fn function(state: &State, out: &mut Vec<u8>, proto: &Proto, outer: Option<&Proto>) {
    let same = outer.is_some_and(|outer| outer.source == proto.source);
    string(out, (!same).then_some(&proto.source));
    int(out, proto.line_defined as usize);
    int(out, proto.last_line_defined as usize);
    let vararg = u8::from(proto.has_arg) | u8::from(proto.is_vararg) << 1;
    let vararg = vararg | u8::from(proto.needs_arg) << 2;
    out.extend([proto.upvalue_count, proto.params, vararg, proto.max_stack]);
    int(out, proto.code.len());
    for instruction in &proto.code {
        out.extend(instruction.0.to_le_bytes());
    }
    let name = |id: StrId| Some(state.bytes(id));
    int(out, proto.constants.len());
    for constant in &proto.constants {
        match *constant {
            Value::Bool(bool) => out.extend([1, u8::from(bool)]),
            Value::Number(number) => {
                out.push(3);
                out.extend(number.to_le_bytes());
            }
            Value::Str(id) => {
                out.push(4);
                string(out, name(id));
            }
            _ => out.push(0),
        }
    }
    int(out, proto.protos.len());
    for inner in &proto.protos {
        function(state, out, inner, Some(proto));
    }
    int(out, proto.lines.len());
    for line in &proto.lines {
        int(out, *line as usize);
    }
    int(out, proto.locals.len());
    for local in &proto.locals {
        string(out, name(local.name));
        int(out, local.start_pc as usize);
        int(out, local.end_pc as usize);
    }
    int(out, proto.upvalue_names.len());
    for upvalue in &proto.upvalue_names {
        string(out, name(*upvalue));
    }
}

fn int(out: &mut Vec<u8>, number: usize) {
    out.extend((number as u32).to_le_bytes());
}

fn string(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    let length = bytes.map_or(0, |bytes| bytes.len() as u64 + 1);
    out.extend(length.to_le_bytes());
    if let Some(bytes) = bytes {
        out.extend(bytes);
        out.push(0);
    }
}
