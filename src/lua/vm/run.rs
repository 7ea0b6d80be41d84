//! The loop over instructions.

use std::convert::Infallible;
use std::rc::Rc;

use super::super::opcode::{FIELDS_PER_FLUSH, Op, from_float_byte, index_k, is_k};
use super::super::state::{Closure, Event, Function};
use super::super::thread::{After, Kind};
use super::super::value::*;
use super::operate::{Done, calculate};
use super::{Origin, Stop, Vm, text};

/// How many steps are taken from the budget at once.
const FUEL: u32 = 256;

impl Vm {
    /// Runs until something other than an instruction is to be done.
    pub(super) fn execute(&mut self) -> Stop {
        match self.instructions() {
            Ok(never) => match never {},
            Err(stop) => stop,
        }
    }

    /// A step more; from time to time garbage is collected.
    #[inline]
    pub(super) fn step(&mut self) -> Result<(), Error> {
        if self.fuel == 0 {
            self.state.spend(FUEL as usize)?;
            self.fuel = FUEL;
            if self.state.wants_collection() {
                self.collect();
            }
        }
        self.fuel -= 1;
        Ok(())
    }

    #[inline]
    fn save(&mut self, pc: usize) {
        if let Some(frame) = self.thread.frames.last_mut() {
            frame.pc = pc;
        }
    }

