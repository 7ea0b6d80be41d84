//! The library `cmsgpack`: values to MessagePack and back, as lua-cmsgpack 0.4.0 does it in the reference.

use super::codec::{Output, STACK, check_stack};
use crate::lua::arg;
use crate::lua::state::{NativeFn, State};
use crate::lua::table::{BadKey, Table};
use crate::lua::value::{Error, Flow, TableId, Value};

/// A table that is nested deeper than this is packed as nil.
const MAX_NESTING: usize = 16;

/// Opens the library.
pub fn open(state: &mut State) -> Result<(), Error> {
    // Sized and filled as the reference does it: the order of a walk follows from that.
    let library = state.new_table(0, 0)?;
    let functions: [(&str, NativeFn); 4] = [
        ("pack", pack),
        ("unpack", unpack),
        ("unpack_one", unpack_one),
        ("unpack_limit", unpack_limit),
    ];
    state.register(library, &functions)?;
    for (name, text) in [
        ("_NAME", "cmsgpack"),
        ("_VERSION", "lua-cmsgpack 0.4.0"),
        ("_COPYRIGHT", "Copyright (C) 2012, Redis Ltd."),
        ("_DESCRIPTION", "MessagePack C implementation for Lua"),
    ] {
        let text = state.text(text.as_bytes())?;
        state.set_field(library, name, text)?;
    }
    state.set_field(state.globals, "cmsgpack", Value::Table(library))
}

fn pack(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    if args.is_empty() {
        let text = b"MessagePack pack needs input.".to_vec();
        return Err(Error::Argument(0, text));
    }
    if args.len() * 2 > STACK {
        let text = b"Too many arguments for MessagePack pack.".to_vec();
        return Err(Error::Argument(0, text));
    }
    let mut bytes = Output::default();
    for value in args {
        pack_value(state, &mut bytes, *value, 0)?;
    }
    out.push(state.text(&bytes.bytes)?);
    Ok(Flow::Return)
}

fn pack_value(
    state: &mut State,
    out: &mut Output,
    value: Value,
    level: usize,
) -> Result<(), Error> {
    state.spend(1)?;
    match value {
        Value::Bool(bool) => out.write(state, &[0xc2 | u8::from(bool)]),
        Value::Number(number) => pack_number(state, out, number),
        Value::Str(id) => {
            let text = state.shared(id);
            let length = text.len();
            match u8::try_from(length) {
                Ok(short @ 0..32) => out.write(state, &[0xa0 | short])?,
                Ok(short) => out.write(state, &[0xd9, short])?,
                Err(_) => pack_length(state, out, 0xda, length)?,
            }
            out.write(state, &text)
        }
        Value::Table(table) if level < MAX_NESTING => pack_table(state, out, table, level + 1),
        _ => out.write(state, &[0xc0]),
    }
}

/// Writes a length of 16 bits, or with the next type's byte one of 32.
fn pack_length(state: &mut State, out: &mut Output, kind: u8, length: usize) -> Result<(), Error> {
    out.write(state, &[kind + u8::from(length > 0xffff)])?;
    match u16::try_from(length) {
        Ok(length) => out.write(state, &length.to_be_bytes()),
        Err(_) => out.write(state, &(length as u32).to_be_bytes()),
    }
}

fn pack_number(state: &mut State, out: &mut Output, number: f64) -> Result<(), Error> {
    let integer = arg::to_integer(number);
    if integer as f64 == number && number < 9_223_372_036_854_775_808.0 {
        return pack_integer(state, out, integer);
    }
    let single = number as f32;
    if f64::from(single) == number {
        out.write(state, &[0xca])?;
        return out.write(state, &single.to_be_bytes());
    }
    out.write(state, &[0xcb])?;
    out.write(state, &number.to_be_bytes())
}

fn pack_integer(state: &mut State, out: &mut Output, integer: i64) -> Result<(), Error> {
    let bytes = integer.to_be_bytes();
    // The type, and how many of the lowest bytes follow.
    let (kind, size) = match integer {
        -32..=127 => (None, 1),
        128..=0xff => (Some(0xcc), 1),
        0x100..=0xffff => (Some(0xcd), 2),
        0x1_0000..=0xffff_ffff => (Some(0xce), 4),
        0x1_0000_0000.. => (Some(0xcf), 8),
        -128..=-33 => (Some(0xd0), 1),
        -0x8000..=-129 => (Some(0xd1), 2),
        -0x8000_0000..=-0x8001 => (Some(0xd2), 4),
        ..=-0x8000_0001 => (Some(0xd3), 8),
    };
    if let Some(kind) = kind {
        out.write(state, &[kind])?;
    }
    out.write(state, bytes.get(8 - size..).unwrap_or_default())
}

