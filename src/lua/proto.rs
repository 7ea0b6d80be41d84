//! What the compiler makes of a function: its code, and what it takes to say where in the source that stands.

use std::rc::Rc;

use super::opcode::Instruction;
use super::value::{StrId, Value};

/// A local variable, and where in the code it lives: from `start_pc` up to, not with, `end_pc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalName {
    /// Its name; those of hidden variables begin with `(`.
    pub name: StrId,
    /// The first instruction that sees it.
    pub start_pc: u32,
    /// The first instruction that does not see it any more.
    pub end_pc: u32,
}

/// A function as compiled; a closure adds its upvalues.
#[derive(Clone, Debug, Default)]
pub struct Proto {
    /// Its instructions, the last of which returns.
    pub code: Vec<Instruction>,
    /// Its constants: nil, booleans, numbers and strings.
    pub constants: Vec<Value>,
    /// The functions written inside it.
    pub protos: Vec<Rc<Proto>>,
    /// The line of each instruction.
    pub lines: Vec<u32>,
    /// Its local variables, in the order of their declaration.
    pub locals: Vec<LocalName>,
    /// The names of its upvalues.
    pub upvalue_names: Vec<StrId>,
    /// How many upvalues a closure of it has.
    pub upvalue_count: u8,
    /// How many parameters it has, `...` not counted.
    pub params: u8,
    /// Whether it takes `...`.
    pub is_vararg: bool,
    /// Whether it has a local `arg`, the first after the parameters; so unless it is the main function.
    pub has_arg: bool,
    /// Whether `arg` is filled with a table of what `...` stands for: so where the function has no `...` in
    /// its body.
    pub needs_arg: bool,
    /// How many registers it needs.
    pub max_stack: u8,
    /// The chunk's name as given: `@user_script`, `=name`, or the source itself.
    pub source: Rc<[u8]>,
    /// The line it begins at; 0 for the main function.
    pub line_defined: u32,
    /// The line of its `end`; 0 for the main function.
    pub last_line_defined: u32,
    /// Whether it counts as a function that is not written in Lua when an error's place is sought.
    pub native: bool,
}

impl Proto {
    /// About how many bytes it takes, with the functions inside it.
    pub fn memory(&self) -> usize {
        let own = size_of::<Self>()
            + self.code.len() * (size_of::<Instruction>() + size_of::<u32>())
            + self.constants.len() * size_of::<Value>()
            + self.locals.len() * size_of::<LocalName>()
            + self.upvalue_names.len() * size_of::<StrId>()
            + self.protos.len() * size_of::<Rc<Proto>>();
        own + self
            .protos
            .iter()
            .map(|inner| inner.memory())
            .sum::<usize>()
    }

    /// Shows every string that it holds, with the functions inside it; some more than once.
    pub fn each_string(&self, see: &mut impl FnMut(StrId)) {
        for constant in &self.constants {
            if let Value::Str(id) = constant {
                see(*id);
            }
        }
        self.locals.iter().for_each(|local| see(local.name));
        self.upvalue_names.iter().for_each(|name| see(*name));
        for inner in &self.protos {
            inner.each_string(see);
        }
    }

    /// The line of an instruction.
    pub fn line(&self, pc: usize) -> u32 {
        self.lines.get(pc).copied().unwrap_or(0)
    }
}

/// How long a chunk's name may be in an error that arises while it runs, with the byte that ends it in C.
pub const ID_SIZE: usize = 60;

/// How a chunk is named in an error that arises while it runs.
pub fn chunk_id(source: &[u8]) -> Vec<u8> {
    chunk_id_within(source, ID_SIZE)
}

/// How a chunk is named where `size` bytes are, one of which ends it in C. Names end at a null byte.
pub fn chunk_id_within(source: &[u8], size: usize) -> Vec<u8> {
    let source = until_null(source);
    match source {
        [b'=', name @ ..] => name[..name.len().min(size - 1)].to_vec(),
        [b'@', name @ ..] => {
            let room = size - b" '...' \0".len();
            if name.len() <= room {
                return name.to_vec();
            }
            [b"...", &name[name.len() - room..]].concat()
        }
        _ => {
            let room = size - b" [string \"...\"] \0".len();
            let line = source.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let shown = line.unwrap_or(source.len()).min(room);
            let dots: &[u8] = if shown < source.len() { b"..." } else { b"" };
            [b"[string \"", &source[..shown], dots, b"\"]"].concat()
        }
    }
}

/// A text as C reads it: up to its first null byte.
pub fn until_null(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| *byte == 0);
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_named_as_the_reference_names_them() {
        let cases: [(&[u8], &[u8]); 7] = [
            (b"@user_script", b"user_script"),
            (b"=name", b"name"),
            (b"return 1", b"[string \"return 1\"]"),
            (b"a\nb", b"[string \"a...\"]"),
            (b"a\0b", b"[string \"a\"]"),
            (b"", b"[string \"\"]"),
            (
                &[b'x'; 60],
                b"[string \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\"]",
            ),
        ];
        for (source, id) in cases {
            assert_eq!(chunk_id(source), id, "{}", String::from_utf8_lossy(source));
        }
        let long = [b"@".as_slice(), &[b'a'; 10], &[b'b'; 52]].concat();
        assert_eq!(chunk_id(&long), [b"...".as_slice(), &[b'b'; 52]].concat());
        assert_eq!(chunk_id(&[b'='; 100]).len(), 59);
    }
}
