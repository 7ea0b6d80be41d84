//! Lua BitOp: operations on the 32 bits of a number.

use super::super::arg;
use super::super::state::{NativeFn, State};
use super::super::value::{Error, Flow, Value};

const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("tobit", |state, args, out| give(out, bits(state, args, 1)?)),
    ("bnot", |state, args, out| give(out, !bits(state, args, 1)?)),
    ("band", |state, args, out| {
        fold(state, args, out, |a, b| a & b)
    }),
    ("bor", |state, args, out| {
        fold(state, args, out, |a, b| a | b)
    }),
    ("bxor", |state, args, out| {
        fold(state, args, out, |a, b| a ^ b)
    }),
    ("lshift", |state, args, out| {
        shift(state, args, out, |b, n| b << n)
    }),
    ("rshift", |state, args, out| {
        shift(state, args, out, |b, n| b >> n)
    }),
    ("arshift", |state, args, out| {
        shift(state, args, out, |b, n| (b as i32 >> n) as u32)
    }),
    ("rol", |state, args, out| {
        shift(state, args, out, u32::rotate_left)
    }),
    ("ror", |state, args, out| {
        shift(state, args, out, u32::rotate_right)
    }),
    ("bswap", |state, args, out| {
        give(out, bits(state, args, 1)?.swap_bytes())
    }),
    ("tohex", tohex),
];

/// Opens it.
pub fn open(state: &mut State) -> Result<(), Error> {
    state.open("bit", FUNCTIONS).map(drop)
}

/// The lowest 32 bits of a number, rounded half to even.
fn bits(state: &State, args: &[Value], n: usize) -> Result<u32, Error> {
    // Adding 2^52 + 2^51 puts the unit into the last bit of the mantissa.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    let number = arg::number(state, args, n)?;
    Ok((number + SHIFT).to_bits() as u32)
}

fn give(out: &mut Vec<Value>, bits: u32) -> Result<Flow, Error> {
    out.push(Value::Number(f64::from(bits as i32)));
    Ok(Flow::Return)
}

fn fold(
    state: &State,
    args: &[Value],
    out: &mut Vec<Value>,
    operation: fn(u32, u32) -> u32,
) -> Result<Flow, Error> {
    let mut result = bits(state, args, 1)?;
    for n in (2..=args.len()).rev() {
        result = operation(result, bits(state, args, n)?);
    }
    give(out, result)
}

fn shift(
    state: &State,
    args: &[Value],
    out: &mut Vec<Value>,
    operation: fn(u32, u32) -> u32,
) -> Result<Flow, Error> {
    let number = bits(state, args, 1)?;
    give(out, operation(number, bits(state, args, 2)? & 31))
}

fn tohex(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let number = bits(state, args, 1)?;
    let digits = match args.len() {
        0 | 1 => 8,
        _ => bits(state, args, 2)? as i32,
    };
    let text = match digits {
        0.. => format!("{number:08x}"),
        _ => format!("{number:08X}"),
    };
    let count = digits.unsigned_abs().min(8) as usize;
    out.push(state.text(&text.as_bytes()[8 - count..])?);
    Ok(Flow::Return)
}
