//! Instructions: 5.1's register bytecode, with its encoding in 32 bits.

/// What an instruction does. In the comments R is a register, K a constant, RK either of them.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `A B`: R(A) := R(B).
    Move,
    /// `A Bx`: R(A) := K(Bx).
    LoadK,
    /// `A B C`: R(A) := (B ≠ 0); skips one if C ≠ 0.
    LoadBool,
    /// `A B`: R(A) … R(B) := nil.
    LoadNil,
    /// `A B`: R(A) := upvalue B.
    GetUpval,
    /// `A Bx`: R(A) := the global K(Bx).
    GetGlobal,
    /// `A B C`: R(A) := R(B)[RK(C)].
    GetTable,
    /// `A Bx`: the global K(Bx) := R(A).
    SetGlobal,
    /// `A B`: upvalue B := R(A).
    SetUpval,
    /// `A B C`: R(A)[RK(B)] := RK(C).
    SetTable,
    /// `A B C`: R(A) := {}, its sizes as [`from_float_byte`] reads them.
    NewTable,
    /// `A B C`: R(A+1) := R(B); R(A) := R(B)[RK(C)].
    SelfOp,
    /// `A B C`: R(A) := RK(B) + RK(C).
    Add,
    /// `A B C`: R(A) := RK(B) - RK(C).
    Sub,
    /// `A B C`: R(A) := RK(B) * RK(C).
    Mul,
    /// `A B C`: R(A) := RK(B) / RK(C).
    Div,
    /// `A B C`: R(A) := RK(B) % RK(C).
    Mod,
    /// `A B C`: R(A) := RK(B) ^ RK(C).
    Pow,
    /// `A B`: R(A) := -R(B).
    Unm,
    /// `A B`: R(A) := not R(B).
    Not,
    /// `A B`: R(A) := #R(B).
    Len,
    /// `A B C`: R(A) := R(B) .. … .. R(C).
    Concat,
    /// `sBx`: goes on sBx further.
    Jmp,
    /// `A B C`: skips one if (RK(B) == RK(C)) ≠ A.
    Eq,
    /// `A B C`: skips one if (RK(B) < RK(C)) ≠ A.
    Lt,
    /// `A B C`: skips one if (RK(B) <= RK(C)) ≠ A.
    Le,
    /// `A C`: skips one if R(A)'s truth is not C.
    Test,
    /// `A B C`: R(A) := R(B) if its truth is C, else skips one.
    TestSet,
    /// `A B C`: R(A) … R(A+C-2) := R(A)(R(A+1) … R(A+B-1)); B or C of 0: up to the top.
    Call,
    /// `A B`: returns R(A)(R(A+1) … R(A+B-1)).
    TailCall,
    /// `A B`: returns R(A) … R(A+B-2); B of 0: up to the top.
    Return,
    /// `A sBx`: R(A) += R(A+2); if within R(A+1), goes on sBx further and R(A+3) := R(A).
    ForLoop,
    /// `A sBx`: R(A) -= R(A+2); goes on sBx further.
    ForPrep,
    /// `A C`: R(A+3) … R(A+2+C) := R(A)(R(A+1), R(A+2)); if R(A+3) is nil skips one, else R(A+2) := R(A+3).
    TForLoop,
    /// `A B C`: R(A)[(C-1) × 50 + i] := R(A+i) for i from 1 to B, see [`FIELDS_PER_FLUSH`]; B of 0: up to the
    /// top; C of 0: C is the next instruction, whole.
    SetList,
    /// `A`: closes all upvalues from R(A) up.
    Close,
    /// `A Bx`: R(A) := a closure of function Bx; a Move or GetUpval for each of its upvalues follows.
    Closure,
    /// `A B`: R(A) … R(A+B-2) := what was passed beyond the parameters; B of 0: all of it, and sets the top.
    Vararg,
}

/// Every opcode in order, filled up to what six bits can say.
const OPS: [Op; 64] = {
    use Op::*;
    let mut ops = [Return; 64];
    let known = [
        Move, LoadK, LoadBool, LoadNil, GetUpval, GetGlobal, GetTable, SetGlobal, SetUpval,
        SetTable, NewTable, SelfOp, Add, Sub, Mul, Div, Mod, Pow, Unm, Not, Len, Concat, Jmp, Eq,
        Lt, Le, Test, TestSet, Call, TailCall, Return, ForLoop, ForPrep, TForLoop, SetList, Close,
        Closure, Vararg,
    ];
    let mut at = 0;
    while at < known.len() {
        ops[at] = known[at];
        at += 1;
    }
    ops
};

/// The largest A.
pub const MAX_A: u32 = (1 << 8) - 1;
/// The largest Bx.
pub const MAX_BX: u32 = (1 << 18) - 1;
/// The largest sBx, and what is added to one when it is written.
pub const MAX_SBX: i32 = (MAX_BX >> 1) as i32;
/// The bit of an RK that says that it is a constant.
pub const BIT_RK: u32 = 1 << 8;
/// The largest constant that an RK can name.
pub const MAX_INDEX_RK: u32 = BIT_RK - 1;
/// How many items of a list one SetList stores.
pub const FIELDS_PER_FLUSH: u32 = 50;

/// Whether an RK is a constant.
#[inline]
pub fn is_k(rk: u32) -> bool {
    rk & BIT_RK != 0
}

