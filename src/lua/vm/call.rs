//! Calls: a frame is put up, and what the function returns goes to who waits for it.

use std::rc::Rc;

use super::super::message::Budget;
use super::super::proto::Proto;
use super::super::state::{Event, Function};
use super::super::thread::{After, Frame, Kind, Status};
use super::super::value::*;
use super::{Exit, Origin, Stop, Vm, text};

/// How many functions may be being called at once: `LUAI_MAXCALLS` is larger, but the reference's list of
/// calls grows by doubling, and must not grow beyond that.
const CALLS_MAX: usize = 16_384;
/// How many of them by what is no Lua code: `LUAI_MAXCCALLS`.
pub(super) const C_CALLS_MAX: u32 = 200;
/// How many of them where an error is handled already.
pub(super) const C_CALLS_HANDLING: u32 = C_CALLS_MAX + C_CALLS_MAX / 8;
/// How many values a stack may hold.
const STACK_MAX: usize = 1 << 23;

impl Vm {
    pub(super) fn uncount(&mut self, frame: &Frame) {
        if frame.counted {
            self.thread.c_calls -= 1;
        }
    }

    pub(super) fn grow(&mut self, size: usize) -> Result<(), Error> {
        if size <= self.thread.stack.len() {
            return Ok(());
        }
        if size > STACK_MAX {
            return Err(text("stack overflow"));
        }
        let size = size.next_power_of_two().max(64);
        let counted = size * size_of::<Value>();
        let more = counted - self.thread.counted.min(counted);
        self.with_room(|state| state.take(more))?;
        self.thread.counted += more;
        self.thread.stack.resize(size, Value::Nil);
        Ok(())
    }

    /// Calls what stands at `at` in the stack, with what follows it up to `top`.
    pub(super) fn call(
        &mut self,
        at: usize,
        mut top: usize,
        after: After,
        counted: bool,
    ) -> Result<(), Stop> {
        if counted {
            self.thread.c_calls += 1;
            if self.thread.c_calls == C_CALLS_MAX {
                return Err(Stop::Error(text("C stack overflow")));
            }
            if self.thread.c_calls >= C_CALLS_HANDLING {
                return Err(Stop::Error(Error::Raised(self.in_handling()?)));
            }
        }
        self.thread.top = top;
        let mut named = Origin::Register(at);
        loop {
            let called = self.thread.stack[at];
            let function = match called {
                Value::Function(id) => self.state.functions.get(id.0),
                _ => None,
            };
            match function {
                None => {
                    let method = self.state.metamethod(called, Event::Call);
                    if !matches!(method, Value::Function(_)) {
                        return Err(self.type_error("call", called, named).into());
                    }
                    self.grow(top + 1)?;
                    self.thread.stack.copy_within(at..top, at + 1);
                    self.thread.stack[at] = method;
                    top += 1;
                }
                Some(Function::Lua(closure)) => {
                    let proto = Rc::clone(&closure.proto);
                    return Ok(self.enter(called, &proto, at, top, after, counted)?);
                }
                Some(Function::Native(native)) => {
                    let run = native.run;
                    self.check_depth()?;
                    if let Value::Function(id) = called {
                        self.state.running = id;
                    }
                    self.step()?;
                    self.state.spend((top - at) / 4)?;
                    let mut args = std::mem::take(&mut self.args);
                    args.clear();
                    args.extend_from_slice(&self.thread.stack[at + 1..top]);
                    self.out.clear();
                    let mut flow = run(&mut self.state, &args, &mut self.out);
                    if flow == Err(Error::Budget(Budget::Memory)) {
                        // What failed for want of memory may do once the garbage is gone.
                        self.out.clear();
                        self.collect();
                        flow = run(&mut self.state, &args, &mut self.out);
                    }
                    self.args = args;
                    match flow {
                        Ok(Flow::Return) => {
                            if counted {
                                self.thread.c_calls -= 1;
                            }
                            return self.give(at, after);
                        }
                        Ok(Flow::TailCall(function)) => {
                            let count = self.out.len();
                            self.grow(at + 1 + count)?;
                            self.thread.stack[at] = function;
                            self.thread.stack[at + 1..at + 1 + count].copy_from_slice(&self.out);
                            top = at + 1 + count;
                            named = Origin::Elsewhere;
                        }
                        Ok(Flow::Special(special)) => {
                            return self.special(special, at, after, counted);
                        }
                        Err(error) => return Err(self.placed_by_native(error)?.into()),
                    }
                }
            }
        }
    }

    /// Errors: too many functions are being called.
    #[inline]
    fn check_depth(&mut self) -> Result<(), Error> {
        if self.thread.frames.len() < CALLS_MAX {
            return Ok(());
        }
        // Who handles that has some room left.
        let handles = |frame: &Frame| matches!(frame.kind, Kind::Handler(_));
        let handled = self.thread.frames.iter().rev().any(handles);
        if !handled {
            return Err(text("stack overflow"));
        }
        if self.thread.frames.len() < 2 * CALLS_MAX {
            return Ok(());
        }
        Err(Error::Raised(self.in_handling()?))
    }

