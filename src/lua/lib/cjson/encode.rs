//! `cjson.encode`. What is open is kept on a stack of its own, so that nesting costs no stack of the machine's.

use super::super::codec::{Output, STACK};
use super::{Setting, just_one, setting};
use crate::lua::number::Spec;
use crate::lua::state::State;
use crate::lua::value::{Error, Flow, TableId, Value};

pub(super) fn encode(
    state: &mut State,
    args: &[Value],
    out: &mut Vec<Value>,
) -> Result<Flow, Error> {
    let value = just_one(args)?;
    let mut encoder = Encoder {
        out: Output::default(),
        open: Vec::new(),
        top: 1,
    };
    encoder.run(state, value)?;
    out.push(state.text(&encoder.out.bytes)?);
    Ok(Flow::Return)
}

/// A table that is being written.
#[derive(Clone, Copy)]
enum Open {
    /// So many of its elements are written.
    Array {
        table: TableId,
        written: usize,
        length: usize,
    },
    /// The key that was written last, or nil.
    Object { table: TableId, key: Value },
}

struct Encoder {
    out: Output,
    open: Vec<Open>,
    /// How many values the reference would have on its stack.
    top: usize,
}

impl Encoder {
    fn run(&mut self, state: &mut State, value: Value) -> Result<(), Error> {
        self.value(state, value)?;
        while let Some(open) = self.open.last_mut() {
            state.spend(1)?;
            match open {
                Open::Array {
                    written, length, ..
                } if written == length => {
                    self.top -= 1;
                    self.close(state, b"]")?;
                }
                Open::Array { table, written, .. } => {
                    *written += 1;
                    let (first, value) = (*written == 1, state.get_index(*table, *written));
                    if !first {
                        self.out.write(state, b",")?;
                    }
                    self.value(state, value)?;
                }
                Open::Object { table, key } => match state.next(*table, *key)? {
                    None => {
                        self.top -= 2;
                        self.close(state, b"}")?;
                    }
                    Some((next, value)) => {
                        let before = std::mem::replace(key, next);
                        if before != Value::Nil {
                            self.out.write(state, b",")?;
                        }
                        self.key(state, next)?;
                        self.value(state, value)?;
                    }
                },
            }
        }
        Ok(())
    }

    fn close(&mut self, state: &mut State, bracket: &[u8]) -> Result<(), Error> {
        self.open.pop();
        self.out.write(state, bracket)
    }

    /// Writes a value, or opens it.
    fn value(&mut self, state: &mut State, value: Value) -> Result<(), Error> {
        match value {
            Value::Nil | Value::Null => self.out.write(state, b"null"),
            Value::Bool(true) => self.out.write(state, b"true"),
            Value::Bool(false) => self.out.write(state, b"false"),
            Value::Number(number) => self.number(state, number),
            Value::Str(id) => {
                let text = state.shared(id);
                self.string(state, &text)
            }
            Value::Table(table) => self.table(state, table),
            Value::Function(_) | Value::Thread(_) => Err(refused(value, "type not supported")),
        }
    }

    fn table(&mut self, state: &mut State, table: TableId) -> Result<(), Error> {
        let depth = self.open.len() + 1;
        let deepest = setting(state, Setting::EncodeDepth) as usize;
        if depth > deepest || self.top + 3 > STACK {
            let text = format!("Cannot serialise, excessive nesting ({depth})");
            return Err(Error::Text(text.into_bytes()));
        }
        match array_length(state, table)? {
            Some(length) => {
                self.top += 1;
                self.open.push(Open::Array {
                    table,
                    written: 0,
                    length,
                });
                self.out.write(state, b"[")
            }
            None => {
                self.top += 2;
                let key = Value::Nil;
                self.open.push(Open::Object { table, key });
                self.out.write(state, b"{")
            }
        }
    }

    fn key(&mut self, state: &mut State, key: Value) -> Result<(), Error> {
        match key {
            Value::Number(number) => {
                self.out.write(state, b"\"")?;
                self.number(state, number)?;
                self.out.write(state, b"\":")
            }
            Value::Str(id) => {
                let text = state.shared(id);
                self.string(state, &text)?;
                self.out.write(state, b":")
            }
            _ => Err(refused(key, "table key must be a number or string")),
        }
    }

    fn number(&mut self, state: &mut State, number: f64) -> Result<(), Error> {
        if !number.is_finite() {
            match setting(state, Setting::EncodeInvalid) {
                0 => {
                    let reason = "must not be NaN or Inf";
                    return Err(refused(Value::Number(number), reason));
                }
                1 if number.is_nan() => return self.out.write(state, b"nan"),
                1 => {}
                _ => return self.out.write(state, b"null"),
            }
        }
        let spec = Spec {
            precision: Some(setting(state, Setting::Precision) as usize),
            ..Spec::default()
        };
        self.out.write(state, &spec.float(number, b'g'))
    }

    fn string(&mut self, state: &mut State, text: &[u8]) -> Result<(), Error> {
        self.out.write(state, b"\"")?;
        let mut rest = text;
        while !rest.is_empty() {
            let plain = rest.iter().take_while(|byte| !is_escaped(**byte)).count();
            let (before, after) = rest.split_at(plain);
            self.out.write(state, before)?;
            rest = after;
            if let Some((byte, after)) = rest.split_first() {
                state.spend(1)?;
                self.escape(state, *byte)?;
                rest = after;
            }
        }
        self.out.write(state, b"\"")
    }

    fn escape(&mut self, state: &mut State, byte: u8) -> Result<(), Error> {
        let letter = match byte {
            8 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            12 => b'f',
            b'\r' => b'r',
            b'"' | b'/' | b'\\' => byte,
            _ => return self.out.write(state, format!("\\u{byte:04x}").as_bytes()),
        };
        self.out.write(state, &[b'\\', letter])
    }
}

fn is_escaped(byte: u8) -> bool {
    byte < 32 || matches!(byte, b'"' | b'/' | b'\\' | 127)
}

fn refused(value: Value, reason: &str) -> Error {
    let text = format!("Cannot serialise {}: {reason}", value.type_name());
    Error::Text(text.into_bytes())
}

/// How long a table is as an array; `None`: it is written as an object.
fn array_length(state: &mut State, table: TableId) -> Result<Option<usize>, Error> {
    let (array, hash) = state.table(table).sizes();
    state.spend((array + hash) / 4)?;
    let (mut max, mut items) = (0i32, 0i32);
    for (key, _) in state.table(table).pairs() {
        match key {
            Value::Number(number) if number >= 1.0 && number.floor() == number => {
                if number > f64::from(max) {
                    max = to_int(number);
                }
                items += 1;
            }
            _ => return Ok(None),
        }
    }
    let ratio = setting(state, Setting::SparseRatio);
    if ratio > 0 && max > items.wrapping_mul(ratio) && max > setting(state, Setting::SparseSafe) {
        if setting(state, Setting::SparseConvert) == 0 {
            return Err(refused(Value::Table(table), "excessively sparse array"));
        }
        return Ok(None);
    }
    Ok(usize::try_from(max).ok().filter(|length| *length > 0))
}

/// A double cut to 32 bits as x86-64 does it: what does not fit is the smallest.
fn to_int(number: f64) -> i32 {
    if number > f64::from(i32::MAX) {
        return i32::MIN;
    }
    number as i32
}
