//! From expressions to instructions: registers and constants.

use std::rc::Rc;

use hashbrown::HashTable;

use super::super::opcode::*;
use super::super::proto::{LocalName, Proto};
use super::super::value::{StrId, Value};
use super::lex::{Lexer, Result};

/// The end of a list of jumps.
pub const NO_JUMP: i32 = -1;
/// A register that does not exist.
pub const NO_REGISTER: u32 = MAX_A;
/// The number of values that says: all there are.
pub const ALL: i32 = -1;
/// The most registers that a function may use.
const MAX_STACK: u32 = 250;

/// Where the value of an expression is, as far as that is settled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// No value.
    Void,
    /// The constant nil.
    Nil,
    /// The constant true.
    True,
    /// The constant false.
    False,
    /// A constant of the function.
    Constant(u32),
    /// A number that is no constant of the function yet.
    Number(f64),
    /// A local variable's register.
    Local(u32),
    /// An upvalue.
    Upvalue(u32),
    /// A global, named by a constant.
    Global(u32),
    /// A table's register, and its key's, which may be a constant (an RK).
    Indexed(u32, u32),
    /// A comparison, which is a jump at this instruction.
    Jump(i32),
    /// The result of this instruction, whose register is yet to be chosen.
    Relocatable(u32),
    /// A register.
    Register(u32),
    /// The call at this instruction, whose number of results is yet to be chosen.
    Call(u32),
    /// `...` at this instruction, likewise.
    Vararg(u32),
}

/// An expression: its value's place, and the jumps that leave it early.
#[derive(Clone, Copy, Debug)]
pub struct Expression {
    /// Where its value is.
    pub place: Place,
    /// The list of jumps that leave it when it is true.
    pub when_true: i32,
    /// The list of jumps that leave it when it is false.
    pub when_false: i32,
}

impl From<Place> for Expression {
    fn from(place: Place) -> Self {
        Self {
            place,
            when_true: NO_JUMP,
            when_false: NO_JUMP,
        }
    }
}

impl Expression {
    /// Whether it has jumps that leave it.
    pub fn has_jumps(&self) -> bool {
        self.when_true != self.when_false
    }

    /// Whether it may give any number of values.
    pub fn is_open(&self) -> bool {
        matches!(self.place, Place::Call(_) | Place::Vararg(_))
    }

    /// The number that it is, if it is nothing but that.
    pub fn numeral(&self) -> Option<f64> {
        match self.place {
            Place::Number(number) if self.when_true == NO_JUMP && self.when_false == NO_JUMP => {
                Some(number)
            }
            _ => None,
        }
    }
}

/// A block of a function that is being compiled.
#[derive(Debug)]
pub struct Block {
    /// The jumps out of this loop.
    pub breaks: i32,
    /// How many local variables there are outside it.
    pub locals: u32,
    /// Whether a function inside uses one of its variables.
    pub upvalue: bool,
    /// Whether it is a loop.
    pub is_loop: bool,
}

/// Where a closure finds one of its upvalues when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// In this register of the function around it.
    Local(u32),
    /// It is this upvalue of the function around it.
    Upvalue(u32),
}

/// A function that is being compiled.
#[derive(Debug)]
pub struct Function {
    /// What there is of it.
    pub proto: Proto,
    /// The function around it.
    pub outer: Option<Box<Function>>,
    /// The blocks that are open.
    pub blocks: Vec<Block>,
    /// Where each of its upvalues comes from.
    pub captures: Vec<Capture>,
    /// The declared local variables by register, as places in the prototype's `locals`.
    pub declared: Vec<u32>,
    /// How many of these can be seen already.
    pub active: u32,
    /// The first free register.
    pub free: u32,
    /// The last instruction that a jump may lead to.
    pub last_target: i32,
    /// The list of jumps that lead to the next instruction.
    pub pending: i32,
    /// The constants by value.
    index: HashTable<u32>,
}

impl Function {
    /// An empty function.
    pub fn new(source: Rc<[u8]>, native: bool, line: u32) -> Self {
        let proto = Proto {
            source,
            native,
            line_defined: line,
            // Two registers can always be used.
            max_stack: 2,
            ..Proto::default()
        };
        Self {
            proto,
            outer: None,
            blocks: Vec::new(),
            captures: Vec::new(),
            declared: Vec::new(),
            active: 0,
            free: 0,
            last_target: -1,
            pending: NO_JUMP,
            index: HashTable::new(),
        }
    }