/// The constant that an RK names.
#[inline]
pub fn index_k(rk: u32) -> u32 {
    rk & !BIT_RK
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction(pub u32);

impl Instruction {
    /// One with three arguments.
    #[inline]
    pub fn abc(op: Op, a: u32, b: u32, c: u32) -> Self {
        Self(op as u32 | (a & 0xff) << 6 | (c & 0x1ff) << 14 | (b & 0x1ff) << 23)
    }

    /// One with two arguments, the second of 18 bits.
    #[inline]
    pub fn abx(op: Op, a: u32, bx: u32) -> Self {
        Self(op as u32 | (a & 0xff) << 6 | (bx & MAX_BX) << 14)
    }

    /// One with two arguments, the second with a sign.
    #[inline]
    pub fn asbx(op: Op, a: u32, sbx: i32) -> Self {
        Self::abx(op, a, sbx.wrapping_add(MAX_SBX) as u32)
    }

    /// What it does.
    #[inline]
    pub fn op(self) -> Op {
        OPS[(self.0 & 63) as usize]
    }

    /// Argument A.
    #[inline]
    pub fn a(self) -> u32 {
        self.0 >> 6 & 0xff
    }

    /// Argument B.
    #[inline]
    pub fn b(self) -> u32 {
        self.0 >> 23
    }

    /// Argument C.
    #[inline]
    pub fn c(self) -> u32 {
        self.0 >> 14 & 0x1ff
    }

    /// Arguments B and C as one number.
    #[inline]
    pub fn bx(self) -> u32 {
        self.0 >> 14
    }

    /// Arguments B and C as one number with a sign.
    #[inline]
    pub fn sbx(self) -> i32 {
        self.bx() as i32 - MAX_SBX
    }

    /// Gives it another opcode.
    pub fn set_op(&mut self, op: Op) {
        self.0 = self.0 & !63 | op as u32;
    }

    /// Gives it another A.
    pub fn set_a(&mut self, a: u32) {
        self.0 = self.0 & !(0xff << 6) | (a & 0xff) << 6;
    }

    /// Gives it another B.
    pub fn set_b(&mut self, b: u32) {
        self.0 = self.0 & !(0x1ff << 23) | (b & 0x1ff) << 23;
    }

    /// Gives it another C.
    pub fn set_c(&mut self, c: u32) {
        self.0 = self.0 & !(0x1ff << 14) | (c & 0x1ff) << 14;
    }

    /// Gives it another sBx.
    pub fn set_sbx(&mut self, sbx: i32) {
        *self = Self::asbx(self.op(), self.a(), sbx);
    }
}

impl Op {
    /// Whether it only decides if the next instruction, a jump, is taken.
    pub fn is_test(self) -> bool {
        use Op::*;
        matches!(self, Eq | Lt | Le | Test | TestSet | TForLoop)
    }

    /// Whether it writes to R(A).
    pub fn sets_a(self) -> bool {
        use Op::*;
        !matches!(
            self,
            SetGlobal
                | SetUpval
                | SetTable
                | Jmp
                | Eq
                | Lt
                | Le
                | Return
                | TForLoop
                | SetList
                | Close
        )
    }
}

/// A size as NewTable holds it, rounded up: five bits of exponent, three of mantissa.
pub fn to_float_byte(mut size: u32) -> u32 {
    let mut exponent = 0;
    while size >= 16 {
        size = (size + 1) >> 1;
        exponent += 1;
    }
    if size < 8 {
        size
    } else {
        (exponent + 1) << 3 | (size - 8)
    }
}

/// The size that a NewTable's argument stands for.
pub fn from_float_byte(byte: u32) -> u32 {
    let exponent = byte >> 3 & 31;
    if exponent == 0 {
        byte
    } else {
        ((byte & 7) + 8)
            .checked_shl(exponent - 1)
            .unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opcode_has_its_number() {
        assert_eq!(OPS.iter().position(|op| *op == Op::Vararg), Some(37));
        for (number, op) in OPS.iter().enumerate().take(38) {
            assert_eq!(*op as usize, number);
            assert_eq!(Instruction::abc(*op, 255, 511, 511).op(), *op);
        }
    }

    #[test]
    fn arguments_are_read_as_written() {
        let mut abc = Instruction::abc(Op::SetTable, 200, 300, 17);
        assert_eq!((abc.a(), abc.b(), abc.c()), (200, 300, 17));
        abc.set_a(3);
        abc.set_b(511);
        abc.set_c(0);
        abc.set_op(Op::GetTable);
        assert_eq!(abc, Instruction::abc(Op::GetTable, 3, 511, 0));
        for sbx in [-MAX_SBX, -1, 0, 1, MAX_SBX + 1] {
            let mut jump = Instruction::asbx(Op::Jmp, 9, sbx);
            assert_eq!((jump.a(), jump.sbx()), (9, sbx));
            jump.set_sbx(5);
            assert_eq!(jump, Instruction::asbx(Op::Jmp, 9, 5));
        }
        assert_eq!(Instruction::abx(Op::LoadK, 1, MAX_BX).bx(), MAX_BX);
        assert!(is_k(BIT_RK | 7) && !is_k(255));
        assert_eq!(index_k(BIT_RK | 7), 7);
    }

    #[test]
    fn sizes_are_rounded_up_to_a_float_byte() {
        let pairs = [
            (0, 0),
            (7, 7),
            (8, 8),
            (15, 15),
            (16, 16),
            (17, 17),
            (18, 17),
            (1000, 64),
        ];
        for (size, byte) in pairs {
            assert_eq!(to_float_byte(size), byte, "{size}");
            assert!(from_float_byte(byte) >= size);
        }
        assert_eq!(from_float_byte(64), 1024);
    }
}