fn pack_table(
    state: &mut State,
    out: &mut Output,
    table: TableId,
    level: usize,
) -> Result<(), Error> {
    let (array, hash) = state.table(table).sizes();
    state.spend((array + hash) / 4)?;
    let count = state.table(table).pairs().count();
    let is_array = is_array(state.table(table), count);
    match (count, is_array) {
        (0..16, true) => out.write(state, &[0x90 | count as u8])?,
        (0..16, false) => out.write(state, &[0x80 | count as u8])?,
        (_, true) => pack_length(state, out, 0xdc, count)?,
        (_, false) => pack_length(state, out, 0xde, count)?,
    }
    if is_array {
        for at in 1..=count {
            let value = state.get_index(table, at);
            pack_value(state, out, value, level)?;
        }
        return Ok(());
    }
    let mut at = Value::Nil;
    while let Some((key, value)) = state.next(table, at)? {
        pack_value(state, out, key, level)?;
        pack_value(state, out, value, level)?;
        at = key;
    }
    Ok(())
}

/// Whether a table's keys are the indices from 1 to their count.
fn is_array(table: &Table, count: usize) -> bool {
    table.pairs().all(|(key, _)| {
        matches!(key, Value::Number(number)
            if number >= 1.0 && number <= count as f64 && number.floor() == number)
    })
}

fn unpack(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    unpack_full(state, args, args.len(), 0, 0, out)
}

fn unpack_one(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let offset = arg::integer_or(state, args, 2, 0)?;
    unpack_full(state, args, 1, 1, offset, out)
}

fn unpack_limit(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let limit = arg::integer(state, args, 2)?;
    let offset = arg::integer_or(state, args, 3, 0)?;
    unpack_full(state, args, 1, limit, offset, out)
}

/// Unpacks values from an offset on, so many at most, and tells the offset after them first; or all, where
/// both are 0.
fn unpack_full(
    state: &mut State,
    args: &[Value],
    top: usize,
    limit: i64,
    offset: i64,
    out: &mut Vec<Value>,
) -> Result<Flow, Error> {
    let text = arg::string(state, args, 1)?;
    let text = state.shared(text);
    let length = text.len();
    let rest = match usize::try_from(offset) {
        Ok(from) if limit >= 0 => text.get(from..).ok_or_else(|| {
            let offset = offset as i32;
            format!("Start offset {offset} greater than input length {length}.")
        }),
        _ => {
            let offset = offset as i32;
            Err(format!(
                "Invalid request to unpack with offset of {offset} and limit of {length}."
            ))
        }
    };
    let rest = rest.map_err(|text| Error::Text(text.into_bytes()))?;
    let all = limit == 0 && offset == 0;
    let limit = if all { i64::from(i32::MAX) } else { limit };
    let mut unpacker = Unpacker {
        rest,
        open: Vec::new(),
        top,
    };
    let mut values = Vec::new();
    while !unpacker.rest.is_empty() && (values.len() as i64) < limit {
        values.push(unpacker.value(state)?);
        unpacker.top += 1;
    }
    if !all {
        check_stack(unpacker.top, 1, "in function mp_unpack_full")?;
        let left = unpacker.rest.len();
        let next = if left == 0 {
            -1.0
        } else {
            (length - left) as f64
        };
        out.push(Value::Number(next));
    }
    out.append(&mut values);
    Ok(Flow::Return)
}

/// A table that is being unpacked.
enum Open {
    Array {
        table: TableId,
        length: usize,
        left: usize,
    },
    Map {
        table: TableId,
        /// Whose value is next, if it has been read.
        key: Option<Value>,
        left: usize,
    },
}

/// What a first byte says.
enum Item {
    Value(Value),
    Text(usize),
    Array(usize),
    Map(usize),
}

struct Unpacker<'a> {
    rest: &'a [u8],
    /// Tables are kept on a stack of its own, so that nesting costs no stack of the machine's.
    open: Vec<Open>,
    /// How many values the reference would have on its stack.
    top: usize,
}

fn missing() -> Error {
    Error::Text(b"Missing bytes in input.".to_vec())
}