    /// The place of the next instruction.
    pub fn pc(&self) -> i32 {
        self.proto.code.len() as i32
    }

    /// The instruction that an expression's place names.
    pub fn instruction(&mut self, pc: u32) -> &mut Instruction {
        &mut self.proto.code[pc as usize]
    }

    /// The declared local variable of a register.
    pub fn local(&mut self, register: u32) -> &mut LocalName {
        &mut self.proto.locals[self.declared[register as usize] as usize]
    }

    /// Frees a register that holds no variable.
    fn free_register(&mut self, register: u32) {
        if !is_k(register) && register >= self.active {
            self.free -= 1;
        }
    }

    /// Frees the register that holds an expression's value, if it is in one.
    pub fn free_expression(&mut self, expression: &Expression) {
        if let Place::Register(register) = expression.place {
            self.free_register(register);
        }
    }
}

/// Two constants are one where a table would take them for the same key: so 0 and -0 are.
fn constant_hash(value: Value) -> u64 {
    let bits = match value {
        Value::Number(0.0) => 0,
        Value::Number(number) => number.to_bits(),
        Value::Str(id) => u64::from(id.0) << 2 | 1,
        Value::Bool(truth) => 2 | u64::from(truth) << 2,
        _ => 3,
    };
    let mixed = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 29
}

/// What compiles a script.
pub struct Compiler<'a> {
    /// Where its tokens come from.
    pub lexer: Lexer<'a>,
    /// The innermost function.
    pub function: Box<Function>,
    /// How deeply blocks and expressions are nested.
    pub depth: u32,
}

