//! The string library, but for `format` and `gsub`.

use super::super::arg;
use super::super::state::{NativeFn, State};
use super::super::value::{Error, Flow, Value};
use super::pattern::Matcher;
use super::{count, format, text};

/// How many values a function may return.
const MAX_RESULTS: usize = 8000;

const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("byte", byte),
    ("char", char),
    ("dump", super::dump::dump),
    ("find", find),
    ("format", format::format),
    ("gfind", gmatch),
    ("gmatch", gmatch),
    ("gsub", super::gsub::gsub),
    ("len", len),
    ("lower", lower),
    ("match", match_),
    ("rep", rep),
    ("reverse", reverse),
    ("sub", sub),
    ("upper", upper),
];

/// Opens it; strings get their methods from it.
pub fn open(state: &mut State) -> Result<(), Error> {
    let library = state.open("string", FUNCTIONS)?;
    let gmatch = state.get_field(library, "gmatch");
    state.set_field(library, "gfind", gmatch)?;
    let metatable = state.new_table(0, 1)?;
    state.set_field(metatable, "__index", Value::Table(library))?;
    state.string_metatable = Some(metatable);
    Ok(())
}

/// A position counted from 1; what is negative counts from the end.
fn position(position: i64, length: usize) -> i64 {
    match position {
        0.. => position,
        _ => (position + length as i64 + 1).max(0),
    }
}

fn len(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let id = arg::string(state, args, 1)?;
    out.push(count(state.bytes(id).len()));
    Ok(Flow::Return)
}

fn sub(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let id = arg::string(state, args, 1)?;
    let source = state.shared(id);
    let start = position(arg::integer(state, args, 2)?, source.len()).max(1);
    let end = position(arg::integer_or(state, args, 3, -1)?, source.len());
    let end = end.min(source.len() as i64);
    let piece = match start <= end {
        true => &source[start as usize - 1..end as usize],
        false => &[],
    };
    out.push(state.text(piece)?);
    Ok(Flow::Return)
}

/// A string made of another's bytes.
fn convert(
    state: &mut State,
    args: &[Value],
    out: &mut Vec<Value>,
    change: fn(&mut [u8]),
) -> Result<Flow, Error> {
    let id = arg::string(state, args, 1)?;
    state.room(state.bytes(id).len())?;
    let mut bytes = state.bytes(id).to_vec();
    change(&mut bytes);
    out.push(state.text(&bytes)?);
    Ok(Flow::Return)
}

fn reverse(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    convert(state, args, out, <[u8]>::reverse)
}

fn lower(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    convert(state, args, out, <[u8]>::make_ascii_lowercase)
}

fn upper(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    convert(state, args, out, <[u8]>::make_ascii_uppercase)
}

fn rep(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let id = arg::string(state, args, 1)?;
    let times = arg::integer(state, args, 2)? as i32;
    let times = usize::try_from(times).unwrap_or_default();
    state.room(state.bytes(id).len().saturating_mul(times))?;
    let repeated = state.bytes(id).repeat(times);
    out.push(state.text(&repeated)?);
    Ok(Flow::Return)
}

fn byte(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let id = arg::string(state, args, 1)?;
    let length = state.bytes(id).len();
    let start = position(arg::integer_or(state, args, 2, 1)?, length);
    let end = position(arg::integer_or(state, args, 3, start)?, length);
    let (start, end) = (start.max(1), end.min(length as i64));
    if start > end {
        return Ok(Flow::Return);
    }
    state.spend((end - start) as usize / 4)?;
    let bytes = &state.bytes(id)[start as usize - 1..end as usize];
    if args.len() + bytes.len() > MAX_RESULTS {
        return Err(text("stack overflow (string slice too long)"));
    }
    out.extend(bytes.iter().map(|byte| Value::Number(f64::from(*byte))));
    Ok(Flow::Return)
}

