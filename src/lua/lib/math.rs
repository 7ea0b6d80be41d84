//! The math library, with the reference's own generator of random numbers.

use super::super::arg;
use super::super::number::{self, INVALID, UNDEFINED};
use super::super::state::{NativeFn, State};
use super::super::value::{Error, Flow, Value};
use super::text;

const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("abs", abs),
    ("acos", |state, args, out| {
        unary(state, args, out, f64::acos, UNDEFINED)
    }),
    ("asin", |state, args, out| {
        unary(state, args, out, f64::asin, UNDEFINED)
    }),
    ("atan2", atan2),
    ("atan", |state, args, out| {
        unary(state, args, out, f64::atan, UNDEFINED)
    }),
    ("ceil", |state, args, out| {
        unary(state, args, out, f64::ceil, UNDEFINED)
    }),
    ("cosh", |state, args, out| {
        unary(state, args, out, f64::cosh, UNDEFINED)
    }),
    ("cos", |state, args, out| {
        unary(state, args, out, f64::cos, INVALID)
    }),
    ("deg", |state, args, out| {
        unary(state, args, out, |n| n / DEGREE, UNDEFINED)
    }),
    ("exp", |state, args, out| {
        unary(state, args, out, f64::exp, UNDEFINED)
    }),
    ("floor", |state, args, out| {
        unary(state, args, out, f64::floor, UNDEFINED)
    }),
    ("fmod", fmod),
    ("frexp", frexp),
    ("ldexp", ldexp),
    ("log10", |state, args, out| {
        unary(state, args, out, f64::log10, UNDEFINED)
    }),
    ("log", |state, args, out| {
        unary(state, args, out, f64::ln, UNDEFINED)
    }),
    ("max", max),
    ("min", min),
    ("modf", modf),
    ("pow", pow),
    ("rad", |state, args, out| {
        unary(state, args, out, |n| n * DEGREE, UNDEFINED)
    }),
    ("random", random),
    ("randomseed", randomseed),
    ("sinh", |state, args, out| {
        unary(state, args, out, f64::sinh, UNDEFINED)
    }),
    ("sin", |state, args, out| {
        unary(state, args, out, f64::sin, INVALID)
    }),
    ("sqrt", |state, args, out| {
        unary(state, args, out, f64::sqrt, INVALID)
    }),
    ("tanh", |state, args, out| {
        unary(state, args, out, f64::tanh, UNDEFINED)
    }),
    ("tan", |state, args, out| {
        unary(state, args, out, f64::tan, INVALID)
    }),
];

const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// Opens it.
pub fn open(state: &mut State) -> Result<(), Error> {
    let library = state.open("math", FUNCTIONS)?;
    state.set_field(library, "pi", Value::Number(std::f64::consts::PI))?;
    state.set_field(library, "huge", Value::Number(f64::INFINITY))?;
    let fmod = state.get_field(library, "fmod");
    state.set_field(library, "mod", fmod)?;
    state.random = RANDOM_START;
    Ok(())
}

/// A function of one number, and what it gives where it is not defined. What is not a number to begin with
/// stays what it is, with its sign.
fn unary(
    state: &mut State,
    args: &[Value],
    out: &mut Vec<Value>,
    function: fn(f64) -> f64,
    undefined: f64,
) -> Result<Flow, Error> {
    let number = arg::number(state, args, 1)?;
    out.push(settle(function(number), &[number], undefined));
    Ok(Flow::Return)
}

/// A result, with a settled sign where it is not a number: that of the first argument that is none.
fn settle(result: f64, args: &[f64], undefined: f64) -> Value {
    if !result.is_nan() {
        return Value::Number(result);
    }
    let given = args.iter().copied().find(|number| number.is_nan());
    Value::Number(given.unwrap_or(undefined))
}

fn abs(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    out.push(Value::Number(arg::number(state, args, 1)?.abs()));
    Ok(Flow::Return)
}

fn two(state: &State, args: &[Value]) -> Result<(f64, f64), Error> {
    // The reference looks at the second first.
    let second = arg::number(state, args, 2)?;
    Ok((arg::number(state, args, 1)?, second))
}

