//! Errors: where they are raised, who catches them.

use std::rc::Rc;

use super::super::debug;
use super::super::proto::{Proto, chunk_id};
use super::super::state::Function;
use super::super::thread::{After, Frame, Kind, Status};
use super::super::value::*;
use super::operate::Found;
use super::{Exit, Origin, Place, Stop, Vm, text};

/// How many steps it takes to raise an error and find who catches it.
const THROW: usize = 220;

impl Vm {
    /// Finds who catches an error.
    pub(super) fn throw(&mut self, error: Error) -> Result<(), Stop> {
        if let Error::Budget(_) = error {
            return Err(Stop::Exit(Exit::Failed(error)));
        }
        self.state.spend(THROW)?;
        let value = match self.placed_by_code(error)? {
            Error::Raised(value) => value,
            other => return Err(Stop::Exit(Exit::Failed(other))),
        };
        self.catch(value)
    }

    pub(super) fn catch(&mut self, mut value: Value) -> Result<(), Stop> {
        loop {
            let frames = self.thread.frames.iter().enumerate().rev();
            let mut depths = frames.filter(|(_, frame)| {
                !matches!(
                    frame.kind,
                    Kind::Lua | Kind::Resume(_) | Kind::Yield | Kind::Call
                )
            });
            let Some((depth, frame)) = depths.next() else {
                return Err(Stop::Exit(Exit::Failed(Error::Raised(value))));
            };
            match frame.kind {
                Kind::Pcall(_) => {
                    let (at, after) = self.unwind_to(depth)?;
                    return self.caught(value, at, after);
                }
                Kind::Xpcall(handler, _) => return self.handle(depth, handler, value),
                // A handler that fails is called for its own error, until there is no room left.
                Kind::Handler(target) => {
                    let handler = match self.thread.frames.get(target).map(|frame| frame.kind) {
                        Some(Kind::Xpcall(handler, _)) => handler,
                        _ => Value::Nil,
                    };
                    return self.handle(target, handler, value);
                }
                _ => match self.thread.resumed_by {
                    None => {
                        if self.place.is_none() {
                            self.place = self.place_for_handler();
                        }
                        return Err(Stop::Exit(Exit::Failed(Error::Raised(value))));
                    }
                    Some(by) => {
                        self.close(0);
                        self.thread.status = Status::Dead;
                        self.thread.frames.clear();
                        let wraps = self.resumes_by_wrap(by);
                        let (at, after) = self.back_to(by, false);
                        if !wraps {
                            self.out.clear();
                            self.out.extend([Value::Bool(false), value]);
                            return self.give(at, after);
                        }
                        value = self.placed_again(value)?;
                    }
                },
            }
        }
    }

    /// `pcall` gives an error to who called it: of a table its `err` field, as the reference does.
    fn caught(&mut self, value: Value, at: usize, after: After) -> Result<(), Stop> {
        self.out.clear();
        self.out.push(Value::Bool(false));
        if !matches!(value, Value::Table(_)) {
            self.out.push(value);
            return self.give(at, after);
        }
        let key = self.state.text(b"err")?;
        match self.look_up(value, key, Origin::Elsewhere) {
            Ok(Found::Value(text)) => {
                self.push_caught(value, text);
                self.give(at, after)
            }
            Ok(Found::Method(method, object)) => {
                let mut frame = Frame::bottom();
                frame.kind = Kind::Caught(value);
                (frame.at, frame.base, frame.end, frame.after) = (at, at, at + 1, after);
                self.thread.frames.push(frame);
                self.call_method(method, &[object, key], After::Below)
            }
            Err(error) => Err(self
                .placed_by_native(match error {
                    Error::Text(text) => Error::Plain(text),
                    other => other,
                })?
                .into()),
        }
    }

    /// A text stands for the error table that it is of; anything else comes after it.
    pub(super) fn push_caught(&mut self, error: Value, text: Value) {
        if !matches!(text, Value::Str(_) | Value::Number(_)) {
            self.out.push(error);
        }
        self.out.push(text);
    }