    /// Enters a function written in Lua.
    pub(super) fn enter(
        &mut self,
        function: Value,
        proto: &Rc<Proto>,
        at: usize,
        top: usize,
        after: After,
        counted: bool,
    ) -> Result<(), Error> {
        let Value::Function(function) = function else {
            return Ok(());
        };
        self.check_depth()?;
        let params = usize::from(proto.params);
        let size = usize::from(proto.max_stack);
        let mut passed = top - at - 1;
        let mut base = at + 1;
        if proto.is_vararg {
            self.grow(top.max(base + params) + params + size + 1)?;
            if passed < params {
                self.thread.stack[top..base + params].fill(Value::Nil);
                passed = params;
            }
            let arg = if proto.needs_arg {
                Some(self.arg_table(base + params, base + passed)?)
            } else {
                None
            };
            let fixed = base;
            base += passed;
            for param in 0..params {
                self.thread.stack[base + param] = self.thread.stack[fixed + param];
                self.thread.stack[fixed + param] = Value::Nil;
            }
            self.thread.stack[base + params..base + size.max(params)].fill(Value::Nil);
            if let Some(table) = arg {
                self.thread.stack[base + params] = table;
            }
        } else {
            self.grow(base + size.max(params) + 1)?;
            let given = passed.min(params);
            self.thread.stack[base + given..base + size.max(params)].fill(Value::Nil);
        }
        self.thread.frames.push(Frame {
            kind: Kind::Lua,
            function,
            at,
            base,
            end: base + size,
            pc: 0,
            after,
            tail_calls: 0,
            counted,
        });
        Ok(())
    }

    /// The table that old functions find under the name `arg`.
    pub(super) fn arg_table(&mut self, from: usize, to: usize) -> Result<Value, Error> {
        let values = self.thread.stack.get(from..to).unwrap_or_default().to_vec();
        let table = self.with_room(|state| state.new_table(values.len(), 1))?;
        for (at, value) in values.iter().enumerate() {
            self.state.set_index(table, at + 1, *value)?;
        }
        let count = Value::Number(values.len() as f64);
        self.state.set_field(table, "n", count)?;
        Ok(Value::Table(table))
    }

    /// Gives what stands in `out` to who waits for it.
    pub(super) fn give(&mut self, mut at: usize, mut after: After) -> Result<(), Stop> {
        loop {
            match after {
                After::Call(None) => {
                    let count = self.out.len();
                    self.grow(at + count)?;
                    self.thread.stack[at..at + count].copy_from_slice(&self.out);
                    self.thread.top = at + count;
                    return Ok(());
                }
                After::Call(Some(wanted)) => {
                    self.put(at, wanted)?;
                    return Ok(());
                }
                After::Store(to) => {
                    self.thread.stack[to] = self.first();
                    return Ok(());
                }
                After::Drop => return Ok(()),
                After::Branch(expected, turned) => {
                    let truth = self.first().truth() != turned;
                    self.branch(truth == expected);
                    return Ok(());
                }
                After::Concat { last, total, to } => {
                    self.thread.stack[last - 1] = self.first();
                    return self.concat(last - 1, total - 1, to).map(drop);
                }
                After::For(wanted) => {
                    self.put(at, wanted)?;
                    let first = self.thread.stack[at];
                    if first != Value::Nil {
                        self.thread.stack[at - 1] = first;
                    }
                    self.branch(first != Value::Nil);
                    return Ok(());
                }
                After::Below => {
                    let Some(frame) = self.thread.frames.pop() else {
                        return Err(Stop::Exit(Exit::Done));
                    };
                    self.uncount(&frame);
                    (at, after) = (frame.at, frame.after);
                    match frame.kind {
                        Kind::Pcall(_) | Kind::Xpcall(..) => self.out.insert(0, Value::Bool(true)),
                        Kind::Handler(depth) => {
                            let value = self.first();
                            (at, after) = self.unwind_to(depth)?;
                            self.out.clear();
                            self.out.extend([Value::Bool(false), value]);
                        }
                        Kind::Bottom => match self.thread.resumed_by {
                            None => {
                                std::mem::swap(&mut self.results, &mut self.out);
                                return Err(Stop::Exit(Exit::Done));
                            }
                            Some(by) => {
                                self.thread.status = Status::Dead;
                                (at, after) = self.back_to(by, true);
                            }
                        },
                        Kind::Caught(error) => {
                            let text = self.first();
                            self.out.clear();
                            self.out.push(Value::Bool(false));
                            self.push_caught(error, text);
                        }
                        Kind::Lua | Kind::Resume(_) | Kind::Yield | Kind::Call => {}
                    }
                }
            }
        }
    }

    pub(super) fn first(&self) -> Value {
        self.out.first().copied().unwrap_or_default()
    }

    pub(super) fn put(&mut self, at: usize, wanted: usize) -> Result<(), Error> {
        self.grow(at + wanted)?;
        for place in 0..wanted {
            self.thread.stack[at + place] = self.out.get(place).copied().unwrap_or_default();
        }
        Ok(())
    }

    /// Takes the jump that the innermost function stands before, or skips it.
    pub(super) fn branch(&mut self, take: bool) {
        if let Some(frame) = self.thread.frames.last_mut() {
            if take && let Some(Function::Lua(closure)) = self.state.functions.get(frame.function.0)
            {
                let jump = closure.proto.code.get(frame.pc).map_or(0, |i| i.sbx());
                frame.pc = (frame.pc as i64 + i64::from(jump) + 1) as usize;
                return;
            }
            frame.pc += 1;
        }
    }
}