fn atan2(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (y, x) = two(state, args)?;
    out.push(settle(y.atan2(x), &[x, y], UNDEFINED));
    Ok(Flow::Return)
}

fn fmod(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (a, b) = two(state, args)?;
    out.push(settle(a % b, &[a, b], INVALID));
    Ok(Flow::Return)
}

fn pow(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (base, exponent) = two(state, args)?;
    out.push(Value::Number(number::power(base, exponent)));
    Ok(Flow::Return)
}

fn modf(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let number = arg::number(state, args, 1)?;
    let fraction = match number.is_infinite() {
        true => 0.0,
        false => number.fract(),
    };
    out.push(settle(number.trunc(), &[number], UNDEFINED));
    out.push(settle(fraction.copysign(number), &[number], UNDEFINED));
    Ok(Flow::Return)
}

/// A finite number's size as a whole number times a power of two.
fn parts(number: f64) -> (u64, i64) {
    let bits = number.to_bits();
    let (exponent, mantissa) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
    match exponent {
        0 => (mantissa, -1074),
        _ => (mantissa | 1 << 52, exponent as i64 - 1075),
    }
}

fn frexp(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let number = arg::number(state, args, 1)?;
    let (mut fraction, mut exponent) = (number, 0);
    if number.is_finite() && number != 0.0 {
        let (mantissa, power) = parts(number);
        let bits = 64 - i64::from(mantissa.leading_zeros());
        fraction = number::scale(mantissa, -bits).copysign(number);
        exponent = power + bits;
    }
    out.push(Value::Number(fraction));
    out.push(Value::Number(exponent as f64));
    Ok(Flow::Return)
}

fn ldexp(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let exponent = arg::integer(state, args, 2)? as i32;
    let number = arg::number(state, args, 1)?;
    let mut result = number;
    if number.is_finite() {
        let (mantissa, power) = parts(number);
        result = number::scale(mantissa, power + i64::from(exponent)).copysign(number);
    }
    out.push(Value::Number(result));
    Ok(Flow::Return)
}

/// The argument that comes before all others.
fn extreme(
    state: &State,
    args: &[Value],
    out: &mut Vec<Value>,
    before: fn(&f64, &f64) -> bool,
) -> Result<Flow, Error> {
    let mut extreme = arg::number(state, args, 1)?;
    for n in 2..=args.len() {
        let number = arg::number(state, args, n)?;
        if before(&number, &extreme) {
            extreme = number;
        }
    }
    out.push(Value::Number(extreme));
    Ok(Flow::Return)
}

fn max(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    extreme(state, args, out, f64::gt)
}

fn min(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    extreme(state, args, out, f64::lt)
}

/// What the generator starts from in a new server.
pub const RANDOM_START: u64 = 0x1234_abcd_330e;

/// The next 31 bits of POSIX' `lrand48`.
fn next_random(state: &mut State) -> i32 {
    let next = state.random.wrapping_mul(0x5_deec_e66d).wrapping_add(0xb);
    state.random = next & ((1 << 48) - 1);
    (state.random >> 17) as i32
}

fn random(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let empty = |n| Error::Argument(n, b"interval is empty".to_vec());
    let random = f64::from(next_random(state) % i32::MAX) / f64::from(i32::MAX);
    let number = match args.len() {
        0 => random,
        1 => {
            let high = arg::integer(state, args, 1)? as i32;
            if high < 1 {
                return Err(empty(1));
            }
            (random * f64::from(high)).floor() + 1.0
        }
        2 => {
            let low = arg::integer(state, args, 1)? as i32;
            let high = arg::integer(state, args, 2)? as i32;
            if low > high {
                return Err(empty(2));
            }
            let size = high.wrapping_sub(low).wrapping_add(1);
            (random * f64::from(size)).floor() + f64::from(low)
        }
        _ => return Err(text("wrong number of arguments")),
    };
    out.push(Value::Number(number));
    Ok(Flow::Return)
}

fn randomseed(state: &mut State, args: &[Value], _: &mut Vec<Value>) -> Result<Flow, Error> {
    let seed = arg::integer(state, args, 1)? as u32;
    state.random = u64::from(seed) << 16 | 0x330e;
    Ok(Flow::Return)
}