    fn instructions(&mut self) -> Result<Infallible, Stop> {
        // Each turn is for another function, or the same one after a call.
        'function: loop {
            let Some(frame) = self.thread.frames.last() else {
                return Err(text("nothing runs").into());
            };
            let Some(Function::Lua(closure)) = self.state.functions.get(frame.function.0) else {
                return Err(text("no code").into());
            };
            let proto = Rc::clone(&closure.proto);
            let upvalues = Rc::clone(&closure.upvalues);
            let env = closure.env;
            let base = frame.base;
            let mut pc = frame.pc;
            let code = proto.code.as_slice();
            let constants = proto.constants.as_slice();

            macro_rules! register {
                ($at:expr) => {
                    self.thread.stack[base + $at as usize]
                };
            }
            macro_rules! either {
                ($at:expr) => {
                    if is_k($at) {
                        constants[index_k($at) as usize]
                    } else {
                        register!($at)
                    }
                };
            }
            macro_rules! origin {
                ($at:expr) => {
                    if is_k($at) {
                        Origin::Elsewhere
                    } else {
                        Origin::Register(base + $at as usize)
                    }
                };
            }
            // Goes on here, or with the function that was called.
            macro_rules! went {
                ($done:expr) => {
                    if let Done::Called = $done {
                        continue 'function;
                    }
                };
            }
            macro_rules! arithmetic {
                ($event:ident, $i:expr) => {{
                    let (left, right) = (either!($i.b()), either!($i.c()));
                    if let (Value::Number(left), Value::Number(right)) = (left, right) {
                        register!($i.a()) = Value::Number(calculate(Event::$event, left, right));
                    } else {
                        self.save(pc);
                        let left = (left, origin!($i.b()));
                        let right = (right, origin!($i.c()));
                        let to = base + $i.a() as usize;
                        went!(self.arithmetic(Event::$event, left, right, to)?);
                    }
                }};
            }
            macro_rules! jump {
                () => {
                    pc = (pc as i64 + i64::from(code[pc].sbx()) + 1) as usize
                };
            }
            macro_rules! branch {
                ($take:expr) => {
                    if $take {
                        jump!();
                    } else {
                        pc += 1;
                    }
                };
            }

            loop {
                if self.fuel == 0 {
                    self.save(pc + 1); // as if the next instruction ran
                    self.step()?;
                    self.fuel += 1;
                }
                self.fuel -= 1;
                let i = code[pc];
                pc += 1;
                match i.op() {
                    Op::Move => register!(i.a()) = register!(i.b()),
                    Op::LoadK => register!(i.a()) = constants[i.bx() as usize],
                    Op::LoadBool => {
                        register!(i.a()) = Value::Bool(i.b() != 0);
                        pc += usize::from(i.c() != 0);
                    }
                    Op::LoadNil => {
                        let (from, to) = (base + i.a() as usize, base + i.b() as usize);
                        self.thread.stack[from..=to].fill(Value::Nil);
                    }
                    Op::GetUpval => register!(i.a()) = self.upvalue(upvalues[i.b() as usize]),
                    Op::GetGlobal => {
                        let key = constants[i.bx() as usize];
                        let table = self.state.table(env);
                        let value = table.get(key, &self.state.strings);
                        match table.plain(value) {
                            Some(value) => register!(i.a()) = value,
                            None => {
                                self.save(pc);
                                let to = base + i.a() as usize;
                                let globals = Value::Table(env);
                                went!(self.index(globals, key, Origin::Elsewhere, to)?);
                            }
                        }
                    }
                    Op::GetTable => {
                        let (object, key) = (register!(i.b()), either!(i.c()));
                        let plain = match object {
                            Value::Table(id) => {
                                let table = self.state.table(id);
                                table.plain(table.get(key, &self.state.strings))
                            }
                            _ => None,
                        };
                        match plain {
                            Some(value) => register!(i.a()) = value,
                            None => {
                                self.save(pc);
                                let to = base + i.a() as usize;
                                went!(self.index(object, key, origin!(i.b()), to)?);
                            }
                        }
                    }
                    Op::SetGlobal => {
                        let (key, value) = (constants[i.bx() as usize], register!(i.a()));
                        self.save(pc);
                        let globals = Value::Table(env);
                        went!(self.set_index(globals, key, value, Origin::Elsewhere)?);
                    }
                    Op::SetUpval => {
                        let value = register!(i.a());
                        self.set_upvalue(upvalues[i.b() as usize], value);
                    }
                    Op::SetTable => {
                        let object = register!(i.a());
                        let (key, value) = (either!(i.b()), either!(i.c()));
                        self.save(pc);
                        went!(self.set_index(object, key, value, origin!(i.a()))?);
                    }
                    Op::NewTable => {
                        self.save(pc);
                        let array = from_float_byte(i.b()) as usize;
                        let hash = from_float_byte(i.c()) as usize;
                        let table = self.with_room(|state| state.new_table(array, hash))?;
                        register!(i.a()) = Value::Table(table);
                    }
                    Op::SelfOp => {
                        let (object, key) = (register!(i.b()), either!(i.c()));
                        register!(i.a() + 1) = object;
                        self.save(pc);
                        let to = base + i.a() as usize;
                        went!(self.index(object, key, origin!(i.b()), to)?);
                    }
                    Op::Add => arithmetic!(Add, i),
                    Op::Sub => arithmetic!(Sub, i),
                    Op::Mul => arithmetic!(Mul, i),
                    Op::Div => arithmetic!(Div, i),
                    Op::Mod => arithmetic!(Mod, i),
                    Op::Pow => arithmetic!(Pow, i),
                    Op::Unm => {
                        let value = register!(i.b());
                        if let Value::Number(number) = value {
                            register!(i.a()) = Value::Number(-number);
                        } else {
                            self.save(pc);
                            let operand = (value, origin!(i.b()));
                            let to = base + i.a() as usize;
                            went!(self.arithmetic(Event::Unm, operand, operand, to)?);
                        }
                    }
                    Op::Not => register!(i.a()) = Value::Bool(!register!(i.b()).truth()),
                    Op::Len => {
                        self.save(pc);
                        let to = base + i.a() as usize;
                        went!(self.length(register!(i.b()), origin!(i.b()), to)?);
                    }
                    Op::Concat => {
                        self.save(pc);
                        let last = base + i.c() as usize;
                        let total = (i.c() - i.b() + 1) as usize;
                        went!(self.concat(last, total, base + i.a() as usize)?);
                    }
                    Op::Jmp => pc = (pc as i64 + i64::from(i.sbx())) as usize,
                    Op::Eq => {
                        let expected = i.a() != 0;
                        self.save(pc);
                        match self.equal(either!(i.b()), either!(i.c()), expected)? {
                            Done::Now(equal) => branch!(equal == expected),
                            Done::Called => continue 'function,
                        }
                    }
                    Op::Lt | Op::Le => {
                        let expected = i.a() != 0;
                        let or_equal = i.op() == Op::Le;
                        let (left, right) = (either!(i.b()), either!(i.c()));
                        if let (Value::Number(left), Value::Number(right)) = (left, right) {
                            let holds = if or_equal {
                                left <= right
                            } else {
                                left < right
                            };
                            branch!(holds == expected);
                        } else {
                            self.save(pc);
                            match self.ordered(left, right, or_equal, expected)? {
                                Done::Now(holds) => branch!(holds == expected),
                                Done::Called => continue 'function,
                            }
                        }
                    }
                    Op::Test => branch!(register!(i.a()).truth() == (i.c() != 0)),
                    Op::TestSet => {
                        let value = register!(i.b());
                        let take = value.truth() == (i.c() != 0);
                        if take {
                            register!(i.a()) = value;
                        }
                        branch!(take);
                    }
                    Op::Call => {
                        self.save(pc);
                        let at = base + i.a() as usize;
                        let top = match i.b() {
                            0 => self.thread.top,
                            count => at + count as usize,
                        };
                        let after = After::Call((i.c() as usize).checked_sub(1));
                        self.call(at, top, after, proto.native)?;
                        continue 'function;
                    }
                    Op::TailCall => {
                        self.save(pc);
                        let at = base + i.a() as usize;
                        let top = match i.b() {
                            0 => self.thread.top,
                            count => at + count as usize,
                        };
                        if !self.tail_call(at, top)? {
                            self.call(at, top, After::Call(None), proto.native)?;
                        }
                        continue 'function;
                    }
                    Op::Return => {
                        let first = base + i.a() as usize;
                        let count = match i.b() {
                            0 => self.thread.top - first,
                            count => count as usize - 1,
                        };
                        self.close(base);
                        let Some(frame) = self.thread.frames.pop() else {
                            return Err(text("nothing runs").into());
                        };
                        self.uncount(&frame);
                        let stack = &mut self.thread.stack;
                        match frame.after {
                            After::Call(Some(wanted)) => {
                                let given = count.min(wanted);
                                stack.copy_within(first..first + given, frame.at);
                                stack[frame.at + given..frame.at + wanted].fill(Value::Nil);
                            }
                            After::Call(None) => {
                                stack.copy_within(first..first + count, frame.at);
                                self.thread.top = frame.at + count;
                            }
                            after => {
                                self.out.clear();
                                self.out.extend_from_slice(&stack[first..first + count]);
                                self.give(frame.at, after)?;
                            }
                        }
                        continue 'function;
                    }
                    Op::ForLoop => {
                        let (Value::Number(index), Value::Number(limit), Value::Number(step)) =
                            (register!(i.a()), register!(i.a() + 1), register!(i.a() + 2))
                        else {
                            return Err(text("'for' lost its numbers").into());
                        };
                        let index = index + step;
                        let goes_on = if step > 0.0 {
                            index <= limit
                        } else {
                            limit <= index
                        };
                        if goes_on {
                            pc = (pc as i64 + i64::from(i.sbx())) as usize;
                            register!(i.a()) = Value::Number(index);
                            register!(i.a() + 3) = Value::Number(index);
                        }
                    }
                    Op::ForPrep => {
                        self.save(pc);
                        let mut numbers = [0.0; 3];
                        let names = ["initial value", "limit", "step"];
                        for (at, name) in names.iter().enumerate() {
                            let value = register!(i.a() + at as u32);
                            let Some(number) = self.state.to_number(value) else {
                                return Err(text(&format!("'for' {name} must be a number")).into());
                            };
                            numbers[at] = number;
                            register!(i.a() + at as u32) = Value::Number(number);
                        }
                        register!(i.a()) = Value::Number(numbers[0] - numbers[2]);
                        pc = (pc as i64 + i64::from(i.sbx())) as usize;
                    }
                    Op::TForLoop => {
                        self.save(pc);
                        let at = base + i.a() as usize + 3;
                        self.thread.stack.copy_within(at - 3..at, at);
                        self.call(at, at + 3, After::For(i.c() as usize), true)?;
                        continue 'function;
                    }
                    Op::SetList => {
                        self.save(pc);
                        let at = base + i.a() as usize;
                        let count = match i.b() {
                            0 => self.thread.top - at - 1,
                            count => count as usize,
                        };
                        let block = match i.c() {
                            0 => {
                                pc += 1;
                                code[pc - 1].0
                            }
                            block => block,
                        };
                        let Value::Table(table) = self.thread.stack[at] else {
                            return Err(text("a list needs a table").into());
                        };
                        let first = (block as usize - 1) * FIELDS_PER_FLUSH as usize;
                        self.state.spend(count / 4)?;
                        self.with_room(|state| state.reserve_array(table, first + count))?;
                        for n in (1..=count).rev() {
                            let value = self.thread.stack[at + n];
                            self.with_room(|state| state.set_index(table, first + n, value))?;
                        }
                    }
                    Op::Close => self.close(base + i.a() as usize),
                    Op::Closure => {
                        let inner = &proto.protos[i.bx() as usize];
                        let count = usize::from(inner.upvalue_count);
                        let mut captured = Vec::with_capacity(count);
                        for from in &code[pc..pc + count] {
                            captured.push(match from.op() {
                                Op::GetUpval => upvalues[from.b() as usize],
                                _ => self.open_upvalue(base + from.b() as usize)?,
                            });
                        }
                        pc += count;
                        self.save(pc);
                        let captured: Rc<[u32]> = captured.into();
                        let function = self.with_room(|state| {
                            state.closure(Closure {
                                proto: Rc::clone(inner),
                                upvalues: Rc::clone(&captured),
                                env,
                            })
                        })?;
                        register!(i.a()) = function;
                    }
                    Op::Vararg => {
                        let Some(frame) = self.thread.frames.last() else {
                            return Err(text("nothing runs").into());
                        };
                        let passed = base - frame.at - 1;
                        let extra = passed.saturating_sub(usize::from(proto.params));
                        let at = base + i.a() as usize;
                        let wanted = match i.b() {
                            0 => {
                                self.save(pc);
                                self.grow(at + extra + 1)?;
                                self.thread.top = at + extra;
                                extra
                            }
                            count => count as usize - 1,
                        };
                        self.state.spend(wanted / 16)?;
                        let given = wanted.min(extra);
                        let from = base - extra;
                        self.thread.stack.copy_within(from..from + given, at);
                        self.thread.stack[at + given..at + wanted].fill(Value::Nil);
                    }
                }
            }
        }
    }

    /// Puts a function written in Lua in the place of the one that calls it last. False: it is none.
    fn tail_call(&mut self, at: usize, top: usize) -> Result<bool, Error> {
        let function = self.thread.stack[at];
        let proto = match function {
            Value::Function(id) => match self.state.functions.get(id.0) {
                // One that counts as written in C leaves its caller where an error finds it.
                Some(Function::Lua(closure)) if !closure.proto.native => Rc::clone(&closure.proto),
                _ => return Ok(false),
            },
            _ => return Ok(false),
        };
        let Some(frame) = self.thread.frames.last().copied() else {
            return Ok(false);
        };
        if frame.kind != Kind::Lua {
            return Ok(false);
        }
        self.close(frame.base);
        self.thread.stack.copy_within(at..top, frame.at);
        let top = frame.at + top - at;
        self.thread.top = top;
        self.thread.frames.pop();
        self.enter(function, &proto, frame.at, top, frame.after, frame.counted)?;
        if let Some(entered) = self.thread.frames.last_mut() {
            entered.tail_calls = frame.tail_calls + 1;
        }
        Ok(true)
    }
}
