//! The table library. What calls back into Lua (`sort`, `foreach`, `foreachi`) is in the prelude.

use super::super::arg;
use super::super::number;
use super::super::state::{DISPLAY, Event, NativeFn, State};
use super::super::value::{Error, Flow, TableId, Value};
use super::{append, count, text};

/// In the reference's order; the prelude gives those that are nothing here their functions.
const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("concat", concat),
    ("foreach", foreach_start),
    ("foreachi", foreach_start),
    ("getn", getn),
    ("maxn", maxn),
    ("insert", insert),
    ("remove", remove),
    ("setn", setn),
    ("sort", sort_start),
];

/// What the prelude's functions are made of.
pub const HELPERS: &[(&str, NativeFn)] = &[
    ("foreach_start", foreach_start),
    ("foreachi_start", foreachi_start),
    ("raw_get", raw_get),
    ("sort_start", sort_start),
    ("sort_failed", |_, _, _| {
        Err(text("invalid order function for sorting"))
    }),
    ("sort_end", sort_end),
];

/// Opens it.
pub fn open(state: &mut State) -> Result<(), Error> {
    state.open("table", FUNCTIONS).map(drop)
}

/// A list: the table, and how long it is.
fn list(state: &State, args: &[Value]) -> Result<(TableId, usize), Error> {
    let table = arg::table(args, 1)?;
    Ok((table, state.length(table)))
}

fn getn(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (_, length) = list(state, args)?;
    out.push(count(length));
    Ok(Flow::Return)
}

fn setn(_: &mut State, args: &[Value], _: &mut Vec<Value>) -> Result<Flow, Error> {
    arg::table(args, 1)?;
    Err(text("'setn' is obsolete"))
}

fn maxn(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let table = arg::table(args, 1)?;
    let (array, hash) = state.table(table).sizes();
    state.spend(array + hash)?;
    let mut most = 0.0;
    for (key, _) in state.table(table).pairs() {
        if let Value::Number(number) = key
            && number > most
        {
            most = number;
        }
    }
    out.push(Value::Number(most));
    Ok(Flow::Return)
}

fn at(index: i32) -> Value {
    Value::Number(f64::from(index))
}

/// Gives each of these places what stands so far from it.
fn shift(
    state: &mut State,
    table: TableId,
    places: impl Iterator<Item = i32>,
    offset: i32,
) -> Result<(), Error> {
    for place in places {
        let value = state.get(table, at(place + offset));
        state.set(table, at(place), value)?;
    }
    Ok(())
}

fn insert(state: &mut State, args: &[Value], _: &mut Vec<Value>) -> Result<Flow, Error> {
    let (table, length) = list(state, args)?;
    let end = length as i32 + 1;
    let (position, value) = match args {
        [_, value] => (end, *value),
        [_, _, value] => (arg::integer(state, args, 2)? as i32, *value),
        _ => return Err(text("wrong number of arguments to 'insert'")),
    };
    state.check_writable(table)?;
    state.spend((i64::from(end) - i64::from(position)).max(0) as usize)?;
    if position < end {
        // Only the first that is written may need room, before anything has changed.
        shift(state, table, (position + 1..=end).rev(), -1)?;
    }
    state.set(table, at(position), value)?;
    Ok(Flow::Return)
}

fn remove(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (table, length) = list(state, args)?;
    let end = length as i32;
    let position = arg::integer_or(state, args, 2, i64::from(end))? as i32;
    if !(1..=end).contains(&position) {
        return Ok(Flow::Return);
    }
    state.check_writable(table)?;
    state.spend((end - position) as usize)?;
    out.push(state.get(table, at(position)));
    shift(state, table, position..end, 1)?;
    state.set(table, at(end), Value::Nil)?;
    Ok(Flow::Return)
}

fn concat(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let separator = match arg::string_or_none(state, args, 2)? {
        Some(id) => state.shared(id),
        None => Default::default(),
    };
    let table = arg::table(args, 1)?;
    let first = arg::integer_or(state, args, 3, 1)? as i32;
    let last = match arg::any(args, 4) {
        Value::Nil => state.length(table) as i32,
        _ => arg::integer(state, args, 4)? as i32,
    };
    let mut result = Vec::new();
    for index in first..=last {
        state.spend(1)?;
        match state.get(table, at(index)) {
            Value::Str(id) => append(state, &mut result, state.bytes(id))?,
            Value::Number(number) => {
                state.spend(DISPLAY)?;
                append(state, &mut result, &number::display(number))?;
            }
            other => {
                let what = other.type_name();
                return Err(text(&format!(
                    "invalid value ({what}) at index {index} in table for 'concat'"
                )));
            }
        }
        if index < last {
            append(state, &mut result, &separator)?;
        }
    }
    out.push(state.text(&result)?);
    Ok(Flow::Return)
}