impl<'a> Unpacker<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(missing)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(missing)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// One value, with all that is nested in it.
    fn value(&mut self, state: &mut State) -> Result<Value, Error> {
        loop {
            state.spend(1)?;
            let mut value = match self.item()? {
                Item::Value(value) => value,
                Item::Text(length) => state.text(self.take(length)?)?,
                Item::Array(left) => {
                    let table = state.new_table(0, 0)?;
                    check_stack(self.top + 1, 1, "in function mp_decode_to_lua_array")?;
                    if left > 0 {
                        self.top += 2;
                        let length = 0;
                        self.open.push(Open::Array {
                            table,
                            length,
                            left,
                        });
                        continue;
                    }
                    Value::Table(table)
                }
                Item::Map(left) => {
                    let table = state.new_table(0, 0)?;
                    if left > 0 {
                        self.top += 1;
                        let key = None;
                        self.open.push(Open::Map { table, key, left });
                        continue;
                    }
                    Value::Table(table)
                }
            };
            loop {
                match self.open.last_mut() {
                    None => return Ok(value),
                    Some(Open::Array {
                        table,
                        length,
                        left,
                    }) => {
                        *length += 1;
                        state.set_index(*table, *length, value)?;
                        *left -= 1;
                        if *left > 0 {
                            break;
                        }
                        value = Value::Table(*table);
                        self.top -= 2;
                    }
                    Some(Open::Map {
                        key: key @ None, ..
                    }) => {
                        *key = Some(value);
                        self.top += 1;
                        break;
                    }
                    Some(Open::Map {
                        table,
                        key: key @ Some(_),
                        left,
                    }) => {
                        self.top -= 1;
                        set(state, *table, key.take().unwrap_or_default(), value)?;
                        *left -= 1;
                        if *left > 0 {
                            break;
                        }
                        value = Value::Table(*table);
                        self.top -= 1;
                    }
                }
                self.open.pop();
            }
        }
    }

    fn item(&mut self) -> Result<Item, Error> {
        let Some(first) = self.rest.first().copied() else {
            return Err(missing());
        };
        let what = "too many return values at once; use unpack_one or unpack_limit instead.";
        check_stack(self.top, 1, what)?;
        self.rest = self.rest.get(1..).unwrap_or_default();
        let number = match first {
            0..=0x7f => f64::from(first),
            0x80..=0x8f => return Ok(Item::Map(usize::from(first & 15))),
            0x90..=0x9f => return Ok(Item::Array(usize::from(first & 15))),
            0xa0..=0xbf => return Ok(Item::Text(usize::from(first & 31))),
            0xc0 => return Ok(Item::Value(Value::Nil)),
            0xc2 | 0xc3 => return Ok(Item::Value(Value::Bool(first == 0xc3))),
            0xca => f64::from(f32::from_be_bytes(self.number()?)),
            0xcb => f64::from_be_bytes(self.number()?),
            0xcc => f64::from(u8::from_be_bytes(self.number()?)),
            0xcd => f64::from(u16::from_be_bytes(self.number()?)),
            0xce => f64::from(u32::from_be_bytes(self.number()?)),
            // The reference takes the unsigned for signed.
            0xcf | 0xd3 => i64::from_be_bytes(self.number()?) as f64,
            0xd0 => f64::from(i8::from_be_bytes(self.number()?)),
            0xd1 => f64::from(i16::from_be_bytes(self.number()?)),
            0xd2 => f64::from(i32::from_be_bytes(self.number()?)),
            0xd9 => return Ok(Item::Text(usize::from(u8::from_be_bytes(self.number()?)))),
            0xda => return Ok(Item::Text(usize::from(u16::from_be_bytes(self.number()?)))),
            0xdb => return Ok(Item::Text(u32::from_be_bytes(self.number()?) as usize)),
            0xdc => return Ok(Item::Array(usize::from(u16::from_be_bytes(self.number()?)))),
            0xdd => return Ok(Item::Array(u32::from_be_bytes(self.number()?) as usize)),
            0xde => return Ok(Item::Map(usize::from(u16::from_be_bytes(self.number()?)))),
            0xdf => return Ok(Item::Map(u32::from_be_bytes(self.number()?) as usize)),
            0xe0..=0xff => f64::from(first as i8),
            0xc1 | 0xc4..=0xc9 | 0xd4..=0xd8 => {
                return Err(Error::Text(b"Bad data format in input.".to_vec()));
            }
        };
        Ok(Item::Value(Value::Number(number)))
    }
}

/// Sets a key of a map. The virtual machine of the reference itself complains of a bad one, and it puts no
/// place before what it says inside of a C function.
fn set(state: &mut State, table: TableId, key: Value, value: Value) -> Result<(), Error> {
    if let Err(bad) = Table::check_key(key) {
        let text = match bad {
            BadKey::Nil => "table index is nil",
            BadKey::NaN => "table index is NaN",
        };
        return Err(Error::Raised(state.text(text.as_bytes())?));
    }
    state.set(table, key, value)
}
