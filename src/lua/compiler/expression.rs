//! Expressions, variables and the bodies of functions.

use super::super::opcode::*;
use super::code::*;
use super::lex::{Result, Token};
use super::operator::Binary;
use super::scope::resolve;

/// How tightly an operator with one operand binds.
const UNARY: u8 = 8;

/// An operator with two operands, and how tightly it binds to its left and to its right.
#[derive(Clone, Copy)]
struct Operator {
    binary: Binary,
    left: u8,
    right: u8,
}

/// The operator that a token is.
fn operator(token: Token) -> Option<Operator> {
    use Binary::*;
    let (binary, left, right) = match token {
        Token::Byte(b'+') => (Arithmetic(Op::Add), 6, 6),
        Token::Byte(b'-') => (Arithmetic(Op::Sub), 6, 6),
        Token::Byte(b'*') => (Arithmetic(Op::Mul), 7, 7),
        Token::Byte(b'/') => (Arithmetic(Op::Div), 7, 7),
        Token::Byte(b'%') => (Arithmetic(Op::Mod), 7, 7),
        Token::Byte(b'^') => (Arithmetic(Op::Pow), 10, 9),
        Token::Concat => (Concat, 5, 4),
        Token::NotEqual => (Compare(Op::Eq, false), 3, 3),
        Token::Equal => (Compare(Op::Eq, true), 3, 3),
        Token::Byte(b'<') => (Compare(Op::Lt, true), 3, 3),
        Token::LessEqual => (Compare(Op::Le, true), 3, 3),
        Token::Byte(b'>') => (Compare(Op::Lt, false), 3, 3),
        Token::GreaterEqual => (Compare(Op::Le, false), 3, 3),
        Token::And => (And, 2, 2),
        Token::Or => (Or, 1, 1),
        _ => return None,
    };
    Some(Operator {
        binary,
        left,
        right,
    })
}