/// Checks the arguments of `foreach`, and gives them back.
fn foreach_start(_: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let table = Value::Table(arg::table(args, 1)?);
    out.extend([table, arg::function(args, 2)?]);
    Ok(Flow::Return)
}

/// Checks the arguments of `foreachi`; gives them back, and the length.
fn foreachi_start(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (table, length) = list(state, args)?;
    let function = arg::function(args, 2)?;
    out.extend([Value::Table(table), function, count(length)]);
    Ok(Flow::Return)
}

fn raw_get(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let value = state.get(arg::table(args, 1)?, arg::any(args, 2));
    out.push(value);
    Ok(Flow::Return)
}

/// Checks the arguments of `sort`. Gives the table that is to be sorted, its length (0 where nothing is
/// left to be done), and the order. That table is another one where metamethods could be in the way.
fn sort_start(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (table, length) = list(state, args)?;
    let order = match arg::any(args, 2) {
        Value::Nil => Value::Nil,
        _ => arg::function(args, 2)?,
    };
    if order == Value::Nil && sort_plain(state, table, length)? {
        out.extend([Value::Table(table), count(0), Value::Nil]);
        return Ok(Flow::Return);
    }
    let value = Value::Table(table);
    let hidden = [Event::Index, Event::NewIndex]
        .into_iter()
        .any(|event| state.metamethod(value, event) != Value::Nil);
    let mut sorted = table;
    if hidden {
        state.spend(length)?;
        sorted = state.new_table(length, 0)?;
        copy(state, table, sorted, length)?;
    }
    out.extend([Value::Table(sorted), count(length), order]);
    Ok(Flow::Return)
}

/// Copies what was sorted apart.
fn sort_end(state: &mut State, args: &[Value], _: &mut Vec<Value>) -> Result<Flow, Error> {
    let (sorted, length) = list(state, args)?;
    let table = arg::table(args, 2)?;
    if sorted != table {
        state.check_writable(table)?;
        state.spend(length)?;
        copy(state, sorted, table, length)?;
    }
    Ok(Flow::Return)
}

fn copy(state: &mut State, from: TableId, to: TableId, length: usize) -> Result<(), Error> {
    for index in 1..=length {
        state.set_index(to, index, state.get_index(from, index))?;
    }
    Ok(())
}

/// Sorts a list of nothing but numbers or nothing but strings, where how that is done cannot be told from
/// the result. False: it is no such list, or a read-only one, of which the prelude finds out whether it has
/// to be changed.
fn sort_plain(state: &mut State, table: TableId, length: usize) -> Result<bool, Error> {
    if state.table(table).readonly {
        return Ok(false);
    }
    state.spend(length / 4)?;
    state.room(length.saturating_mul(size_of::<Value>()))?;
    let steps = length.max(1).ilog2() as usize;
    let mut numbers = Vec::new();
    let mut strings = Vec::new();
    let mut bytes = 0;
    for index in 1..=length {
        match state.get_index(table, index) {
            // Not a number is in no order, and two zeros of different signs are equal.
            Value::Number(number) if number.is_nan() || number.to_bits() == 1 << 63 => {
                return Ok(false);
            }
            Value::Number(number) => numbers.push(number),
            Value::Str(id) => {
                bytes += state.bytes(id).len();
                strings.push(id);
            }
            _ => return Ok(false),
        }
    }
    if !numbers.is_empty() && !strings.is_empty() {
        return Ok(false);
    }
    state.spend((length + bytes / 16).saturating_mul(steps))?;
    numbers.sort_unstable_by(f64::total_cmp);
    strings.sort_unstable_by(|a, b| state.bytes(*a).cmp(state.bytes(*b)));
    let numbers = numbers.into_iter().map(Value::Number);
    for (index, value) in numbers
        .chain(strings.into_iter().map(Value::Str))
        .enumerate()
    {
        state.set_index(table, index + 1, value)?;
    }
    Ok(true)
}
