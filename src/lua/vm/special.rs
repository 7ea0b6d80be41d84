//! What only the loop can do for a library function: protected calls, coroutines, compiling, calling commands.

use super::super::compile;
use super::super::lib::server;
use super::super::state::{Closure, State};
use super::super::thread::{After, Frame, Kind, Status, Thread};
use super::super::value::*;
use super::call::C_CALLS_MAX;
use super::{Exit, Stop, Vm, text};

/// How many steps it takes to compile nothing, or to make a coroutine.
const COMPILE: usize = 100;
/// What a coroutine takes beside its stack, in bytes.
const COROUTINE: usize = 256;

impl Vm {
    /// Does it; its arguments stand in `out`.
    pub(super) fn special(
        &mut self,
        special: Special,
        at: usize,
        after: After,
        counted: bool,
    ) -> Result<(), Stop> {
        let frame = |kind| Frame {
            kind,
            function: FunctionId(u32::MAX),
            at,
            base: at,
            end: at + 1,
            pc: 0,
            after,
            tail_calls: 0,
            counted,
        };
        let first = self.first();
        match special {
            Special::Pcall => {
                let kind = Kind::Pcall(self.thread.c_calls);
                self.thread.frames.push(frame(kind));
                return self.call_under(at + 1);
            }
            Special::Xpcall => {
                let handler = self.out.get(1).copied().unwrap_or_default();
                let kind = Kind::Xpcall(handler, self.thread.c_calls);
                self.thread.frames.push(frame(kind));
                self.out.truncate(1);
                return self.call_under(at + 1);
            }
            Special::Error => {
                let level = match self.out.get(1) {
                    Some(Value::Number(level)) => *level as i64,
                    _ => 1,
                };
                let mut value = first;
                if level > 0
                    && let Some(message) = self.state.coerce(value)?
                {
                    let mut placed = self.prefix_at(level as usize);
                    placed.extend_from_slice(self.state.bytes(message));
                    value = self.state.text(&placed)?;
                }
                return Err(Stop::Error(Error::Raised(value)));
            }
            Special::Load => {
                let name = self.out.get(1).copied().unwrap_or_default();
                let loaded = self.load(first, name)?;
                self.out.clear();
                self.out.extend(loaded);
            }
            Special::CoroutineCreate | Special::CoroutineWrap => {
                let thread = self.coroutine(first)?;
                let made = if special == Special::CoroutineWrap {
                    self.with_room(|state| state.native(go_on, vec![thread]))?
                } else {
                    thread
                };
                self.out.clear();
                self.out.push(made);
            }
            Special::CoroutineResume | Special::CoroutineGoOn => {
                let wraps = special == Special::CoroutineGoOn;
                return self.resume(first, wraps, frame(Kind::Resume(wraps)));
            }
            Special::CoroutineYield => {
                let crosses = self.thread.c_calls > self.thread.c_calls_before;
                let by = self.thread.resumed_by.filter(|_| !crosses);
                let Some(by) = by else {
                    let message = b"attempt to yield across metamethod/C-call boundary";
                    return Err(Stop::Error(Error::Raised(self.state.text(message)?)));
                };
                self.thread.frames.push(frame(Kind::Yield));
                self.thread.status = Status::Suspended;
                let (at, after) = self.back_to(by, true);
                return self.give(at, after);
            }
            Special::CoroutineStatus => {
                let status = match self.status(first) {
                    Status::Suspended => "suspended",
                    Status::Running => "running",
                    Status::Normal => "normal",
                    Status::Dead => "dead",
                };
                let status = self.state.text(status.as_bytes())?;
                self.out.clear();
                self.out.push(status);
            }
            Special::CoroutineRunning => {
                self.out.clear();
                self.out.push(match self.thread.resumed_by {
                    Some(_) => Value::Thread(self.state.thread),
                    None => Value::Nil,
                });
            }
            Special::Handle => {
                let place = self.place_for_handler();
                let handled = server::handle(&mut self.state, first, place)?;
                self.out.clear();
                self.out.push(handled);
            }
            Special::Collect => {
                self.collect();
                self.out.clear();
                self.out.push(Value::Number(0.0));
            }
            Special::Call => {
                self.thread.frames.push(frame(Kind::Call));
                return Err(Stop::Exit(Exit::Call));
            }
        }
        if counted {
            self.thread.c_calls -= 1;
        }
        self.give(at, after)
    }

    /// Calls what stands in `out`, with what follows it; the innermost frame goes on with what it returns.
    fn call_under(&mut self, at: usize) -> Result<(), Stop> {
        let top = at + self.out.len().max(1);
        self.grow(top)?;
        self.thread.stack[at] = Value::Nil;
        self.thread.stack[at..at + self.out.len()].copy_from_slice(&self.out);
        self.call(at, top, After::Below, true)
    }

    /// Compiles a chunk: the function, or nil and a message.
    fn load(&mut self, chunk: Value, name: Value) -> Result<Vec<Value>, Error> {
        let (Value::Str(chunk), Value::Str(name)) = (chunk, name) else {
            return Err(text("a chunk and its name are strings"));
        };
        let (chunk, name) = (self.state.shared(chunk), self.state.shared(name));
        match self.compile(&chunk, &name, false)? {
            Ok(function) => Ok(vec![function]),
            Err(message) => Ok(vec![Value::Nil, self.state.text(&message)?]),
        }
    }