    /// Calls an error handler on top of what failed.
    pub(super) fn handle(
        &mut self,
        depth: usize,
        handler: Value,
        value: Value,
    ) -> Result<(), Stop> {
        let no_room = self.thread.c_calls + 1 >= super::call::C_CALLS_HANDLING;
        if no_room || !matches!(handler, Value::Function(_)) {
            let value = self.in_handling()?;
            let (at, after) = self.unwind_to(depth)?;
            self.out.clear();
            self.out.extend([Value::Bool(false), value]);
            return self.give(at, after);
        }
        let at = self.thread.frames.last().map_or(0, |frame| frame.end);
        self.grow(at + 2)?;
        self.thread.frames.push(Frame {
            kind: Kind::Handler(depth),
            function: FunctionId(u32::MAX),
            at,
            base: at,
            end: at + 2,
            pc: 0,
            after: After::Drop,
            tail_calls: 0,
            counted: false,
        });
        self.thread.stack[at] = handler;
        self.thread.stack[at + 1] = value;
        self.call(at, at + 2, After::Below, true)
    }

    pub(super) fn in_handling(&mut self) -> Result<Value, Error> {
        self.state.text(b"error in error handling")
    }

    /// Drops all frames down to one that catches, that one included, and gives who waits for what it returns.
    pub(super) fn unwind_to(&mut self, depth: usize) -> Result<(usize, After), Error> {
        self.thread.frames.truncate(depth + 1);
        let Some(frame) = self.thread.frames.pop() else {
            return Err(text("no frame"));
        };
        if let Kind::Pcall(c_calls) | Kind::Xpcall(_, c_calls) = frame.kind {
            self.thread.c_calls = c_calls;
        }
        self.uncount(&frame);
        self.close(frame.at);
        Ok((frame.at, frame.after))
    }