fn char(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let mut bytes = Vec::with_capacity(args.len());
    for n in 1..=args.len() {
        let code = arg::integer(state, args, n)? as i32;
        let byte = u8::try_from(code);
        bytes.push(byte.map_err(|_| Error::Argument(n, b"invalid value".to_vec()))?);
    }
    out.push(state.text(&bytes)?);
    Ok(Flow::Return)
}

/// Where one text is in another; counts its work.
fn find_plain(state: &mut State, source: &[u8], wanted: &[u8]) -> Result<Option<usize>, Error> {
    let Some((first, rest)) = wanted.split_first() else {
        return Ok(Some(0));
    };
    let mut from = 0;
    while let Some(tail) = source.get(from..) {
        let found = tail.iter().position(|byte| byte == first);
        state.spend(found.unwrap_or(tail.len()) / 16)?;
        let Some(found) = found else { break };
        let tail = &tail[found + 1..];
        let short = rest.len().min(16);
        if tail.starts_with(&rest[..short]) {
            state.spend(1 + rest.len().min(tail.len()) / 16)?;
            if tail.starts_with(rest) {
                return Ok(Some(from + found));
            }
        }
        from += found + 1;
    }
    Ok(None)
}

/// Whether a pattern is nothing but text, as far as a zero byte.
fn is_plain(pattern: &[u8]) -> bool {
    let mut bytes = pattern.iter().take_while(|byte| **byte != 0);
    !bytes.any(|byte| b"^$*+?.([%-".contains(byte))
}

fn find(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    search(state, args, out, true)
}

fn match_(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    search(state, args, out, false)
}

/// `find` and `match`.
fn search(
    state: &mut State,
    args: &[Value],
    out: &mut Vec<Value>,
    find: bool,
) -> Result<Flow, Error> {
    let source = arg::string(state, args, 1)?;
    let pattern = arg::string(state, args, 2)?;
    let (source, pattern) = (state.shared(source), state.shared(pattern));
    let start = position(arg::integer_or(state, args, 3, 1)?, source.len()) - 1;
    let start = start.clamp(0, source.len() as i64) as usize;
    if find && (arg::any(args, 4).truth() || is_plain(&pattern)) {
        match find_plain(state, &source[start..], &pattern)? {
            Some(at) => {
                out.push(count(start + at + 1));
                out.push(count(start + at + pattern.len()));
            }
            None => out.push(Value::Nil),
        }
        return Ok(Flow::Return);
    }
    let unanchored = pattern.strip_prefix(b"^");
    let mut matcher = Matcher::new(state, &source, unanchored.unwrap_or(&pattern))?;
    for at in start..=source.len() {
        if let Some(end) = matcher.match_at(at)? {
            if find {
                out.push(count(at + 1));
                out.push(count(end));
                matcher.push_captures(None, usize::MAX, out)?;
            } else {
                matcher.push_captures(Some(&(at..end)), usize::MAX, out)?;
            }
            return Ok(Flow::Return);
        }
        if unanchored.is_some() {
            break;
        }
    }
    out.push(Value::Nil);
    Ok(Flow::Return)
}

fn gmatch(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let source = Value::Str(arg::string(state, args, 1)?);
    let pattern = Value::Str(arg::string(state, args, 2)?);
    out.push(state.native(gmatch_next, vec![source, pattern, count(0)])?);
    Ok(Flow::Return)
}

/// The next match of a `gmatch`, whose source, pattern and place are this function's own.
fn gmatch_next(state: &mut State, _: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (Value::Str(source), Value::Str(pattern), Value::Number(start)) =
        (state.upvalue(0), state.upvalue(1), state.upvalue(2))
    else {
        return Ok(Flow::Return);
    };
    let (source, pattern) = (state.shared(source), state.shared(pattern));
    let mut matcher = Matcher::new(state, &source, &pattern)?;
    for at in start as usize..=source.len() {
        if let Some(end) = matcher.match_at(at)? {
            matcher.push_captures(Some(&(at..end)), usize::MAX, out)?;
            // An empty match must not be found again.
            let next = if end == at { end + 1 } else { end };
            state.set_upvalue(2, count(next));
            break;
        }
    }
    Ok(Flow::Return)
}