    /// Compiles a chunk to a function over the globals. The inner error is Lua's message.
    pub fn compile(
        &mut self,
        chunk: &[u8],
        name: &[u8],
        native: bool,
    ) -> Result<Result<Value, Vec<u8>>, Error> {
        self.state.spend(COMPILE + 4 * chunk.len())?;
        self.with_room(|state| state.room(chunk.len().saturating_mul(8)))?;
        let proto = match compile(chunk, name, native, &mut self.state.strings) {
            Ok(proto) => std::rc::Rc::new(proto),
            Err(message) => return Ok(Err(message)),
        };
        let closure = Closure {
            proto,
            upvalues: [].into(),
            env: self.state.globals,
        };
        self.state.closure(closure).map(Ok)
    }

    fn coroutine(&mut self, function: Value) -> Result<Value, Error> {
        self.state.spend(COMPILE)?;
        self.with_room(|state| state.take(COROUTINE))?;
        let thread = Thread {
            stack: vec![function],
            frames: vec![Frame::bottom()],
            top: 1,
            counted: COROUTINE,
            ..Thread::default()
        };
        Ok(Value::Thread(ThreadId(self.state.threads.add(thread))))
    }

    fn status(&self, coroutine: Value) -> Status {
        match coroutine {
            Value::Thread(id) if id == self.state.thread => Status::Running,
            Value::Thread(id) => match self.state.threads.get(id.0) {
                Some(thread) => thread.status,
                None => Status::Dead,
            },
            _ => Status::Dead,
        }
    }

    fn resume(&mut self, coroutine: Value, wraps: bool, frame: Frame) -> Result<(), Stop> {
        let refused = match self.status(coroutine) {
            Status::Suspended if self.thread.c_calls >= C_CALLS_MAX => Some("C stack overflow"),
            Status::Suspended => None,
            Status::Running => Some("cannot resume running coroutine"),
            Status::Normal => Some("cannot resume normal coroutine"),
            Status::Dead => Some("cannot resume dead coroutine"),
        };
        let (Value::Thread(id), None) = (coroutine, refused) else {
            let error = text(refused.unwrap_or_default());
            if wraps {
                return Err(self.placed_by_native(error)?.into());
            }
            let Error::Text(message) = error else {
                return Ok(());
            };
            let message = self.state.text(&message)?;
            self.uncount(&frame);
            self.out.clear();
            self.out.extend([Value::Bool(false), message]);
            return self.give(frame.at, frame.after);
        };
        self.thread.frames.push(frame);
        self.thread.status = Status::Normal;
        let (by, c_calls) = (self.state.thread, self.thread.c_calls + 1);
        self.switch_to(id);
        self.thread.resumed_by = Some(by);
        self.thread.c_calls = c_calls;
        self.thread.c_calls_before = c_calls;
        self.thread.status = Status::Running;
        self.out.remove(0);
        if let Some(frame) = self.thread.frames.pop_if(|frame| frame.kind == Kind::Yield) {
            self.uncount(&frame);
            return self.give(frame.at, frame.after);
        }
        let top = 1 + self.out.len();
        self.grow(top)?;
        self.thread.stack[1..top].copy_from_slice(&self.out);
        self.call(0, top, After::Below, false)
    }

    /// Lets another coroutine's stacks be those that are worked on.
    pub(super) fn switch_to(&mut self, id: ThreadId) {
        let next = self
            .state
            .threads
            .get_mut(id.0)
            .map(std::mem::take)
            .unwrap_or_default();
        let before = std::mem::replace(&mut self.thread, next);
        let slot = self.state.thread;
        if let Some(slot) = self.state.threads.get_mut(slot.0) {
            *slot = before;
        }
        self.state.thread = id;
    }

    /// Goes back to who resumed the running coroutine, with the values in `out`: gives who waits there for
    /// what the resumption returns.
    pub(super) fn back_to(&mut self, by: ThreadId, succeeded: bool) -> (usize, After) {
        if self.thread.status == Status::Dead {
            let counted = std::mem::take(&mut self.thread.counted);
            self.state.memory -= counted.min(self.state.memory);
            self.thread.stack = Vec::new();
            self.thread.frames = Vec::new();
            self.thread.top = 0;
        }
        self.thread.resumed_by = None;
        self.switch_to(by);
        self.thread.status = Status::Running;
        let frame = self
            .thread
            .frames
            .pop_if(|frame| matches!(frame.kind, Kind::Resume(_)));
        match frame {
            Some(frame) => {
                self.uncount(&frame);
                if succeeded && frame.kind == Kind::Resume(false) {
                    self.out.insert(0, Value::Bool(true));
                }
                (frame.at, frame.after)
            }
            None => (0, After::Drop),
        }
    }

    /// Whether a coroutine has resumed another by a function that `coroutine.wrap` made.
    pub(super) fn resumes_by_wrap(&self, by: ThreadId) -> bool {
        let thread = self.state.threads.get(by.0);
        let frame = thread.and_then(|thread| thread.frames.last());
        frame.is_some_and(|frame| frame.kind == Kind::Resume(true))
    }
}

/// A function that `coroutine.wrap` made.
fn go_on(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    out.push(state.upvalue(0));
    out.extend_from_slice(args);
    Ok(Flow::Special(Special::CoroutineGoOn))
}
