//! What a value is called in an error: found by following the code, without running it, to the instruction
//! that last wrote the value's register.

use super::opcode::*;
use super::proto::{Proto, until_null};
use super::strings::Strings;
use super::value::{StrId, Value};

/// The name of the local variable that is the nth, counted from 1, of those alive at an instruction.
pub fn local_name(proto: &Proto, number: usize, pc: usize) -> Option<StrId> {
    let nth = number.checked_sub(1)?;
    alive(proto, pc).nth(nth)
}

/// The local variables alive at an instruction, with their registers; without hidden ones.
pub fn locals_at(proto: &Proto, pc: usize, strings: &Strings) -> Vec<(StrId, usize)> {
    alive(proto, pc)
        .enumerate()
        .filter(|(_, name)| !strings.bytes(*name).starts_with(b"("))
        .map(|(register, name)| (name, register))
        .collect()
}

fn alive(proto: &Proto, pc: usize) -> impl Iterator<Item = StrId> {
    let locals = proto.locals.iter();
    locals
        .take_while(move |local| local.start_pc as usize <= pc)
        .filter(move |local| pc < local.end_pc as usize)
        .map(|local| local.name)
}

/// What kind of variable the value of a register was read from, and its name.
pub fn variable(
    proto: &Proto,
    pc: usize,
    register: usize,
    strings: &Strings,
) -> Option<(&'static str, Vec<u8>)> {
    let mut register = register;
    loop {
        if let Some(name) = local_name(proto, register + 1, pc) {
            return Some(("local", strings.bytes(name).to_vec()));
        }
        let writer = writer(proto, pc, register)?;
        let field = || match index_name(proto, writer.c()) {
            Some(name) => until_null(strings.bytes(name)).to_vec(),
            None => b"?".to_vec(),
        };
        match writer.op() {
            Op::GetGlobal => {
                let Some(Value::Str(name)) = proto.constants.get(writer.bx() as usize) else {
                    return None;
                };
                return Some(("global", strings.bytes(*name).to_vec()));
            }
            Op::Move if writer.b() < writer.a() => register = writer.b() as usize,
            Op::GetTable => return Some(("field", field())),
            Op::GetUpval => {
                let name = proto.upvalue_names.get(writer.b() as usize)?;
                return Some(("upvalue", strings.bytes(*name).to_vec()));
            }
            Op::SelfOp => return Some(("method", field())),
            _ => return None,
        }
    }
}

/// The kind and name of the variable that the function called at an instruction was read from.
pub fn called(proto: &Proto, pc: usize, strings: &Strings) -> Option<(&'static str, Vec<u8>)> {
    let instruction = proto.code.get(pc)?;
    match instruction.op() {
        Op::Call | Op::TailCall | Op::TForLoop => {
            variable(proto, pc, instruction.a() as usize, strings)
        }
        _ => None,
    }
}

/// The string that an index is, if it is a constant.
fn index_name(proto: &Proto, rk: u32) -> Option<StrId> {
    match proto.constants.get(index_k(rk) as usize) {
        Some(Value::Str(name)) if is_k(rk) => Some(*name),
        _ => None,
    }
}

