//! The library `cjson`: values to JSON and back, as lua-cjson 2.1.0 does it in the reference.

mod decode;
mod encode;

use crate::lua::arg;
use crate::lua::state::{NativeFn, State};
use crate::lua::value::{Error, Flow, TableId, Value};

/// A setting, by its index in the table that the functions of one instance have in common.
#[derive(Clone, Copy, Debug)]
enum Setting {
    /// Whether a sparse array becomes an object.
    SparseConvert = 1,
    /// How many times its elements an array may be long.
    SparseRatio,
    /// Up to what length any array will do.
    SparseSafe,
    EncodeDepth,
    DecodeDepth,
    EncodeInvalid,
    DecodeInvalid,
    /// Changes nothing that a script could see.
    KeepBuffer,
    /// How many digits of a number are written.
    Precision,
}

/// What settings begin with, in their order.
const DEFAULTS: [i32; 9] = [0, 2, 10, 1000, 1000, 0, 1, 1, 14];

/// The functions, in the order in which the reference sets them: that of a walk follows from it.
const FUNCTIONS: [(&str, NativeFn); 10] = [
    ("encode", encode::encode),
    ("decode", decode::decode),
    ("encode_sparse_array", encode_sparse_array),
    ("encode_max_depth", encode_max_depth),
    ("decode_max_depth", decode_max_depth),
    ("encode_number_precision", encode_number_precision),
    ("encode_keep_buffer", encode_keep_buffer),
    ("encode_invalid_numbers", encode_invalid_numbers),
    ("decode_invalid_numbers", decode_invalid_numbers),
    ("new", new),
];

/// Opens the library.
pub fn open(state: &mut State) -> Result<(), Error> {
    let library = instance(state)?;
    state.set_field(state.globals, "cjson", Value::Table(library))
}

/// A library with settings of its own.
fn instance(state: &mut State) -> Result<TableId, Error> {
    let settings = state.new_table(DEFAULTS.len(), 0)?;
    for (at, value) in DEFAULTS.iter().enumerate() {
        state.set_index(settings, at + 1, Value::Number(f64::from(*value)))?;
    }
    let library = state.new_table(0, 0)?;
    for (name, run) in FUNCTIONS {
        let function = state.native(run, vec![Value::Table(settings)])?;
        state.set_field(library, name, function)?;
    }
    state.set_field(library, "null", Value::Null)?;
    let name = state.text(b"cjson")?;
    state.set_field(library, "_NAME", name)?;
    let version = state.text(b"2.1.0")?;
    state.set_field(library, "_VERSION", version)?;
    Ok(library)
}

fn new(state: &mut State, _: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    out.push(Value::Table(instance(state)?));
    Ok(Flow::Return)
}

/// A setting of the running function's instance.
fn setting(state: &State, setting: Setting) -> i32 {
    let Value::Table(settings) = state.upvalue(0) else {
        return 0;
    };
    match state.get_index(settings, setting as usize) {
        Value::Number(number) => number as i32,
        _ => 0,
    }
}

fn change(state: &mut State, setting: Setting, value: i32) -> Result<(), Error> {
    let Value::Table(settings) = state.upvalue(0) else {
        return Ok(());
    };
    state.set_index(settings, setting as usize, Value::Number(f64::from(value)))
}

/// Errors: there are more arguments than so many.
fn at_most(args: &[Value], count: usize) -> Result<(), Error> {
    if args.len() > count {
        let text = b"found too many arguments".to_vec();
        return Err(Error::Argument(count + 1, text));
    }
    Ok(())
}

/// Errors: there is not just one argument.
fn just_one(args: &[Value]) -> Result<Value, Error> {
    match args {
        [value] => Ok(*value),
        _ => Err(Error::Argument(1, b"expected 1 argument".to_vec())),
    }
}

/// Changes a setting to an argument, if there is one, and tells what it is now.
fn integer_option(
    state: &mut State,
    args: &[Value],
    n: usize,
    which: Setting,
    (min, max): (i32, i32),
) -> Result<Value, Error> {
    if arg::any(args, n) != Value::Nil {
        // Cut to 32 bits, as the reference does; and it is always the first that it finds fault with.
        let value = arg::integer(state, args, n)? as i32;
        if !(min..=max).contains(&value) {
            let text = format!("expected integer between {min} and {max}");
            return Err(Error::Argument(1, text.into_bytes()));
        }
        change(state, which, value)?;
    }
    Ok(Value::Number(f64::from(setting(state, which))))
}

/// Changes a setting to an argument that is a boolean or one of these words, and tells what it is now.
fn word_option(
    state: &mut State,
    args: &[Value],
    n: usize,
    which: Setting,
    words: &[&str],
) -> Result<Value, Error> {
    match arg::any(args, n) {
        Value::Nil => {}
        Value::Bool(on) => change(state, which, i32::from(on))?,
        _ => {
            let word = arg::string(state, args, n)?;
            let word = state.shared(word);
            let word = word.split(|byte| *byte == 0).next().unwrap_or_default();
            match words.iter().position(|other| other.as_bytes() == word) {
                Some(at) => change(state, which, at as i32)?,
                None => {
                    let text = [b"invalid option '", word, b"'"].concat();
                    return Err(Error::Argument(n, text));
                }
            }
        }
    }
    match setting(state, which) {
        0 => Ok(Value::Bool(false)),
        1 => Ok(Value::Bool(true)),
        at => state.text(words.get(at as usize).unwrap_or(&"").as_bytes()),
    }
}

const SWITCH: &[&str] = &["off", "on"];

fn encode_sparse_array(
    state: &mut State,
    args: &[Value],
    out: &mut Vec<Value>,
) -> Result<Flow, Error> {
    at_most(args, 3)?;
    let any = (0, i32::MAX);
    out.push(word_option(state, args, 1, Setting::SparseConvert, SWITCH)?);
    out.push(integer_option(state, args, 2, Setting::SparseRatio, any)?);
    out.push(integer_option(state, args, 3, Setting::SparseSafe, any)?);
    Ok(Flow::Return)
}

macro_rules! settings {
    ($($function:ident: $option:ident($setting:ident, $values:expr);)*) => {
        $(fn $function(
            state: &mut State,
            args: &[Value],
            out: &mut Vec<Value>,
        ) -> Result<Flow, Error> {
            at_most(args, 1)?;
            out.push($option(state, args, 1, Setting::$setting, $values)?);
            Ok(Flow::Return)
        })*
    };
}
settings! {
    encode_max_depth: integer_option(EncodeDepth, (1, i32::MAX));
    decode_max_depth: integer_option(DecodeDepth, (1, i32::MAX));
    encode_number_precision: integer_option(Precision, (1, 14));
    encode_keep_buffer: word_option(KeepBuffer, SWITCH);
    encode_invalid_numbers: word_option(EncodeInvalid, &["off", "on", "null"]);
    decode_invalid_numbers: word_option(DecodeInvalid, SWITCH);
}
