//! A command's reply as a Lua value.

use crate::lua::message::CallKind;
use crate::lua::state::State;
use crate::lua::value::{Error, TableId, Value};

use super::super::base::unplaced;
use super::errors::table_of_error;

/// A collection that is being filled.
struct Level {
    kind: Kind,
    /// What is filled.
    table: TableId,
    /// How many elements there were.
    count: usize,
    /// How many are left.
    left: usize,
    /// A map's key whose value is next.
    key: Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Map,
    Set,
    /// Stands before a reply, and is passed over.
    Attribute,
}

/// The value that a call of this kind returns for a reply.
///
/// Errors: the reply is an error and the call is not protected; a budget.
pub fn take_reply(state: &mut State, kind: CallKind, reply: &[u8]) -> Result<Value, Error> {
    if let [b'-', ..] = reply {
        let (line, _) = split_line(reply);
        let error = table_of_error(state, line)?;
        if kind != CallKind::AclCheck {
            already_counted(state, error)?;
        }
        return match kind {
            CallKind::Protected => Ok(Value::Table(error)),
            CallKind::Call | CallKind::AclCheck => Err(Error::Raised(Value::Table(error))),
        };
    }
    let value = value(state, reply)?;
    Ok(match (kind, value) {
        (CallKind::AclCheck, Value::Number(number)) => Value::Bool(number != 0.0),
        (_, value) => value,
    })
}

/// The command has counted its error itself.
fn already_counted(state: &mut State, error: TableId) -> Result<(), Error> {
    state.set_field(error, "ignore_error_stats_update", Value::Bool(true))
}

fn value(state: &mut State, reply: &[u8]) -> Result<Value, Error> {
    let mut rest = reply;
    let mut levels: Vec<Level> = Vec::new();
    loop {
        state.spend(1)?;
        let mut value = match next(state, &mut rest)? {
            Item::Value(value) => value,
            Item::Level(level) if level.left > 0 => {
                levels.push(level);
                continue;
            }
            Item::Level(level) if level.kind == Kind::Attribute => continue,
            Item::Level(level) => ended(state, &level)?,
        };
        // The value is put where it belongs, and so is every collection that it completes.
        loop {
            let Some(level) = levels.last_mut() else {
                return Ok(value);
            };
            if let Err(error) = put(state, level, value) {
                return Err(unplaced(state, error));
            }
            if level.left > 0 {
                break;
            }
            let Some(level) = levels.pop() else {
                return Ok(value);
            };
            if level.kind == Kind::Attribute {
                break;
            }
            value = ended(state, &level)?;
        }
    }
}

fn put(state: &mut State, level: &mut Level, value: Value) -> Result<(), Error> {
    level.count += 1;
    level.left -= 1;
    match level.kind {
        Kind::List => state.set_index(level.table, level.count, value),
        Kind::Set => state.set(level.table, value, Value::Bool(true)),
        Kind::Map if level.count % 2 == 1 => {
            level.key = value;
            Ok(())
        }
        Kind::Map => state.set(level.table, level.key, value),
        Kind::Attribute => Ok(()),
    }
}

/// A collection that is complete, as a value.
fn ended(state: &mut State, level: &Level) -> Result<Value, Error> {
    let table = Value::Table(level.table);
    match level.kind {
        Kind::Map => single(state, "map", table),
        Kind::Set => single(state, "set", table),
        Kind::List | Kind::Attribute => Ok(table),
    }
}

/// A table with one field.
fn single(state: &mut State, name: &str, value: Value) -> Result<Value, Error> {
    let table = state.new_table(0, 0)?;
    state.set_field(table, name, value)?;
    Ok(Value::Table(table))
}

enum Item {
    Value(Value),
    Level(Level),
}

/// Reads a value, or a collection's head.
fn next(state: &mut State, rest: &mut &[u8]) -> Result<Item, Error> {
    let (line, after) = split_line(rest);
    *rest = after;
    let (kind, text) = match line {
        [kind, text @ ..] => (*kind, text),
        [] => return Ok(Item::Value(Value::Nil)),
    };
    let value = match kind {
        b'+' => {
            let text = state.text(text)?;
            single(state, "ok", text)?
        }
        b'-' => {
            let error = table_of_error(state, line)?;
            already_counted(state, error)?;
            Value::Table(error)
        }
        b':' => Value::Number(integer(text) as f64),
        b',' => {
            let text = std::str::from_utf8(text).unwrap_or_default();
            single(state, "double", Value::Number(text.parse().unwrap_or(0.0)))?
        }
        b'#' => Value::Bool(text == b"t"),
        b'(' => {
            let text = state.text(text)?;
            single(state, "big_number", text)?
        }
        b'$' => match bulk(text, rest) {
            Some(bytes) => state.text(bytes)?,
            None => Value::Bool(false),
        },
        b'=' => {
            let bytes = bulk(text, rest).unwrap_or_default();
            verbatim_string(state, bytes)?
        }
        b'*' if text == b"-1" => Value::Bool(false),
        b'*' => return level(state, Kind::List, text),
        b'%' => return level(state, Kind::Map, text),
        b'~' => return level(state, Kind::Set, text),
        b'|' => return level(state, Kind::Attribute, text),
        _ => Value::Nil,
    };
    Ok(Item::Value(value))
}

fn level(state: &mut State, kind: Kind, text: &[u8]) -> Result<Item, Error> {
    let size = usize::try_from(integer(text)).unwrap_or(0);
    let (array, hash) = match kind {
        Kind::List => (size, 0),
        Kind::Map | Kind::Set => (0, size),
        Kind::Attribute => (0, 0),
    };
    Ok(Item::Level(Level {
        kind,
        table: state.new_table(array, hash)?,
        count: 0,
        left: match kind {
            Kind::Map | Kind::Attribute => size * 2,
            Kind::List | Kind::Set => size,
        },
        key: Value::Nil,
    }))
}

fn verbatim_string(state: &mut State, bytes: &[u8]) -> Result<Value, Error> {
    let (format, text) = bytes.split_at(bytes.len().min(4));
    let inner = state.new_table(0, 0)?;
    let text = state.text(text)?;
    state.set_field(inner, "string", text)?;
    let format = state.text(format.get(..3).unwrap_or(format))?;
    state.set_field(inner, "format", format)?;
    single(state, "verbatim_string", Value::Table(inner))
}

/// The bytes of a bulk string of this length, which are passed over; `None` for null.
fn bulk<'a>(length: &[u8], rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(integer(length)).ok()?;
    let (bytes, after) = rest.split_at(length.min(rest.len()));
    *rest = after.get(2..).unwrap_or_default();
    Some(bytes)
}

/// A line without its end, and what follows it.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\r');
    let (line, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    (line, rest.get(2..).unwrap_or_default())
}

fn integer(text: &[u8]) -> i64 {
    let text = std::str::from_utf8(text).unwrap_or_default();
    text.parse().unwrap_or(0)
}