impl Compiler<'_> {
    /// Reads an expression.
    pub fn expression(&mut self) -> Result<Expression> {
        Ok(self.operation(0)?.0)
    }

    /// Reads one or more expressions; all but the last are put into registers.
    pub fn expressions(&mut self) -> Result<(u32, Expression)> {
        let mut count = 1;
        let mut last = self.expression()?;
        while self.take_byte(b',')? {
            self.load_next_register(&mut last)?;
            last = self.expression()?;
            count += 1;
        }
        Ok((count, last))
    }

    /// Reads an expression of operators that bind more tightly than `limit`; also gives the operator that
    /// follows and does not.
    fn operation(&mut self, limit: u8) -> Result<(Expression, Option<Operator>)> {
        self.enter_level()?;
        let unary = self.lexer.token;
        let mut value = match unary {
            Token::Not | Token::Byte(b'-' | b'#') => {
                self.lexer.next_token()?;
                let (mut operand, _) = self.operation(UNARY)?;
                match unary {
                    Token::Not => self.emit_not(&mut operand)?,
                    Token::Byte(b'-') => self.emit_minus(&mut operand)?,
                    _ => self.emit_length(&mut operand)?,
                }
                operand
            }
            _ => self.simple()?,
        };
        let mut next = operator(self.lexer.token);
        while let Some(Operator {
            binary,
            left,
            right,
        }) = next
            && left > limit
        {
            self.lexer.next_token()?;
            self.infix(binary, &mut value)?;
            let (mut other, after) = self.operation(right)?;
            self.postfix(binary, &mut value, &mut other)?;
            next = after;
        }
        self.leave_level();
        Ok((value, next))
    }

    fn simple(&mut self) -> Result<Expression> {
        let place = match self.lexer.token {
            Token::Number(number) => Place::Number(number),
            Token::String(string) => Place::Constant(self.string_constant(string)?),
            Token::Nil => Place::Nil,
            Token::True => Place::True,
            Token::False => Place::False,
            Token::Dots => {
                if !self.function.proto.is_vararg {
                    let message = b"cannot use '...' outside a vararg function";
                    return Err(self.lexer.error_here(message));
                }
                self.function.proto.needs_arg = false;
                Place::Vararg(self.emit_abc(Op::Vararg, 0, 1, 0)?)
            }
            Token::Byte(b'{') => return self.constructor(),
            Token::Function => {
                self.lexer.next_token()?;
                return self.body(false, self.lexer.line);
            }
            _ => return self.primary(),
        };
        self.lexer.next_token()?;
        Ok(place.into())
    }

    /// Reads a variable's name.
    pub fn variable(&mut self) -> Result<Expression> {
        let name = self.expect_name()?;
        let place = match resolve(&mut self.function, name, true) {
            Ok(Some(place)) => place,
            Ok(None) => Place::Global(self.string_constant(name)?),
            Err(message) => return Err(self.lexer.error(&message, None)),
        };
        Ok(place.into())
    }

    fn name(&mut self) -> Result<Expression> {
        let name = self.expect_name()?;
        Ok(Place::Constant(self.string_constant(name)?).into())
    }

    /// Reads `.name` or `:name` behind an expression, which then stands for that field.
    pub fn field(&mut self, table: &mut Expression) -> Result<()> {
        self.load_any_register(table)?;
        self.lexer.next_token()?;
        let mut key = self.name()?;
        self.index(table, &mut key)
    }

    /// Reads `[key]`.
    fn key(&mut self) -> Result<Expression> {
        self.lexer.next_token()?;
        let mut key = self.expression()?;
        self.load_value(&mut key)?;
        self.expect(Token::Byte(b']'))?;
        Ok(key)
    }

    /// Reads what can be called and have fields.
    pub fn primary(&mut self) -> Result<Expression> {
        let mut value = match self.lexer.token {
            Token::Byte(b'(') => {
                let line = self.lexer.line;
                self.lexer.next_token()?;
                let mut value = self.expression()?;
                self.expect_match(Token::Byte(b')'), Token::Byte(b'('), line)?;
                self.read_variable(&mut value)?;
                value
            }
            Token::Name(_) => self.variable()?,
            _ => return Err(self.lexer.error_here(b"unexpected symbol")),
        };
        loop {
            match self.lexer.token {
                Token::Byte(b'.') => self.field(&mut value)?,
                Token::Byte(b'[') => {
                    self.load_any_register(&mut value)?;
                    let mut key = self.key()?;
                    self.index(&mut value, &mut key)?;
                }
                Token::Byte(b':') => {
                    self.lexer.next_token()?;
                    let mut name = self.name()?;
                    self.emit_self(&mut value, &mut name)?;
                    self.arguments(&mut value)?;
                }
                Token::Byte(b'(' | b'{') | Token::String(_) => {
                    self.load_next_register(&mut value)?;
                    self.arguments(&mut value)?;
                }
                _ => return Ok(value),
            }
        }
    }

    /// Reads the arguments of a call of what is in a register.
    fn arguments(&mut self, called: &mut Expression) -> Result<()> {
        let line = self.lexer.line;
        let mut last = match self.lexer.token {
            Token::Byte(b'(') => {
                if line != self.lexer.last_line {
                    let message = b"ambiguous syntax (function call x new statement)";
                    return Err(self.lexer.error_here(message));
                }
                self.lexer.next_token()?;
                let last = if self.lexer.token == Token::Byte(b')') {
                    Place::Void.into()
                } else {
                    let (_, last) = self.expressions()?;
                    self.set_results(&last, ALL)?;
                    last
                };
                self.expect_match(Token::Byte(b')'), Token::Byte(b'('), line)?;
                last
            }
            Token::Byte(b'{') => self.constructor()?,
            Token::String(string) => {
                let constant = self.string_constant(string)?;
                self.lexer.next_token()?;
                Place::Constant(constant).into()
            }
            _ => return Err(self.lexer.error_here(b"function arguments expected")),
        };
        let Place::Register(base) = called.place else {
            return Ok(());
        };
        let b = if last.is_open() {
            0
        } else {
            if last.place != Place::Void {
                self.load_next_register(&mut last)?;
            }
            self.function.free - base
        };
        *called = Place::Call(self.emit_abc(Op::Call, base, b, 2)?).into();
        self.fix_line(line);
        // The call leaves one result, unless that is changed later.
        self.function.free = base + 1;
        Ok(())
    }

    /// Reads a function from its parameters on.
    pub fn body(&mut self, has_self: bool, line: u32) -> Result<Expression> {
        self.begin_function(line);
        self.expect(Token::Byte(b'('))?;
        if has_self {
            self.declare_named("self", 0)?;
            self.activate(1);
        }
        self.parameters()?;
        self.expect(Token::Byte(b')'))?;
        self.chunk()?;
        self.function.proto.last_line_defined = self.lexer.line;
        self.expect_match(Token::End, Token::Function, line)?;
        self.close_function()
    }

    fn parameters(&mut self) -> Result<()> {
        let mut count = 0;
        if self.lexer.token != Token::Byte(b')') {
            loop {
                match self.lexer.token {
                    Token::Name(name) => {
                        self.lexer.next_token()?;
                        self.declare(name, count)?;
                    }
                    Token::Dots => {
                        self.lexer.next_token()?;
                        self.declare_named("arg", count)?;
                        let proto = &mut self.function.proto;
                        proto.is_vararg = true;
                        proto.has_arg = true;
                        proto.needs_arg = true;
                    }
                    _ => return Err(self.lexer.error_here(b"<name> or '...' expected")),
                }
                count += 1;
                if self.function.proto.is_vararg || !self.take_byte(b',')? {
                    break;
                }
            }
        }
        self.activate(count);
        let active = self.function.active;
        let proto = &mut self.function.proto;
        proto.params = (active - u32::from(proto.has_arg)) as u8;
        self.reserve(active)
    }

    /// Reads a table's constructor.
    fn constructor(&mut self) -> Result<Expression> {
        let line = self.lexer.line;
        let pc = self.emit_abc(Op::NewTable, 0, 0, 0)?;
        let mut table = Expression::from(Place::Relocatable(pc));
        self.load_next_register(&mut table)?;
        let base = self.function.free - 1;
        self.expect(Token::Byte(b'{'))?;
        let mut items = Items::default();
        while self.lexer.token != Token::Byte(b'}') {
            self.store_item(base, &mut items)?;
            let is_field = match self.lexer.token {
                Token::Name(_) => self.lexer.look_ahead()? == Token::Byte(b'='),
                token => token == Token::Byte(b'['),
            };
            if is_field {
                self.record_field(base)?;
                items.fields += 1;
            } else {
                items.last = Some(self.expression()?);
                items.count += 1;
                items.pending += 1;
            }
            if !self.take_byte(b',')? && !self.take_byte(b';')? {
                break;
            }
        }
        self.expect_match(Token::Byte(b'}'), Token::Byte(b'{'), line)?;
        self.store_last_items(base, &mut items)?;
        let instruction = self.function.instruction(pc);
        instruction.set_b(to_float_byte(items.count));
        instruction.set_c(to_float_byte(items.fields));
        Ok(table)
    }

    fn record_field(&mut self, table: u32) -> Result<()> {
        let free = self.function.free;
        let mut key = match self.lexer.token {
            Token::Name(_) => self.name()?,
            _ => self.key()?,
        };
        self.expect(Token::Byte(b'='))?;
        let key = self.load_rk(&mut key)?;
        let mut value = self.expression()?;
        let value = self.load_rk(&mut value)?;
        self.emit_abc(Op::SetTable, table, key, value)?;
        self.function.free = free;
        Ok(())
    }

    /// Puts the item that was read last into its register, and stores the pending ones if they are many.
    fn store_item(&mut self, table: u32, items: &mut Items) -> Result<()> {
        let Some(mut item) = items.last.take() else {
            return Ok(());
        };
        self.load_next_register(&mut item)?;
        if items.pending == FIELDS_PER_FLUSH {
            self.emit_set_list(table, items.count, items.pending as i32)?;
            items.pending = 0;
        }
        Ok(())
    }

    fn store_last_items(&mut self, table: u32, items: &mut Items) -> Result<()> {
        if items.pending == 0 {
            return Ok(());
        }
        match items.last.take() {
            Some(last) if last.is_open() => {
                self.set_results(&last, ALL)?;
                self.emit_set_list(table, items.count, ALL)?;
                // How many it will be is not known.
                items.count -= 1;
                return Ok(());
            }
            Some(mut last) => self.load_next_register(&mut last)?,
            None => {}
        }
        self.emit_set_list(table, items.count, items.pending as i32)
    }
}

/// What of a table's constructor has been read.
#[derive(Default)]
struct Items {
    /// The item of a list that was read last and is in no register yet.
    last: Option<Expression>,
    /// How many items of a list there are.
    count: u32,
    /// How many of them are in registers and not stored yet.
    pending: u32,
    /// How many fields with a key there are.
    fields: u32,
}
