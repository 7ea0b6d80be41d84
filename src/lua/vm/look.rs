//! What the running functions look like to somebody who steps through them.

use super::super::debug;
use super::super::message::Frame as Shown;
use super::super::number;
use super::super::thread::Kind;
use super::super::value::*;
use super::{Vm, fail::text_of};

/// How many bytes of a string are shown, and how many pairs of a table.
const BYTES_SHOWN: usize = 60;
const PAIRS_SHOWN: usize = 8;
/// How many functions are shown.
const FRAMES_SHOWN: usize = 20;

impl Vm {
    /// The line that the innermost function written in Lua stands on; 0 where there is none.
    pub fn line(&self) -> u32 {
        let frames = self.thread.frames.iter().rev();
        let mut lines = frames.filter_map(|frame| {
            let proto = self.proto_of(frame).filter(|proto| !proto.native)?;
            Some(proto.line(frame.pc.saturating_sub(1)))
        });
        lines.next().unwrap_or(0)
    }

    /// The running coroutine's functions with their locals, the innermost first.
    pub fn frames(&self) -> Vec<Shown> {
        let frames = &self.thread.frames;
        let mut shown = Vec::new();
        for (depth, frame) in frames.iter().enumerate().rev() {
            let Some(proto) = self.proto_of(frame).filter(|proto| !proto.native) else {
                continue;
            };
            if shown.len() == FRAMES_SHOWN {
                break;
            }
            let below = depth.checked_sub(1).and_then(|below| frames.get(below));
            let name = below.filter(|below| below.kind == Kind::Lua && frame.tail_calls == 0);
            let name = name.and_then(|below| {
                let caller = self.proto_of(below)?;
                let pc = below.pc.saturating_sub(1);
                let (_, name) = debug::called(caller, pc, &self.state.strings)?;
                Some(text_of(&name))
            });
            let pc = frame.pc.saturating_sub(1);
            let locals = debug::locals_at(proto, pc, &self.state.strings);
            let locals = locals.into_iter().map(|(name, register)| {
                let value = self.thread.stack.get(frame.base + register);
                let name = text_of(self.state.bytes(name));
                (name, self.shown(value.copied().unwrap_or_default(), true))
            });
            shown.push(Shown {
                name,
                line: proto.line(pc),
                locals: locals.collect(),
            });
        }
        shown
    }

    /// A value as Lua would write it, shortened.
    fn shown(&self, value: Value, with_pairs: bool) -> String {
        match value {
            Value::Nil => "nil".into(),
            Value::Bool(value) => value.to_string(),
            Value::Number(value) => text_of(&number::display(value)),
            Value::Str(id) => {
                let bytes = self.state.bytes(id);
                let cut = bytes.get(..BYTES_SHOWN);
                let dots = if cut.is_some() { "…" } else { "" };
                format!("{:?}{dots}", text_of(cut.unwrap_or(bytes)))
            }
            Value::Table(_) if !with_pairs => "{…}".into(),
            Value::Table(id) => {
                let mut parts = Vec::new();
                for (at, (key, value)) in self.state.table(id).pairs().enumerate() {
                    if at == PAIRS_SHOWN {
                        parts.push("…".into());
                        break;
                    }
                    let value = self.shown(value, false);
                    parts.push(match key {
                        Value::Number(index) if index == (at + 1) as f64 => value,
                        Value::Str(id) => {
                            format!("{} = {value}", text_of(self.state.bytes(id)))
                        }
                        key => format!("[{}] = {value}", self.shown(key, false)),
                    });
                }
                format!("{{{}}}", parts.join(", "))
            }
            Value::Function(_) => "function".into(),
            Value::Thread(_) => "coroutine".into(),
            Value::Null => "cjson.null".into(),
        }
    }
}
