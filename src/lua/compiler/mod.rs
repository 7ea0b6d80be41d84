//! Statements, and the whole of a script.

mod code;
mod expression;
mod jump;
mod lex;
mod operator;
mod scope;

use super::opcode::*;
use super::proto::Proto;
use super::strings::Strings;
use super::value::StrId;
use code::*;
use lex::{Lexer, Result, Token};

/// How deeply blocks and expressions may be nested.
const MAX_DEPTH: u32 = 200;
/// Compiles a script. The name is as the reference takes it: `@user_script`, `=name`, or the script itself;
/// `native` is for functions that count as not written in Lua. An error is the whole message.
pub fn compile(
    source: &[u8],
    chunk_name: &[u8],
    native: bool,
    strings: &mut Strings,
) -> Result<Proto> {
    compile_at_depth(source, chunk_name, native, 0, strings)
}

/// Compiles a script for one that runs: how deeply that is nested in calls that are not written in Lua takes
/// away from what this one may nest.
pub fn compile_at_depth(
    source: &[u8],
    chunk_name: &[u8],
    native: bool,
    depth: u32,
    strings: &mut Strings,
) -> Result<Proto> {
    let mut main = Function::new(chunk_name.into(), native, 0);
    main.proto.is_vararg = true;
    let mut compiler = Compiler {
        lexer: Lexer::new(source, chunk_name, strings),
        function: Box::new(main),
        depth,
    };
    compiler.lexer.next_token()?;
    compiler.chunk()?;
    compiler.check(Token::EndOfScript)?;
    compiler.end_function()?;
    Ok(compiler.function.proto)
}

