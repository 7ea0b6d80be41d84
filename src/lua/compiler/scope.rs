//! Which variables can be seen where: blocks, functions, and what functions see of those around them.

use std::rc::Rc;

use super::super::opcode::*;
use super::super::proto::LocalName;
use super::super::value::StrId;
use super::code::*;
use super::lex::Result;

/// The most local variables that one function may have at a time.
const MAX_LOCALS: u32 = 200;
/// The most local variables that one function may have in all.
const MAX_ALL_LOCALS: usize = i16::MAX as usize;
/// The most upvalues that a function may have.
const MAX_UPVALUES: u32 = 60;

/// That a function has too many of something.
fn limit_text(function: &Function, limit: u32, what: &str) -> Vec<u8> {
    match function.proto.line_defined {
        0 => format!("main function has more than {limit} {what}"),
        line => format!("function at line {line} has more than {limit} {what}"),
    }
    .into()
}

/// Finds a variable from a function outwards; where it is one of a function around, makes it an upvalue of
/// all in between. An error is without its place.
pub fn resolve(function: &mut Function, name: StrId, innermost: bool) -> Result<Option<Place>> {
    let declared = &function.declared[..function.active as usize];
    let locals = &function.proto.locals;
    let register = declared
        .iter()
        .rposition(|local| locals[*local as usize].name == name);
    if let Some(register) = register {
        let register = register as u32;
        if !innermost {
            let mut blocks = function.blocks.iter_mut().rev();
            if let Some(block) = blocks.find(|block| block.locals <= register) {
                block.upvalue = true;
            }
        }
        return Ok(Some(Place::Local(register)));
    }
    let Some(outer) = &mut function.outer else {
        return Ok(None);
    };
    let capture = match resolve(outer, name, false)? {
        Some(Place::Local(register)) => Capture::Local(register),
        Some(Place::Upvalue(at)) => Capture::Upvalue(at),
        _ => return Ok(None),
    };
    let known = function.captures.iter().position(|one| *one == capture);
    if let Some(at) = known {
        return Ok(Some(Place::Upvalue(at as u32)));
    }
    let at = function.captures.len() as u32;
    if at + 1 > MAX_UPVALUES {
        return Err(limit_text(function, MAX_UPVALUES, "upvalues"));
    }
    function.captures.push(capture);
    function.proto.upvalue_names.push(name);
    Ok(Some(Place::Upvalue(at)))
}

impl Compiler<'_> {
    /// That the current function has too many of something.
    pub fn limit(&self, limit: u32, what: &str) -> Vec<u8> {
        let message = limit_text(&self.function, limit, what);
        self.lexer.error(&message, None)
    }

    /// Declares a local variable, as the one after so many that cannot be seen yet.
    pub fn declare(&mut self, name: StrId, after: u32) -> Result<()> {
        let at = self.function.active + after;
        if at + 1 > MAX_LOCALS {
            return Err(self.limit(MAX_LOCALS, "local variables"));
        }
        let function = &mut self.function;
        if function.proto.locals.len() >= MAX_ALL_LOCALS {
            return Err(b"too many local variables".to_vec());
        }
        function.declared.truncate(at as usize);
        function.declared.push(function.proto.locals.len() as u32);
        function.proto.locals.push(LocalName {
            name,
            start_pc: 0,
            end_pc: 0,
        });
        Ok(())
    }

    /// Declares a local variable by a name that the script does not give.
    pub fn declare_named(&mut self, name: &str, after: u32) -> Result<()> {
        let name = self.lexer.strings.intern(name.as_bytes());
        self.declare(name, after)
    }

    /// Lets declared variables be seen from here on.
    pub fn activate(&mut self, count: u32) {
        let pc = self.function.pc() as u32;
        for _ in 0..count {
            let register = self.function.active;
            self.function.local(register).start_pc = pc;
            self.function.active += 1;
        }
    }

    /// Ends all local variables from a register on.
    fn end_locals(&mut self, from: u32) {
        let pc = self.function.pc() as u32;
        while self.function.active > from {
            self.function.active -= 1;
            let register = self.function.active;
            self.function.local(register).end_pc = pc;
        }
    }

    /// Begins a block.
    pub fn enter_block(&mut self, is_loop: bool) {
        let locals = self.function.active;
        self.function.blocks.push(Block {
            breaks: NO_JUMP,
            locals,
            upvalue: false,
            is_loop,
        });
    }

    /// Ends a block.
    pub fn leave_block(&mut self) -> Result<()> {
        let Some(block) = self.function.blocks.pop() else {
            return Ok(());
        };
        self.end_locals(block.locals);
        if block.upvalue {
            self.emit_abc(Op::Close, block.locals, 0, 0)?;
        }
        self.function.free = self.function.active;
        self.patch_to_here(block.breaks)
    }

    /// Begins a function inside the current one.
    pub fn begin_function(&mut self, line: u32) {
        let proto = &self.function.proto;
        let inner = Box::new(Function::new(Rc::clone(&proto.source), proto.native, line));
        let outer = std::mem::replace(&mut self.function, inner);
        self.function.outer = Some(outer);
    }

    /// Adds what every function ends with.
    pub fn end_function(&mut self) -> Result<()> {
        self.end_locals(0);
        self.emit_return(0, 0)?;
        let proto = &mut self.function.proto;
        proto.upvalue_count = proto.upvalue_names.len() as u8;
        proto.code.shrink_to_fit();
        proto.lines.shrink_to_fit();
        proto.constants.shrink_to_fit();
        proto.locals.shrink_to_fit();
        Ok(())
    }

    /// Ends a function, and makes a closure of it in the one around it.
    pub fn close_function(&mut self) -> Result<Expression> {
        self.end_function()?;
        let Some(outer) = self.function.outer.take() else {
            return Ok(Place::Void.into());
        };
        let inner = std::mem::replace(&mut self.function, outer);
        let protos = &mut self.function.proto.protos;
        let at = protos.len() as u32;
        if at >= MAX_BX {
            return Err(b"constant table overflow".to_vec());
        }
        protos.push(Rc::new(inner.proto));
        let pc = self.emit_abx(Op::Closure, 0, at)?;
        for capture in inner.captures {
            match capture {
                Capture::Local(register) => self.emit_abc(Op::Move, 0, register, 0)?,
                Capture::Upvalue(at) => self.emit_abc(Op::GetUpval, 0, at, 0)?,
            };
        }
        Ok(Place::Relocatable(pc).into())
    }
}