impl Compiler<'_> {
    /// Adds an instruction.
    pub fn emit(&mut self, instruction: Instruction) -> Result<u32> {
        self.settle_pending()?;
        let proto = &mut self.function.proto;
        proto.code.push(instruction);
        proto.lines.push(self.lexer.last_line);
        Ok(proto.code.len() as u32 - 1)
    }

    /// Adds an instruction with three arguments.
    pub fn emit_abc(&mut self, op: Op, a: u32, b: u32, c: u32) -> Result<u32> {
        self.emit(Instruction::abc(op, a, b, c))
    }

    /// Adds an instruction with two arguments.
    pub fn emit_abx(&mut self, op: Op, a: u32, bx: u32) -> Result<u32> {
        self.emit(Instruction::abx(op, a, bx))
    }

    /// Gives the last instruction another line.
    pub fn fix_line(&mut self, line: u32) {
        if let Some(last) = self.function.proto.lines.last_mut() {
            *last = line;
        }
    }

    /// Sets registers to nil; joined to the instruction before if that does the same.
    pub fn emit_nil(&mut self, from: u32, count: u32) -> Result<()> {
        let function = &mut self.function;
        if function.pc() > function.last_target {
            let active = function.active;
            match function.proto.code.last_mut() {
                // At a function's start registers are nil.
                None if from >= active => return Ok(()),
                Some(last)
                    if last.op() == Op::LoadNil && last.a() <= from && from <= last.b() + 1 =>
                {
                    last.set_b((from + count - 1).max(last.b()));
                    return Ok(());
                }
                _ => {}
            }
        }
        self.emit_abc(Op::LoadNil, from, from + count - 1, 0)?;
        Ok(())
    }

    /// Returns some registers.
    pub fn emit_return(&mut self, first: u32, count: i32) -> Result<()> {
        self.emit_abc(Op::Return, first, (count + 1) as u32, 0)?;
        Ok(())
    }

    /// Stores items of a list in the table of a register.
    pub fn emit_set_list(&mut self, base: u32, total: u32, pending: i32) -> Result<()> {
        let c = total.saturating_sub(1) / FIELDS_PER_FLUSH + 1;
        let b = if pending == ALL { 0 } else { pending as u32 };
        if c <= 511 {
            self.emit_abc(Op::SetList, base, b, c)?;
        } else {
            self.emit_abc(Op::SetList, base, b, 0)?;
            self.emit(Instruction(c))?;
        }
        self.function.free = base + 1;
        Ok(())
    }

    /// Sees to it that some more registers can be used.
    pub fn check_stack(&mut self, count: u32) -> Result<()> {
        let needed = self.function.free + count;
        if needed > u32::from(self.function.proto.max_stack) {
            if needed >= MAX_STACK {
                let message = b"function or expression too complex";
                return Err(self.lexer.error_here(message));
            }
            self.function.proto.max_stack = needed as u8;
        }
        Ok(())
    }

    /// Takes some more registers.
    pub fn reserve(&mut self, count: u32) -> Result<()> {
        self.check_stack(count)?;
        self.function.free += count;
        Ok(())
    }

    /// The place of a constant, added if it is new.
    fn constant(&mut self, value: Value) -> Result<u32> {
        let Function { proto, index, .. } = &mut *self.function;
        let constants = &mut proto.constants;
        let known = index.find(constant_hash(value), |at| constants[*at as usize] == value);
        if let Some(at) = known {
            return Ok(*at);
        }
        let at = constants.len() as u32;
        if at >= MAX_BX {
            return Err(b"constant table overflow".to_vec());
        }
        constants.push(value);
        index.insert_unique(constant_hash(value), at, |at| {
            constant_hash(constants[*at as usize])
        });
        Ok(at)
    }

    /// The place of a string among the constants.
    pub fn string_constant(&mut self, string: StrId) -> Result<u32> {
        self.constant(Value::Str(string))
    }

    /// The place of a number among the constants.
    pub fn number_constant(&mut self, number: f64) -> Result<u32> {
        self.constant(Value::Number(number))
    }

    /// Says how many values an open expression is to give.
    pub fn set_results(&mut self, expression: &Expression, count: i32) -> Result<()> {
        let wanted = (count + 1) as u32;
        match expression.place {
            Place::Call(pc) => self.function.instruction(pc).set_c(wanted),
            Place::Vararg(pc) => {
                let free = self.function.free;
                let instruction = self.function.instruction(pc);
                instruction.set_b(wanted);
                instruction.set_a(free);
                self.reserve(1)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// An open expression is to give one value.
    pub fn set_one_result(&mut self, expression: &mut Expression) {
        match expression.place {
            Place::Call(pc) => {
                expression.place = Place::Register(self.function.instruction(pc).a());
            }
            Place::Vararg(pc) => {
                self.function.instruction(pc).set_b(2);
                expression.place = Place::Relocatable(pc);
            }
            _ => {}
        }
    }

    /// Reads the variable that an expression stands for.
    pub fn read_variable(&mut self, expression: &mut Expression) -> Result<()> {
        expression.place = match expression.place {
            Place::Local(register) => Place::Register(register),
            Place::Upvalue(at) => Place::Relocatable(self.emit_abc(Op::GetUpval, 0, at, 0)?),
            Place::Global(name) => Place::Relocatable(self.emit_abx(Op::GetGlobal, 0, name)?),
            Place::Indexed(table, key) => {
                self.function.free_register(key);
                self.function.free_register(table);
                Place::Relocatable(self.emit_abc(Op::GetTable, 0, table, key)?)
            }
            Place::Call(_) | Place::Vararg(_) => {
                self.set_one_result(expression);
                return Ok(());
            }
            _ => return Ok(()),
        };
        Ok(())
    }

    /// Puts an expression's value into a register, its jumps left as they are.
    fn discharge_to(&mut self, expression: &mut Expression, register: u32) -> Result<()> {
        self.read_variable(expression)?;
        match expression.place {
            Place::Nil => self.emit_nil(register, 1)?,
            Place::True | Place::False => {
                let truth = u32::from(expression.place == Place::True);
                self.emit_abc(Op::LoadBool, register, truth, 0)?;
            }
            Place::Constant(constant) => {
                self.emit_abx(Op::LoadK, register, constant)?;
            }
            Place::Number(number) => {
                let constant = self.number_constant(number)?;
                self.emit_abx(Op::LoadK, register, constant)?;
            }
            Place::Relocatable(pc) => self.function.instruction(pc).set_a(register),
            Place::Register(from) => {
                if from != register {
                    self.emit_abc(Op::Move, register, from, 0)?;
                }
            }
            _ => return Ok(()),
        }
        expression.place = Place::Register(register);
        Ok(())
    }

    /// Puts an expression's value into a register, whichever, its jumps left as they are.
    pub fn discharge(&mut self, expression: &mut Expression) -> Result<()> {
        if let Place::Register(_) = expression.place {
            return Ok(());
        }
        self.reserve(1)?;
        self.discharge_to(expression, self.function.free - 1)
    }

    /// Puts an expression's value into a register, also where its jumps lead.
    pub fn load_register(&mut self, expression: &mut Expression, register: u32) -> Result<()> {
        self.discharge_to(expression, register)?;
        let is_jump = matches!(expression.place, Place::Jump(_));
        if let Place::Jump(jump) = expression.place {
            expression.when_true = self.join(expression.when_true, jump)?;
        }
        if expression.has_jumps() {
            let mut load_false = NO_JUMP;
            let mut load_true = NO_JUMP;
            if self.needs_value(expression.when_true) || self.needs_value(expression.when_false) {
                let over = if is_jump { NO_JUMP } else { self.emit_jump()? };
                self.label();
                load_false = self.emit_abc(Op::LoadBool, register, 0, 1)? as i32;
                self.label();
                load_true = self.emit_abc(Op::LoadBool, register, 1, 0)? as i32;
                self.patch_to_here(over)?;
            }
            let end = self.label();
            self.patch_values(expression.when_false, end, register, load_false)?;
            self.patch_values(expression.when_true, end, register, load_true)?;
        }
        *expression = Place::Register(register).into();
        Ok(())
    }

    /// Puts an expression's value into the next free register.
    pub fn load_next_register(&mut self, expression: &mut Expression) -> Result<()> {
        self.read_variable(expression)?;
        self.function.free_expression(expression);
        self.reserve(1)?;
        self.load_register(expression, self.function.free - 1)
    }

    /// Puts an expression's value into a register, and says which.
    pub fn load_any_register(&mut self, expression: &mut Expression) -> Result<u32> {
        self.read_variable(expression)?;
        if let Place::Register(register) = expression.place {
            if !expression.has_jumps() {
                return Ok(register);
            }
            if register >= self.function.active {
                self.load_register(expression, register)?;
                return Ok(register);
            }
        }
        self.load_next_register(expression)?;
        // The register that was taken just now.
        Ok(self.function.free - 1)
    }

    /// Settles an expression to a value, which may be a constant.
    pub fn load_value(&mut self, expression: &mut Expression) -> Result<()> {
        if expression.has_jumps() {
            self.load_any_register(expression)?;
            Ok(())
        } else {
            self.read_variable(expression)
        }
    }

    /// Settles an expression to a register or a constant that an RK can name.
    pub fn load_rk(&mut self, expression: &mut Expression) -> Result<u32> {
        self.load_value(expression)?;
        let value = match expression.place {
            Place::Number(number) => Some(Value::Number(number)),
            Place::True => Some(Value::Bool(true)),
            Place::False => Some(Value::Bool(false)),
            Place::Nil => Some(Value::Nil),
            _ => None,
        };
        if let Some(value) = value
            && self.function.proto.constants.len() <= MAX_INDEX_RK as usize
        {
            expression.place = Place::Constant(self.constant(value)?);
        }
        match expression.place {
            Place::Constant(constant) if constant <= MAX_INDEX_RK => Ok(constant | BIT_RK),
            _ => self.load_any_register(expression),
        }
    }

    /// Assigns a value to a variable.
    pub fn store(&mut self, variable: Place, value: &mut Expression) -> Result<()> {
        match variable {
            Place::Local(register) => {
                self.function.free_expression(value);
                return self.load_register(value, register);
            }
            Place::Upvalue(at) => {
                let register = self.load_any_register(value)?;
                self.emit_abc(Op::SetUpval, register, at, 0)?;
            }
            Place::Global(name) => {
                let register = self.load_any_register(value)?;
                self.emit_abx(Op::SetGlobal, register, name)?;
            }
            Place::Indexed(table, key) => {
                let value = self.load_rk(value)?;
                self.emit_abc(Op::SetTable, table, key, value)?;
            }
            _ => {}
        }
        self.function.free_expression(value);
        Ok(())
    }

    /// Prepares a call of a method: the function and the object in two registers.
    pub fn emit_self(&mut self, object: &mut Expression, name: &mut Expression) -> Result<()> {
        let register = self.load_any_register(object)?;
        self.function.free_expression(object);
        let function = self.function.free;
        self.reserve(2)?;
        let name_rk = self.load_rk(name)?;
        self.emit_abc(Op::SelfOp, function, register, name_rk)?;
        self.function.free_expression(name);
        object.place = Place::Register(function);
        Ok(())
    }

    /// Makes an expression, which is in a register, stand for a field of its value.
    pub fn index(&mut self, table: &mut Expression, key: &mut Expression) -> Result<()> {
        let key = self.load_rk(key)?;
        if let Place::Register(register) = table.place {
            table.place = Place::Indexed(register, key);
        }
        Ok(())
    }
}