/// The instruction that last wrote a register before another instruction runs. Jumps are followed where they
/// lead forward and not past that instruction.
fn writer(proto: &Proto, end: usize, register: usize) -> Option<Instruction> {
    let register = register as u32;
    let mut last = None;
    let mut pc = 0;
    while pc < end {
        let instruction = *proto.code.get(pc)?;
        let (op, a) = (instruction.op(), instruction.a());
        let mut writes = op.sets_a() && a == register;
        let mut skip = 0;
        match op {
            Op::LoadNil => writes |= a <= register && register <= instruction.b(),
            Op::SelfOp => writes |= register == a + 1,
            Op::TForLoop => writes |= register >= a + 2,
            Op::Call | Op::TailCall => writes |= register >= a,
            Op::ForLoop | Op::ForPrep | Op::Jmp => {
                let offset = usize::try_from(instruction.sbx()).unwrap_or(0);
                if pc + 1 + offset <= end {
                    skip = offset;
                }
            }
            Op::SetList if instruction.c() == 0 => skip = 1,
            Op::Closure => {
                let inner = proto.protos.get(instruction.bx() as usize);
                skip = inner.map_or(0, |inner| inner.upvalue_count as usize);
            }
            _ => {}
        }
        if writes {
            last = Some(instruction);
        }
        pc += 1 + skip;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lua::compiler::compile;

    const SOURCE: &[u8] = b"local up = 1
local function f(obj, ...)
  local t = {}
  missing(obj)
  t.field.x()
  obj:method(t[1])
  up()
  t['a\\0b'](1);
  (g or h)()
  for k in t do t[k]() end
  f(f)()
  return ('x')()
end";

    fn described(found: Option<(&'static str, Vec<u8>)>) -> String {
        found.map_or_else(String::new, |(kind, name)| {
            format!("{kind} {}", String::from_utf8_lossy(&name))
        })
    }

    /// As the reference's own functions answer for this script.
    #[test]
    fn what_is_called_is_named_by_where_it_was_read_from() {
        let mut strings = Strings::default();
        let main = compile(SOURCE, b"=x", false, &mut strings).unwrap();
        let proto = &main.protos[0];
        let calls = (0..proto.code.len()).filter_map(|pc| {
            let name = described(called(proto, pc, &strings));
            let calls = matches!(proto.code[pc].op(), Op::Call | Op::TailCall | Op::TForLoop);
            assert!(calls || name.is_empty());
            calls.then(|| format!("{} {name}", proto.line(pc)))
        });
        let wanted = [
            "4 global missing",
            "5 field x",
            "6 method method",
            "7 upvalue up",
            "8 field a",
            "9 ",
            "10 field ?",
            "10 local (for generator)",
            "11 upvalue f",
            "11 ",
            "12 ",
        ];
        assert_eq!(calls.collect::<Vec<_>>(), wanted);
        // The table that `t.field.x` reads from, and the copy of a local variable that is passed.
        let index = proto.lines.iter().position(|line| *line == 5).unwrap() + 1;
        assert_eq!(
            described(variable(proto, index, 3, &strings)),
            "field field"
        );
        let call = proto.lines.iter().rposition(|line| *line == 4).unwrap();
        assert_eq!(described(variable(proto, call, 4, &strings)), "local obj");
        assert_eq!(described(variable(proto, call, 6, &strings)), "");
    }

    #[test]
    fn locals_are_named_while_they_live() {
        let mut strings = Strings::default();
        let main = compile(SOURCE, b"=x", false, &mut strings).unwrap();
        let proto = &main.protos[0];
        let names = |line, strings: &Strings| {
            let pc = proto.lines.iter().rposition(|at| *at == line).unwrap();
            let locals = locals_at(proto, pc, strings).into_iter();
            locals
                .map(|(name, register)| {
                    format!(
                        "{} {register}",
                        String::from_utf8_lossy(strings.bytes(name))
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(names(3, &strings), ["obj 0", "arg 1"]);
        assert_eq!(names(4, &strings), ["obj 0", "arg 1", "t 2"]);
        // The last instruction of that line only jumps back: `k` is gone.
        assert_eq!(names(10, &strings), ["obj 0", "arg 1", "t 2"]);
        let inner = proto.lines.iter().position(|at| *at == 10).unwrap() + 3;
        let found = locals_at(proto, inner, &strings);
        assert_eq!(found.last(), Some(&(strings.intern(b"k"), 6)));
        assert_eq!(
            local_name(proto, 4, inner),
            Some(strings.intern(b"(for generator)"))
        );
        assert_eq!(local_name(proto, 0, inner), None);
        assert_eq!(local_name(proto, 8, inner), None);
    }
}