    pub(super) fn proto_of(&self, frame: &Frame) -> Option<&Rc<Proto>> {
        match frame.kind {
            Kind::Lua => match self.state.functions.get(frame.function.0) {
                Some(Function::Lua(closure)) => Some(&closure.proto),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn place_of(&self, frame: &Frame) -> Option<Place> {
        let proto = self.proto_of(frame).filter(|proto| !proto.native)?;
        let line = proto.line(frame.pc.saturating_sub(1));
        Some((chunk_id(&proto.source), i64::from(line)))
    }

    /// The frame of who called the native function that runs, or that the innermost frames stand for.
    pub(super) fn caller(&self) -> Option<&Frame> {
        let mut frames = self.thread.frames.iter().rev();
        frames.find(|frame| !self.proto_of(frame).is_some_and(|proto| proto.native))
    }

    /// `chunk:line: ` of a frame; nothing where it is not written in Lua.
    pub(super) fn prefix(&self, frame: Option<&Frame>) -> Vec<u8> {
        match frame.and_then(|frame| self.place_of(frame)) {
            Some((chunk, line)) => {
                let mut prefix = chunk;
                prefix.extend_from_slice(format!(":{line}: ").as_bytes());
                prefix
            }
            None => Vec::new(),
        }
    }

    /// Makes a value of an error that an instruction raised.
    pub(super) fn placed_by_code(&mut self, error: Error) -> Result<Error, Stop> {
        let (Error::Text(message) | Error::Plain(message)) = error else {
            return Ok(error);
        };
        let mut placed = self.prefix(self.thread.frames.last());
        placed.extend_from_slice(&message);
        Ok(Error::Raised(self.state.text(&placed)?))
    }

    /// Makes a value of an error that a native function raised.
    pub(super) fn placed_by_native(&mut self, error: Error) -> Result<Error, Stop> {
        let message = match error {
            Error::Text(message) => message,
            Error::Plain(message) => return Ok(Error::Raised(self.state.text(&message)?)),
            Error::Argument(number, message) => self.bad_argument(number, &message),
            other => return Ok(other),
        };
        let mut placed = self.prefix(self.caller());
        placed.extend_from_slice(&message);
        Ok(Error::Raised(self.state.text(&placed)?))
    }

    pub(super) fn bad_argument(&self, mut number: usize, message: &[u8]) -> Vec<u8> {
        let called = self.caller().and_then(|frame| {
            let proto = self.proto_of(frame)?;
            if proto.native {
                return None;
            }
            debug::called(proto, frame.pc.saturating_sub(1), &self.state.strings)
        });
        let name = match called {
            Some((kind, name)) => {
                if kind == "method" {
                    number -= 1;
                    if number == 0 {
                        let parts: [&[u8]; 4] = [b"calling '", &name, b"' on bad self (", message];
                        return [parts.concat().as_slice(), b")"].concat();
                    }
                }
                name
            }
            None => b"?".to_vec(),
        };
        let number = number.to_string();
        let parts: [&[u8]; 6] = [
            b"bad argument #",
            number.as_bytes(),
            b" to '",
            &name,
            b"' (",
            message,
        ];
        [parts.concat().as_slice(), b")"].concat()
    }

    /// What a function made by `coroutine.wrap` does with an error that passes through it.
    pub(super) fn placed_again(&mut self, value: Value) -> Result<Value, Stop> {
        let Some(text) = self.state.coerce(value)? else {
            return Ok(value);
        };
        let mut placed = self.prefix(self.caller());
        placed.extend_from_slice(self.state.bytes(text));
        Ok(self.state.text(&placed)?)
    }

    /// The frame at a level as C's `lua_getstack` counts: 1 is who called the native function that runs.
    /// `Some(None)`: a call that a tail call replaced.
    pub(super) fn frame_at(&self, level: usize) -> Option<Option<&Frame>> {
        let mut left = level as i64 - 1;
        for frame in self.thread.frames.iter().rev() {
            if matches!(frame.kind, Kind::Bottom | Kind::Handler(_)) {
                continue;
            }
            if left == 0 {
                return Some(Some(frame));
            }
            left -= 1 + frame.tail_calls as i64;
            if left < 0 {
                return Some(None);
            }
        }
        None
    }

    /// `chunk:line: ` of the function at a level; nothing where that is not written in Lua.
    pub(super) fn prefix_at(&self, level: usize) -> Vec<u8> {
        self.prefix(self.frame_at(level).flatten())
    }

    /// Where the reference's error handler says that an error was raised: at who called it or the failing
    /// function, or one further out where that is not written in Lua; by the whole name of the chunk.
    pub(super) fn place_for_handler(&self) -> Option<Place> {
        let frames = self.thread.frames.iter().rev();
        let mut frames =
            frames.skip_while(|frame| self.proto_of(frame).is_some_and(|proto| proto.native));
        let mut frame = frames.next()?;
        if frame.kind != Kind::Lua {
            frame = frames.next()?;
        }
        if frame.kind == Kind::Bottom {
            return None;
        }
        match self.proto_of(frame).filter(|proto| !proto.native) {
            Some(proto) => {
                let line = proto.line(frame.pc.saturating_sub(1));
                Some((proto.source.to_vec(), i64::from(line)))
            }
            None => Some((b"=[C]".to_vec(), -1)),
        }
    }

    /// Where the innermost function written in Lua stands, by the whole name of its chunk.
    pub fn stands_at(&self) -> Option<Place> {
        let frames = self.thread.frames.iter().rev();
        let mut places = frames.filter_map(|frame| {
            let proto = self.proto_of(frame).filter(|proto| !proto.native)?;
            let line = proto.line(frame.pc.saturating_sub(1));
            Some((proto.source.to_vec(), i64::from(line)))
        });
        places.next()
    }

    /// An operand has a type that an operation does not take.
    pub(super) fn type_error(&self, what: &str, value: Value, from: Origin) -> Error {
        let kind = value.type_name();
        let named = match from {
            Origin::Elsewhere => None,
            Origin::Register(place) => self.thread.frames.last().and_then(|frame| {
                let proto = self.proto_of(frame)?;
                if place < frame.base || place >= frame.end {
                    return None;
                }
                let pc = frame.pc.saturating_sub(1);
                debug::variable(proto, pc, place - frame.base, &self.state.strings)
            }),
        };
        match named {
            Some((sort, name)) => {
                let mut message = format!("attempt to {what} {sort} '").into_bytes();
                message.extend_from_slice(&name);
                message.extend_from_slice(format!("' (a {kind} value)").as_bytes());
                Error::Text(message)
            }
            None => Error::Text(format!("attempt to {what} a {kind} value").into_bytes()),
        }
    }
}

/// Bytes as text, what is none of it replaced.
pub(super) fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
