//! Operators: `not`, `and`, `or` and comparisons are jumps, the others have an instruction each.

use super::super::opcode::*;
use super::code::*;
use super::lex::Result;

/// An operator with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// One whose instruction has two operands that may be constants.
    Arithmetic(Op),
    /// `..`
    Concat,
    /// A comparison: its instruction, and what must come out of it.
    Compare(Op, bool),
    /// `and`
    And,
    /// `or`
    Or,
}

impl Compiler<'_> {
    /// Codes `-`, where the operand is no numeral, or `#`.
    fn emit_unary(&mut self, op: Op, operand: &mut Expression) -> Result<()> {
        let register = self.load_any_register(operand)?;
        self.function.free_expression(operand);
        operand.place = Place::Relocatable(self.emit_abc(op, 0, register, 0)?);
        Ok(())
    }

    /// Codes `-`.
    pub fn emit_minus(&mut self, operand: &mut Expression) -> Result<()> {
        match operand.numeral() {
            Some(number) => {
                operand.place = Place::Number(-number);
                Ok(())
            }
            None => self.emit_unary(Op::Unm, operand),
        }
    }

    /// Codes `#`.
    pub fn emit_length(&mut self, operand: &mut Expression) -> Result<()> {
        self.emit_unary(Op::Len, operand)
    }

    fn emit_arithmetic(
        &mut self,
        op: Op,
        left: &mut Expression,
        right: &mut Expression,
    ) -> Result<()> {
        if let (Some(one), Some(other)) = (left.numeral(), right.numeral())
            && let Some(number) = fold(op, one, other)
        {
            left.place = Place::Number(number);
            return Ok(());
        }
        let right_rk = self.load_rk(right)?;
        let left_rk = self.load_rk(left)?;
        if left_rk > right_rk {
            self.function.free_expression(left);
            self.function.free_expression(right);
        } else {
            self.function.free_expression(right);
            self.function.free_expression(left);
        }
        left.place = Place::Relocatable(self.emit_abc(op, 0, left_rk, right_rk)?);
        Ok(())
    }

    fn emit_comparison(
        &mut self,
        op: Op,
        expected: bool,
        left: &mut Expression,
        right: &mut Expression,
    ) -> Result<()> {
        let mut one = self.load_rk(left)?;
        let mut other = self.load_rk(right)?;
        self.function.free_expression(right);
        self.function.free_expression(left);
        let mut expected = expected;
        if !expected && op != Op::Eq {
            // `a > b` is `b < a`.
            (one, other) = (other, one);
            expected = true;
        }
        let jump = self.emit_conditional_jump(op, u32::from(expected), one, other)?;
        left.place = Place::Jump(jump);
        Ok(())
    }

    /// What is to be coded between an operator's first operand and its second.
    pub fn infix(&mut self, operator: Binary, left: &mut Expression) -> Result<()> {
        match operator {
            Binary::And => self.go_if_true(left),
            Binary::Or => self.go_if_false(left),
            Binary::Concat => self.load_next_register(left),
            Binary::Arithmetic(_) if left.numeral().is_some() => Ok(()),
            Binary::Arithmetic(_) | Binary::Compare(..) => {
                self.load_rk(left)?;
                Ok(())
            }
        }
    }

    /// Codes an operator once both operands are read; the result takes the place of the first.
    pub fn postfix(
        &mut self,
        operator: Binary,
        left: &mut Expression,
        right: &mut Expression,
    ) -> Result<()> {
        match operator {
            Binary::And => {
                self.read_variable(right)?;
                right.when_false = self.join(right.when_false, left.when_false)?;
                *left = *right;
            }
            Binary::Or => {
                self.read_variable(right)?;
                right.when_true = self.join(right.when_true, left.when_true)?;
                *left = *right;
            }
            Binary::Concat => {
                self.load_value(right)?;
                if let (Place::Relocatable(pc), Place::Register(first)) = (right.place, left.place)
                    && self.function.instruction(pc).op() == Op::Concat
                {
                    self.function.free_expression(left);
                    self.function.instruction(pc).set_b(first);
                    left.place = right.place;
                } else {
                    self.load_next_register(right)?;
                    self.emit_arithmetic(Op::Concat, left, right)?;
                }
            }
            Binary::Arithmetic(op) => self.emit_arithmetic(op, left, right)?,
            Binary::Compare(op, expected) => self.emit_comparison(op, expected, left, right)?,
        }
        Ok(())
    }
}

/// The result of an operator on two numerals, unless it is left to when the script runs.
fn fold(op: Op, left: f64, right: f64) -> Option<f64> {
    let number = match op {
        Op::Add => left + right,
        Op::Sub => left - right,
        Op::Mul => left * right,
        Op::Div if right != 0.0 => left / right,
        Op::Mod if right != 0.0 => left - (left / right).floor() * right,
        Op::Pow => left.powf(right),
        _ => return None,
    };
    Some(number).filter(|number| !number.is_nan())
}
