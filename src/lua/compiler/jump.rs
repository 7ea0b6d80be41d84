//! Jumps whose target is not known yet. They are kept in lists that are linked through the jumps themselves;
//! the order within a list is of no account.

use super::super::opcode::*;
use super::code::*;
use super::lex::Result;

impl Compiler<'_> {
    /// Adds a jump, and takes over the list of those that lead to it.
    pub fn emit_jump(&mut self) -> Result<i32> {
        let pending = std::mem::replace(&mut self.function.pending, NO_JUMP);
        let jump = self.emit(Instruction::asbx(Op::Jmp, 0, NO_JUMP))? as i32;
        self.join(jump, pending)
    }

    /// Adds a test and the jump that it decides on.
    pub fn emit_conditional_jump(&mut self, op: Op, a: u32, b: u32, c: u32) -> Result<i32> {
        self.emit_abc(op, a, b, c)?;
        self.emit_jump()
    }

    /// Marks the next instruction as the target of a jump, so that it is not joined to the one before.
    pub fn label(&mut self) -> i32 {
        self.function.last_target = self.function.pc();
        self.function.last_target
    }

    /// Joins two lists; the first is walked, so it should be the short one.
    pub fn join(&mut self, short: i32, other: i32) -> Result<i32> {
        if other == NO_JUMP {
            return Ok(short);
        }
        if short == NO_JUMP {
            return Ok(other);
        }
        let mut last = short;
        loop {
            let next = self.following(last);
            if next == NO_JUMP {
                break;
            }
            last = next;
        }
        self.set_target(last, other)?;
        Ok(short)
    }

    /// The list's jumps lead to an instruction.
    pub fn patch(&mut self, list: i32, target: i32) -> Result<()> {
        if target == self.function.pc() {
            self.patch_to_here(list)
        } else {
            self.patch_values(list, target, NO_REGISTER, target)
        }
    }

    /// The list's jumps lead to the next instruction.
    pub fn patch_to_here(&mut self, list: i32) -> Result<()> {
        self.label();
        self.function.pending = self.join(self.function.pending, list)?;
        Ok(())
    }

    /// Lets the pending jumps lead to the instruction that is about to be added.
    pub fn settle_pending(&mut self) -> Result<()> {
        let pending = std::mem::replace(&mut self.function.pending, NO_JUMP);
        let here = self.function.pc();
        self.patch_values(pending, here, NO_REGISTER, here)
    }

    /// The list's jumps that bring a value lead to one instruction, and put the value into a register; the
    /// others lead to another.
    pub fn patch_values(
        &mut self,
        mut list: i32,
        with_value: i32,
        register: u32,
        without: i32,
    ) -> Result<()> {
        while list != NO_JUMP {
            let next = self.following(list);
            let target = match self.patch_test(list, register) {
                true => with_value,
                false => without,
            };
            self.set_target(list, target)?;
            list = next;
        }
        Ok(())
    }

    /// Whether one of the list's jumps brings no value.
    pub fn needs_value(&mut self, mut list: i32) -> bool {
        while list != NO_JUMP {
            if self.control(list).op() != Op::TestSet {
                return true;
            }
            list = self.following(list);
        }
        false
    }

    fn remove_values(&mut self, mut list: i32) {
        while list != NO_JUMP {
            self.patch_test(list, NO_REGISTER);
            list = self.following(list);
        }
    }

    fn set_target(&mut self, jump: i32, target: i32) -> Result<()> {
        let offset = target - (jump + 1);
        if offset.abs() > MAX_SBX {
            return Err(self.lexer.error_here(b"control structure too long"));
        }
        self.function.instruction(jump as u32).set_sbx(offset);
        Ok(())
    }

    /// The jump after this one in its list.
    fn following(&mut self, jump: i32) -> i32 {
        match self.function.instruction(jump as u32).sbx() {
            NO_JUMP => NO_JUMP,
            offset => jump + 1 + offset,
        }
    }

    /// The test that decides on a jump, or the jump itself if there is none.
    fn control(&mut self, jump: i32) -> &mut Instruction {
        let jump = jump as u32;
        let tested = jump >= 1 && self.function.instruction(jump - 1).op().is_test();
        self.function.instruction(jump - u32::from(tested))
    }

    /// Names the register for the value that a jump brings. False if it brings none.
    fn patch_test(&mut self, jump: i32, register: u32) -> bool {
        let test = self.control(jump);
        if test.op() != Op::TestSet {
            return false;
        }
        if register != NO_REGISTER && register != test.b() {
            test.set_a(register);
        } else {
            *test = Instruction::abc(Op::Test, test.b(), 0, test.c());
        }
        true
    }

    fn invert(&mut self, jump: i32) {
        let test = self.control(jump);
        test.set_a(u32::from(test.a() == 0));
    }

    /// Adds a jump that is taken if a value's truth is this.
    fn jump_if(&mut self, value: &mut Expression, truth: bool) -> Result<i32> {
        if let Place::Relocatable(pc) = value.place {
            let instruction = *self.function.instruction(pc);
            if instruction.op() == Op::Not {
                self.function.proto.code.pop();
                self.function.proto.lines.pop();
                let register = instruction.b();
                return self.emit_conditional_jump(Op::Test, register, 0, u32::from(!truth));
            }
        }
        self.discharge(value)?;
        self.function.free_expression(value);
        let Place::Register(register) = value.place else {
            return Ok(NO_JUMP);
        };
        self.emit_conditional_jump(Op::TestSet, NO_REGISTER, register, u32::from(truth))
    }

    /// Goes on where a value is true, and jumps away where it is not.
    pub fn go_if_true(&mut self, value: &mut Expression) -> Result<()> {
        self.read_variable(value)?;
        let jump = match value.place {
            Place::Constant(_) | Place::Number(_) | Place::True => NO_JUMP,
            Place::Jump(jump) => {
                self.invert(jump);
                jump
            }
            _ => self.jump_if(value, false)?,
        };
        value.when_false = self.join(jump, value.when_false)?;
        self.patch_to_here(value.when_true)?;
        value.when_true = NO_JUMP;
        Ok(())
    }

    /// Goes on where a value is false, and jumps away where it is not.
    pub fn go_if_false(&mut self, value: &mut Expression) -> Result<()> {
        self.read_variable(value)?;
        let jump = match value.place {
            Place::Nil | Place::False => NO_JUMP,
            Place::Jump(jump) => jump,
            _ => self.jump_if(value, true)?,
        };
        value.when_true = self.join(jump, value.when_true)?;
        self.patch_to_here(value.when_false)?;
        value.when_false = NO_JUMP;
        Ok(())
    }

    /// Codes `not`.
    pub fn emit_not(&mut self, operand: &mut Expression) -> Result<()> {
        self.read_variable(operand)?;
        match operand.place {
            Place::Nil | Place::False => operand.place = Place::True,
            Place::Constant(_) | Place::Number(_) | Place::True => operand.place = Place::False,
            Place::Jump(jump) => self.invert(jump),
            _ => {
                self.discharge(operand)?;
                self.function.free_expression(operand);
                if let Place::Register(register) = operand.place {
                    let pc = self.emit_abc(Op::Not, 0, register, 0)?;
                    operand.place = Place::Relocatable(pc);
                }
            }
        }
        std::mem::swap(&mut operand.when_true, &mut operand.when_false);
        self.remove_values(operand.when_false);
        self.remove_values(operand.when_true);
        Ok(())
    }
}