impl Compiler<'_> {
    /// Goes past a token if it is the current one.
    pub fn take(&mut self, token: Token) -> Result<bool> {
        let taken = self.lexer.token == token;
        if taken {
            self.lexer.next_token()?;
        }
        Ok(taken)
    }

    /// Goes past a byte if it is the current token.
    pub fn take_byte(&mut self, byte: u8) -> Result<bool> {
        self.take(Token::Byte(byte))
    }

    fn expected(&self, token: Token) -> Vec<u8> {
        let message = [b"'".as_slice(), &token.text(), b"' expected"].concat();
        self.lexer.error_here(&message)
    }

    fn check(&self, token: Token) -> Result<()> {
        match self.lexer.token == token {
            true => Ok(()),
            false => Err(self.expected(token)),
        }
    }

    /// Goes past a token that must be the current one.
    pub fn expect(&mut self, token: Token) -> Result<()> {
        self.check(token)?;
        self.lexer.next_token()
    }

    /// Goes past a token that must close what another began on some line.
    pub fn expect_match(&mut self, what: Token, opened: Token, line: u32) -> Result<()> {
        if self.take(what)? {
            return Ok(());
        }
        if line == self.lexer.line {
            return Err(self.expected(what));
        }
        let mut message = [b"'".as_slice(), &what.text(), b"' expected (to close '"].concat();
        message.extend(opened.text());
        message.extend(format!("' at line {line})").into_bytes());
        Err(self.lexer.error_here(&message))
    }

    /// Goes past a name that must be the current token.
    pub fn expect_name(&mut self) -> Result<StrId> {
        let Token::Name(name) = self.lexer.token else {
            return Err(self.expected(Token::Name(StrId(0))));
        };
        self.lexer.next_token()?;
        Ok(name)
    }

    /// Goes one level deeper into blocks and expressions.
    pub fn enter_level(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.lexer.error(b"chunk has too many syntax levels", None));
        }
        Ok(())
    }

    /// Comes back from such a level.
    pub fn leave_level(&mut self) {
        self.depth -= 1;
    }

    /// Reads a block's statements.
    pub fn chunk(&mut self) -> Result<()> {
        self.enter_level()?;
        let mut is_last = false;
        while !is_last && !self.at_block_end() {
            is_last = self.statement()?;
            self.take_byte(b';')?;
            self.function.free = self.function.active;
        }
        self.leave_level();
        Ok(())
    }

    fn at_block_end(&self) -> bool {
        matches!(
            self.lexer.token,
            Token::Else | Token::ElseIf | Token::End | Token::Until | Token::EndOfScript
        )
    }

    fn block(&mut self) -> Result<()> {
        self.enter_block(false);
        self.chunk()?;
        self.leave_block()
    }

    /// Reads a statement; true if it must be the block's last.
    fn statement(&mut self) -> Result<bool> {
        let line = self.lexer.line;
        match self.lexer.token {
            Token::If => self.if_statement(line)?,
            Token::While => self.while_statement(line)?,
            Token::Do => {
                self.lexer.next_token()?;
                self.block()?;
                self.expect_match(Token::End, Token::Do, line)?;
            }
            Token::For => self.for_statement(line)?,
            Token::Repeat => self.repeat_statement(line)?,
            Token::Function => self.function_statement(line)?,
            Token::Local => {
                self.lexer.next_token()?;
                match self.take(Token::Function)? {
                    true => self.local_function()?,
                    false => self.local_statement()?,
                }
            }
            Token::Return => {
                self.return_statement()?;
                return Ok(true);
            }
            Token::Break => {
                self.lexer.next_token()?;
                self.break_statement()?;
                return Ok(true);
            }
            _ => self.expression_statement()?,
        }
        Ok(false)
    }

    /// Reads a condition; gives the list of jumps taken where it does not hold.
    fn condition(&mut self) -> Result<i32> {
        let mut value = self.expression()?;
        if value.place == Place::Nil {
            value.place = Place::False;
        }
        self.go_if_true(&mut value)?;
        Ok(value.when_false)
    }

    fn break_statement(&mut self) -> Result<()> {
        let blocks = &self.function.blocks;
        let Some(at) = blocks.iter().rposition(|block| block.is_loop) else {
            return Err(self.lexer.error_here(b"no loop to break"));
        };
        let upvalue = blocks[at + 1..].iter().any(|block| block.upvalue);
        if upvalue {
            let locals = blocks[at].locals;
            self.emit_abc(Op::Close, locals, 0, 0)?;
        }
        let jump = self.emit_jump()?;
        let breaks = self.function.blocks[at].breaks;
        self.function.blocks[at].breaks = self.join(jump, breaks)?;
        Ok(())
    }

    fn while_statement(&mut self, line: u32) -> Result<()> {
        self.lexer.next_token()?;
        let start = self.label();
        let exit = self.condition()?;
        self.enter_block(true);
        self.expect(Token::Do)?;
        self.block()?;
        let back = self.emit_jump()?;
        self.patch(back, start)?;
        self.expect_match(Token::End, Token::While, line)?;
        self.leave_block()?;
        self.patch_to_here(exit)
    }

    fn repeat_statement(&mut self, line: u32) -> Result<()> {
        let start = self.label();
        self.enter_block(true);
        self.enter_block(false);
        self.lexer.next_token()?;
        self.chunk()?;
        self.expect_match(Token::Until, Token::Repeat, line)?;
        let exit = self.condition()?;
        if self
            .function
            .blocks
            .last()
            .is_some_and(|inner| inner.upvalue)
        {
            // The inner block has to be closed on either way.
            self.break_statement()?;
            self.patch_to_here(exit)?;
            self.leave_block()?;
            let back = self.emit_jump()?;
            self.patch(back, start)?;
        } else {
            self.leave_block()?;
            self.patch(exit, start)?;
        }
        self.leave_block()
    }

    fn for_statement(&mut self, line: u32) -> Result<()> {
        self.enter_block(true);
        self.lexer.next_token()?;
        let name = self.expect_name()?;
        match self.lexer.token {
            Token::Byte(b'=') => self.numeric_for(name, line)?,
            Token::Byte(b',') | Token::In => self.generic_for(name)?,
            _ => return Err(self.lexer.error_here(b"'=' or 'in' expected")),
        }
        self.expect_match(Token::End, Token::For, line)?;
        self.leave_block()
    }

    fn next_register(&mut self) -> Result<()> {
        let mut value = self.expression()?;
        self.load_next_register(&mut value)
    }

    fn numeric_for(&mut self, name: StrId, line: u32) -> Result<()> {
        let base = self.function.free;
        self.declare_named("(for index)", 0)?;
        self.declare_named("(for limit)", 1)?;
        self.declare_named("(for step)", 2)?;
        self.declare(name, 3)?;
        self.expect(Token::Byte(b'='))?;
        self.next_register()?;
        self.expect(Token::Byte(b','))?;
        self.next_register()?;
        if self.take_byte(b',')? {
            self.next_register()?;
        } else {
            let step = self.number_constant(1.0)?;
            self.emit_abx(Op::LoadK, self.function.free, step)?;
            self.reserve(1)?;
        }
        self.for_body(base, line, 1, true)
    }

    fn generic_for(&mut self, name: StrId) -> Result<()> {
        let base = self.function.free;
        self.declare_named("(for generator)", 0)?;
        self.declare_named("(for state)", 1)?;
        self.declare_named("(for control)", 2)?;
        self.declare(name, 3)?;
        let mut count = 1;
        while self.take_byte(b',')? {
            let name = self.expect_name()?;
            self.declare(name, 3 + count)?;
            count += 1;
        }
        self.expect(Token::In)?;
        let line = self.lexer.line;
        let (values, mut last) = self.expressions()?;
        self.adjust(3, values, &mut last)?;
        self.check_stack(3)?;
        self.for_body(base, line, count, false)
    }

    fn for_body(&mut self, base: u32, line: u32, count: u32, numeric: bool) -> Result<()> {
        self.activate(3);
        self.expect(Token::Do)?;
        let enter = match numeric {
            true => self.emit(Instruction::asbx(Op::ForPrep, base, NO_JUMP))? as i32,
            false => self.emit_jump()?,
        };
        self.enter_block(false);
        self.activate(count);
        self.reserve(count)?;
        self.block()?;
        self.leave_block()?;
        self.patch_to_here(enter)?;
        let mut back = match numeric {
            true => self.emit(Instruction::asbx(Op::ForLoop, base, NO_JUMP))? as i32,
            false => self.emit_abc(Op::TForLoop, base, 0, count)? as i32,
        };
        // An error in the loop's own step is one of its first line.
        self.fix_line(line);
        if !numeric {
            back = self.emit_jump()?;
        }
        self.patch(back, enter + 1)
    }

    fn test_then_block(&mut self) -> Result<i32> {
        self.lexer.next_token()?;
        let exit = self.condition()?;
        self.expect(Token::Then)?;
        self.block()?;
        Ok(exit)
    }

    fn if_statement(&mut self, line: u32) -> Result<()> {
        let mut escape = NO_JUMP;
        let mut exit = self.test_then_block()?;
        while self.lexer.token == Token::ElseIf {
            let jump = self.emit_jump()?;
            escape = self.join(jump, escape)?;
            self.patch_to_here(exit)?;
            exit = self.test_then_block()?;
        }
        if self.lexer.token == Token::Else {
            let jump = self.emit_jump()?;
            escape = self.join(jump, escape)?;
            self.patch_to_here(exit)?;
            self.lexer.next_token()?;
            self.block()?;
        } else {
            escape = self.join(exit, escape)?;
        }
        self.patch_to_here(escape)?;
        self.expect_match(Token::End, Token::If, line)
    }

    fn local_function(&mut self) -> Result<()> {
        let name = self.expect_name()?;
        self.declare(name, 0)?;
        let register = self.function.free;
        self.reserve(1)?;
        self.activate(1);
        let mut body = self.body(false, self.lexer.line)?;
        self.store(Place::Local(register), &mut body)?;
        // Only from here on can the variable be seen in a look at the locals.
        let pc = self.function.pc() as u32;
        let last = self.function.active - 1;
        self.function.local(last).start_pc = pc;
        Ok(())
    }

    fn local_statement(&mut self) -> Result<()> {
        let mut count = 0;
        loop {
            let name = self.expect_name()?;
            self.declare(name, count)?;
            count += 1;
            if !self.take_byte(b',')? {
                break;
            }
        }
        let (values, mut last) = match self.take_byte(b'=')? {
            true => self.expressions()?,
            false => (0, Place::Void.into()),
        };
        self.adjust(count, values, &mut last)?;
        self.activate(count);
        Ok(())
    }

    /// Makes as many values of a list of expressions as there are variables for them.
    fn adjust(&mut self, variables: u32, values: u32, last: &mut Expression) -> Result<()> {
        let missing = variables as i32 - values as i32;
        if last.is_open() {
            // It makes up for what is missing, itself included.
            let count = (missing + 1).max(0);
            self.set_results(last, count)?;
            if count > 1 {
                self.reserve(count as u32 - 1)?;
            }
            return Ok(());
        }
        if last.place != Place::Void {
            self.load_next_register(last)?;
        }
        if missing > 0 {
            let from = self.function.free;
            self.reserve(missing as u32)?;
            self.emit_nil(from, missing as u32)?;
        }
        Ok(())
    }

    fn function_statement(&mut self, line: u32) -> Result<()> {
        self.lexer.next_token()?;
        let mut variable = self.variable()?;
        let mut has_self = false;
        while self.lexer.token == Token::Byte(b'.') {
            self.field(&mut variable)?;
        }
        if self.lexer.token == Token::Byte(b':') {
            has_self = true;
            self.field(&mut variable)?;
        }
        let mut body = self.body(has_self, line)?;
        self.store(variable.place, &mut body)?;
        // The definition happens on its first line.
        self.fix_line(line);
        Ok(())
    }

    fn return_statement(&mut self) -> Result<()> {
        self.lexer.next_token()?;
        if self.at_block_end() || self.lexer.token == Token::Byte(b';') {
            return self.emit_return(0, 0);
        }
        let (values, mut last) = self.expressions()?;
        let active = self.function.active;
        if last.is_open() {
            self.set_results(&last, ALL)?;
            if let Place::Call(pc) = last.place
                && values == 1
            {
                self.function.instruction(pc).set_op(Op::TailCall);
            }
            self.emit_return(active, ALL)
        } else if values == 1 {
            let register = self.load_any_register(&mut last)?;
            self.emit_return(register, 1)
        } else {
            self.load_next_register(&mut last)?;
            self.emit_return(active, values as i32)
        }
    }

    fn expression_statement(&mut self) -> Result<()> {
        let first = self.primary()?;
        if let Place::Call(pc) = first.place {
            self.function.instruction(pc).set_c(1);
            return Ok(());
        }
        self.assignment(first)
    }

    /// Reads an assignment from behind its first variable on.
    fn assignment(&mut self, first: Expression) -> Result<()> {
        let mut variables = vec![first.place];
        self.check_variable(first.place)?;
        while self.take_byte(b',')? {
            let variable = self.primary()?.place;
            if let Place::Local(register) = variable {
                self.save_local(&mut variables, register)?;
            }
            let most = MAX_DEPTH.saturating_sub(self.depth);
            if variables.len() > most as usize {
                return Err(self.limit(most, "variables in assignment"));
            }
            variables.push(variable);
            self.check_variable(variable)?;
        }
        self.expect(Token::Byte(b'='))?;
        let (values, mut last) = self.expressions()?;
        let count = variables.len() as u32;
        if values == count {
            self.set_one_result(&mut last);
            if let Some(variable) = variables.pop() {
                self.store(variable, &mut last)?;
            }
        } else {
            self.adjust(count, values, &mut last)?;
            if values > count {
                self.function.free -= values - count;
            }
        }
        while let Some(variable) = variables.pop() {
            let mut value = Place::Register(self.function.free - 1).into();
            self.store(variable, &mut value)?;
        }
        Ok(())
    }

    fn check_variable(&self, variable: Place) -> Result<()> {
        match variable {
            Place::Local(_) | Place::Upvalue(_) | Place::Global(_) | Place::Indexed(..) => Ok(()),
            _ => Err(self.lexer.error_here(b"syntax error")),
        }
    }

    /// Where a local variable that is assigned to is used by a variable before it, lets that use a copy.
    fn save_local(&mut self, before: &mut [Place], local: u32) -> Result<()> {
        let copy = self.function.free;
        let mut conflict = false;
        for variable in before {
            if let Place::Indexed(table, key) = variable {
                for register in [table, key] {
                    if *register == local {
                        *register = copy;
                        conflict = true;
                    }
                }
            }
        }
        if conflict {
            self.emit_abc(Op::Move, copy, local, 0)?;
            self.reserve(1)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
