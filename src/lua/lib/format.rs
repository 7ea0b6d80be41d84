//! `string.format`.

use super::super::arg;
use super::super::number::Spec;
use super::super::state::{DISPLAY, State};
use super::super::value::{Error, Flow, Value};
use super::{append, text};

/// How many flags of a conversion are too many.
const TOO_MANY_FLAGS: usize = 6;

/// `string.format`.
pub fn format(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let id = arg::string(state, args, 1)?;
    let format = state.shared(id);
    let mut rest = &*format;
    let mut result = Vec::new();
    let mut n = 1;
    loop {
        let plain = rest.iter().position(|byte| *byte == b'%');
        let (start, conversion) = rest.split_at(plain.unwrap_or(rest.len()));
        append(state, &mut result, start)?;
        let Some((_, conversion)) = conversion.split_first() else {
            break;
        };
        if let Some(after) = conversion.strip_prefix(b"%") {
            append(state, &mut result, b"%")?;
            rest = after;
            continue;
        }
        n += 1;
        if n > args.len() {
            return Err(Error::Argument(n, b"no value".to_vec()));
        }
        let (spec, letter, after) = conversion_of(conversion)?;
        // Digits are made one by one.
        state.spend(DISPLAY + 16 * spec.precision.unwrap_or(0))?;
        let item = convert(state, args, n, spec, letter)?;
        append(state, &mut result, &item)?;
        rest = after;
    }
    out.push(state.text(&result)?);
    Ok(Flow::Return)
}

/// What stands between `%` and its letter, the letter (zero at the end), and what follows.
fn conversion_of(bytes: &[u8]) -> Result<(Spec, u8, &[u8]), Error> {
    let mut spec = Spec::default();
    let is_flag = |byte: &&u8| b"-+ #0".contains(byte);
    let flags = bytes.iter().take_while(is_flag).count();
    if flags >= TOO_MANY_FLAGS {
        return Err(text("invalid format (repeated flags)"));
    }
    let (flags, mut rest) = bytes.split_at(flags);
    for flag in flags {
        match flag {
            b'-' => spec.left = true,
            b'+' => spec.plus = true,
            b' ' => spec.space = true,
            b'#' => spec.alternate = true,
            _ => spec.zero = true,
        }
    }
    (spec.width, rest) = two_digits(rest);
    if let Some(after) = rest.strip_prefix(b".") {
        let (precision, after) = two_digits(after);
        spec.precision = Some(precision);
        rest = after;
    }
    if rest.first().is_some_and(u8::is_ascii_digit) {
        return Err(text("invalid format (width or precision too long)"));
    }
    match rest.split_first() {
        Some((letter, rest)) => Ok((spec, *letter, rest)),
        None => Ok((spec, 0, rest)),
    }
}

fn two_digits(bytes: &[u8]) -> (usize, &[u8]) {
    let digits = bytes
        .iter()
        .take(2)
        .take_while(|byte| byte.is_ascii_digit());
    let number = digits
        .clone()
        .fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
    (number, &bytes[digits.count()..])
}

fn convert(
    state: &mut State,
    args: &[Value],
    n: usize,
    spec: Spec,
    letter: u8,
) -> Result<Vec<u8>, Error> {
    Ok(match letter {
        b'c' => {
            let code = arg::number(state, args, n)?;
            let item = spec.pad(&[to_char(code)]);
            until_zero(&item).to_vec()
        }
        b'd' | b'i' => spec.signed(arg::integer(state, args, n)?),
        b'o' | b'u' | b'x' | b'X' => {
            spec.unsigned(to_unsigned(arg::number(state, args, n)?), letter)
        }
        b'e' | b'E' | b'f' | b'g' | b'G' => spec.float(arg::number(state, args, n)?, letter),
        b'q' => {
            let id = arg::string(state, args, n)?;
            state.spend(state.bytes(id).len() / 4)?;
            state.room(state.bytes(id).len().saturating_mul(4))?;
            quoted(state.bytes(id))
        }
        b's' => {
            let id = arg::string(state, args, n)?;
            let bytes = state.bytes(id);
            if spec.precision.is_none() && bytes.len() >= 100 {
                state.room(bytes.len())?;
                return Ok(bytes.to_vec());
            }
            let bytes = until_zero(bytes);
            let length = bytes.len().min(spec.precision.unwrap_or(usize::MAX));
            spec.pad(&bytes[..length])
        }
        _ => {
            let mut message = b"invalid option '%".to_vec();
            message.extend((letter != 0).then_some(letter));
            message.extend_from_slice(b"' to 'format'");
            return Err(Error::Text(message));
        }
    })
}

/// A double cut to an unsigned integer, as C on x86-64 casts it.
fn to_unsigned(number: f64) -> u64 {
    const TOP: f64 = 9_223_372_036_854_775_808.0;
    if number >= TOP {
        return arg::to_integer(number - TOP) as u64 ^ 1 << 63;
    }
    arg::to_integer(number) as u64
}

/// A double cut to 32 bits and then to a byte, as C on x86-64 casts it.
fn to_char(number: f64) -> u8 {
    i32::try_from(arg::to_integer(number)).unwrap_or_default() as u8
}

/// As much as C takes for a string.
fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 2);
    out.push(b'"');
    for byte in bytes {
        match byte {
            b'"' | b'\\' | b'\n' => out.extend([b'\\', *byte]),
            b'\r' => out.extend_from_slice(b"\\r"),
            0 => out.extend_from_slice(b"\\000"),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
    out
}
