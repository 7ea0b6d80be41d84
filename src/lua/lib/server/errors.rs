//! Error tables: how they are made, what the error handler adds to them, and what is left in the end.

use crate::lua::message::Failure;
use crate::lua::state::{Event, State};
use crate::lua::value::{Error, Flow, Special, TableId, Value};

use super::super::base::{c_string, display};
use super::{Args, Done, Out};

/// How often an index leads on to a further table, at most.
const CHAIN: usize = 100;

/// A table of a text's error: one that begins with `-` has a code of its own.
pub(super) fn table_of_error(state: &mut State, text: &[u8]) -> Result<TableId, Error> {
    let text = c_string(text);
    let text = match text {
        [b'-', rest @ ..] => match rest.iter().position(|byte| *byte == b' ') {
            Some(at) => [&rest[..=at], trim(&rest[at + 1..])].concat(),
            None => [b"ERR ", rest].concat(),
        },
        _ => [b"ERR ", trim(text)].concat(),
    };
    let table = state.new_table(0, 0)?;
    let text = state.text(&text)?;
    state.set_field(table, "err", text)?;
    Ok(table)
}

/// Without line breaks at both ends.
fn trim(text: &[u8]) -> &[u8] {
    let kept = |byte: &u8| !matches!(byte, b'\r' | b'\n');
    let from = text.iter().position(kept).unwrap_or(text.len());
    let to = text.iter().rposition(kept).map_or(from, |at| at + 1);
    &text[from..to]
}

/// What the error handler of scripts makes of an error: a table with `err`, and where it was raised. Where
/// metamethods are functions, it is as if they did nothing.
///
/// Errors: a budget.
pub fn handled(
    state: &mut State,
    value: Value,
    place: Option<(Vec<u8>, i64)>,
) -> Result<Value, Error> {
    match handle(state, value, place) {
        // The handler has failed; so it handles its own error.
        Err(Error::Raised(error)) => handle(state, error, Some((b"@err_handler_def".to_vec(), 10))),
        handled => handled,
    }
}

/// Errors: the handler has failed, as it does with a table that is read-only.
pub fn handle(
    state: &mut State,
    value: Value,
    place: Option<(Vec<u8>, i64)>,
) -> Result<Value, Error> {
    let table = match value {
        Value::Table(id) => id,
        other => wrapped(state, other)?,
    };
    let Some((source, line)) = place else {
        return Ok(Value::Table(table));
    };
    if let Err(error) = put_place(state, table, &source, line) {
        return Err(match error {
            Error::Text(text) | Error::Plain(text) => {
                let text = [b"err_handler_def:10: ", text.as_slice()].concat();
                Error::Raised(state.text(&text)?)
            }
            budget => budget,
        });
    }
    Ok(Value::Table(table))
}

/// A new error table of something else.
fn wrapped(state: &mut State, value: Value) -> Result<TableId, Error> {
    let text = display(state, value)?;
    let text = [b"ERR ", state.bytes(text)].concat();
    let text = state.text(&text)?;
    let table = state.new_table(0, 1)?;
    state.set_field(table, "err", text)?;
    Ok(table)
}

fn put_place(state: &mut State, table: TableId, source: &[u8], line: i64) -> Result<(), Error> {
    let source = state.text(source)?;
    put(state, table, "source", source)?;
    put(state, table, "line", Value::Number(line as f64))
}

/// Sets a name as an assignment does.
fn put(state: &mut State, mut table: TableId, name: &str, value: Value) -> Result<(), Error> {
    for _ in 0..CHAIN {
        state.check_writable(table)?;
        let there = state.get_field(table, name) != Value::Nil;
        match state.metamethod(Value::Table(table), Event::NewIndex) {
            Value::Table(next) if !there => table = next,
            Value::Function(_) if !there => return Ok(()),
            _ => return state.set_field(table, name, value),
        }
    }
    Err(Error::Text(b"loop in settable".to_vec()))
}

/// A name's value as indexing gives it.
pub fn field(state: &mut State, table: TableId, name: &str) -> Value {
    let mut table = table;
    for _ in 0..CHAIN {
        match state.get_field(table, name) {
            Value::Nil => {}
            value => return value,
        }
        match state.metamethod(Value::Table(table), Event::Index) {
            Value::Table(next) => table = next,
            _ => return Value::Nil,
        }
    }
    Value::Nil
}

/// The text of a string or number, up to a zero byte.
fn text(state: &State, value: Value) -> Option<Vec<u8>> {
    match value {
        Value::Str(id) => Some(c_string(state.bytes(id)).to_vec()),
        Value::Number(number) => Some(crate::lua::number::display(number)),
        _ => None,
    }
}

/// Whether an error table says that its error is counted already.
pub(super) fn is_counted(state: &mut State, table: TableId) -> bool {
    field(state, table, "ignore_error_stats_update") == Value::Bool(true)
}

/// What an error that nothing caught comes down to. Of a script it is a table that [`handled`] has given,
/// of a library that is being loaded the error itself.
pub fn failure(state: &mut State, error: Value) -> Failure {
    let mut failure = Failure {
        text: b"ERR unknown error".to_vec(),
        place: None,
        budget: None,
        counted: false,
    };
    if let Some(text) = text(state, error) {
        failure.text = [b"ERR ", text.as_slice()].concat();
    }
    let Value::Table(table) = error else {
        return failure;
    };
    let err = field(state, table, "err");
    if let Some(text) = text(state, err) {
        failure.text = text;
    }
    let source = field(state, table, "source");
    let line = field(state, table, "line");
    failure.place = text(state, source).zip(text(state, line));
    failure.counted = is_counted(state, table);
    failure
}

/// `__server__err__handler`: the error handler, where a script calls it.
pub(super) fn handler(_: &mut State, args: Args, out: Out) -> Done {
    out.push(args.first().copied().unwrap_or_default());
    Ok(Flow::Special(Special::Handle))
}
