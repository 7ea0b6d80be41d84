//! The arguments of functions that are written in Rust, counted from 1, with the errors of `lauxlib.c`.

use super::state::State;
use super::value::{Error, StrId, TableId, Value};

/// An argument; nil where there is none.
pub fn any(args: &[Value], n: usize) -> Value {
    args.get(n - 1).copied().unwrap_or_default()
}

/// Errors: there is no such argument.
pub fn present(args: &[Value], n: usize) -> Result<Value, Error> {
    let none = || Error::Argument(n, b"value expected".to_vec());
    args.get(n - 1).copied().ok_or_else(none)
}

/// An argument is of another type than it should be.
pub fn wrong_type(args: &[Value], n: usize, expected: &str) -> Error {
    let got = match args.get(n - 1) {
        Some(value) => value.type_name(),
        None => "no value",
    };
    Error::Argument(n, format!("{expected} expected, got {got}").into_bytes())
}

/// A number, or a string that is one.
pub fn number(state: &State, args: &[Value], n: usize) -> Result<f64, Error> {
    let number = state.to_number(any(args, n));
    number.ok_or_else(|| wrong_type(args, n, "number"))
}

/// A number cut to an integer, as C casts a double to 64 bits: what does not fit is the smallest.
pub fn integer(state: &State, args: &[Value], n: usize) -> Result<i64, Error> {
    number(state, args, n).map(to_integer)
}

/// A double cut to an integer, as C on x86-64 casts it: what does not fit is the smallest.
pub fn to_integer(number: f64) -> i64 {
    if number.is_nan() || number >= 9_223_372_036_854_775_808.0 {
        return i64::MIN;
    }
    number as i64
}

/// An integer, or another where it is nil or absent.
pub fn integer_or(state: &State, args: &[Value], n: usize, default: i64) -> Result<i64, Error> {
    match any(args, n) {
        Value::Nil => Ok(default),
        _ => integer(state, args, n),
    }
}

/// A number, or another where it is nil or absent.
pub fn number_or(state: &State, args: &[Value], n: usize, default: f64) -> Result<f64, Error> {
    match any(args, n) {
        Value::Nil => Ok(default),
        _ => number(state, args, n),
    }
}

/// A string, or a number as one.
pub fn string(state: &mut State, args: &[Value], n: usize) -> Result<StrId, Error> {
    let string = state.coerce(any(args, n))?;
    string.ok_or_else(|| wrong_type(args, n, "string"))
}

/// A string, or `None` where it is nil or absent.
pub fn string_or_none(state: &mut State, args: &[Value], n: usize) -> Result<Option<StrId>, Error> {
    match any(args, n) {
        Value::Nil => Ok(None),
        _ => string(state, args, n).map(Some),
    }
}

/// A table.
pub fn table(args: &[Value], n: usize) -> Result<TableId, Error> {
    match any(args, n) {
        Value::Table(id) => Ok(id),
        _ => Err(wrong_type(args, n, "table")),
    }
}

/// A function.
pub fn function(args: &[Value], n: usize) -> Result<Value, Error> {
    match any(args, n) {
        value @ Value::Function(_) => Ok(value),
        _ => Err(wrong_type(args, n, "function")),
    }
}
