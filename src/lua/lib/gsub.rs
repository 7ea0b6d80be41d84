//! `string.gsub`. Where the replacement is a function or a table, the prelude goes from match to match and
//! keeps in a table how far it is.

use std::ops::Range;

use super::super::arg;
use super::super::state::{NativeFn, State};
use super::super::value::{Error, Flow, TableId, Value};
use super::pattern::{Captured, Matcher};
use super::{append, count};

/// What the prelude's `gsub` is made of.
pub const HELPERS: &[(&str, NativeFn)] = &[
    ("gsub", gsub),
    ("gsub_next", gsub_next),
    ("gsub_captures", gsub_captures),
];

/// The arguments, in their order of being checked.
struct Arguments {
    source: Value,
    pattern: Value,
    replacement: Value,
    most: i64,
}

fn arguments(state: &mut State, args: &[Value]) -> Result<Arguments, Error> {
    let source = arg::string(state, args, 1)?;
    let pattern = arg::string(state, args, 2)?;
    let most = state.bytes(source).len() as i64 + 1;
    let most = i64::from(arg::integer_or(state, args, 4, most)? as i32);
    let replacement = match arg::any(args, 3) {
        number @ Value::Number(_) => state.coerce(number)?.map_or(Value::Nil, Value::Str),
        other @ (Value::Str(_) | Value::Function(_) | Value::Table(_)) => other,
        _ => {
            let expected = b"string/function/table expected".to_vec();
            return Err(Error::Argument(3, expected));
        }
    };
    Ok(Arguments {
        source: Value::Str(source),
        pattern: Value::Str(pattern),
        replacement,
        most,
    })
}

/// Replaces by a text: the result and the count. Otherwise: the table that says how far it is, nil, the
/// replacement, and whether that is a function.
pub fn gsub(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let arguments = arguments(state, args)?;
    if let Value::Str(_) = arguments.replacement {
        return replace(state, &arguments, out);
    }
    let replacement = arguments.replacement;
    let is_function = matches!(replacement, Value::Function(_));
    let walk = state.new_table(CAPTURES + 32, 0)?;
    let pieces = state.new_table(0, 0)?;
    for (index, value) in [
        (SOURCE, arguments.source),
        (PATTERN, arguments.pattern),
        (MOST, Value::Number(arguments.most as f64)),
        (DONE, count(0)),
        (AT, count(0)),
        (COPIED, count(0)),
        (PIECES, Value::Table(pieces)),
        (USED, count(0)),
        (ONLY_ONE, Value::Bool(!is_function)),
    ] {
        state.set_index(walk, index, value)?;
    }
    out.extend([
        Value::Table(walk),
        Value::Nil,
        replacement,
        Value::Bool(is_function),
    ]);
    Ok(Flow::Return)
}

fn replace(state: &mut State, arguments: &Arguments, out: &mut Vec<Value>) -> Result<Flow, Error> {
    let (Value::Str(source), Value::Str(pattern), Value::Str(replacement)) =
        (arguments.source, arguments.pattern, arguments.replacement)
    else {
        return Ok(Flow::Return);
    };
    let (source, pattern) = (state.shared(source), state.shared(pattern));
    let replacement = state.shared(replacement);
    let unanchored = pattern.strip_prefix(b"^");
    let mut matcher = Matcher::new(state, &source, unanchored.unwrap_or(&pattern))?;
    let (mut text, mut at, mut copied, mut done) = (Vec::new(), 0, 0, 0);
    while done < arguments.most {
        let end = matcher.match_at(at)?;
        if let Some(end) = end {
            done += 1;
            append(matcher.state, &mut text, &source[copied..at])?;
            add(&mut matcher, &mut text, &source, &replacement, &(at..end))?;
            copied = end;
        }
        match end {
            Some(end) if end > at => at = end,
            _ if at < source.len() => at += 1,
            _ => break,
        }
        if unanchored.is_some() {
            break;
        }
    }
    append(matcher.state, &mut text, &source[copied..])?;
    out.push(state.text(&text)?);
    out.push(Value::Number(done as f64));
    Ok(Flow::Return)
}

/// Adds a replacement, in which `%1` stands for a capture.
fn add(
    matcher: &mut Matcher,
    text: &mut Vec<u8>,
    source: &[u8],
    replacement: &[u8],
    whole: &Range<usize>,
) -> Result<(), Error> {
    matcher.state.spend(replacement.len() / 16)?;
    let mut rest = replacement;
    loop {
        let plain = rest.iter().position(|byte| *byte == b'%');
        let (start, escape) = rest.split_at(plain.unwrap_or(rest.len()));
        append(matcher.state, text, start)?;
        if escape.is_empty() {
            return Ok(());
        }
        // A `%` at the end escapes the zero byte that ends every string in C.
        let escaped = escape.get(1).copied().unwrap_or_default();
        rest = escape.get(2..).unwrap_or_default();
        let captured = match escaped {
            b'0' => Captured::Piece(whole.clone()),
            b'1'..=b'9' => matcher.captured(usize::from(escaped - b'1'), whole)?,
            _ => {
                append(matcher.state, text, &[escaped])?;
                continue;
            }
        };
        matcher.state.spend(1)?;
        match captured {
            Captured::Piece(piece) => append(matcher.state, text, &source[piece])?,
            Captured::Position(position) => {
                append(matcher.state, text, position.to_string().as_bytes())?;
            }
        }
    }
}

// Where things stand in the table that says how far it is.
const SOURCE: usize = 1;
const PATTERN: usize = 2;
/// How many replacements there may be.
const MOST: usize = 3;
/// How many there have been.
const DONE: usize = 4;
/// Where the match began that is looked at, or where the next may begin.
const AT: usize = 5;
/// Where the match ended whose replacement is awaited; nil before the first.
const END: usize = 6;
/// As far as here the source has been copied, or left out.
const COPIED: usize = 7;
/// A list of what the result is made of.
const PIECES: usize = 8;
const USED: usize = 9;
/// Whether only one capture is looked at: the replacement is a table.
const ONLY_ONE: usize = 10;
/// How many captures there are; they follow.
const CAPTURES: usize = 11;

fn whole(state: &State, walk: TableId, index: usize) -> usize {
    match state.get_index(walk, index) {
        Value::Number(number) => number as usize,
        _ => 0,
    }
}

/// Takes the replacement of the last match, if there was one, and finds the next: true. At the end:
/// false, the result, and the count. Until all can be kept, it changes nothing that would make a difference
/// to being called once more.
fn gsub_next(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let walk = arg::table(args, 1)?;
    let (Value::Str(source), Value::Str(pattern), Value::Table(pieces)) = (
        state.get_index(walk, SOURCE),
        state.get_index(walk, PATTERN),
        state.get_index(walk, PIECES),
    ) else {
        return Ok(Flow::Return);
    };
    let (source, pattern) = (state.shared(source), state.shared(pattern));
    let mut at = whole(state, walk, AT);
    let mut copied = whole(state, walk, COPIED);
    let mut used = whole(state, walk, USED);
    let most = match state.get_index(walk, MOST) {
        Value::Number(most) => most,
        _ => 0.0,
    };
    let mut done = whole(state, walk, DONE);
    let unanchored = pattern.strip_prefix(b"^");
    let mut over = false;
    if state.get_index(walk, END) != Value::Nil {
        let end = whole(state, walk, END);
        let value = arg::any(args, 2);
        // What is false leaves the source as it is.
        if value.truth() {
            let Some(value) = state.coerce(value)? else {
                let what = value.type_name();
                let message = format!("invalid replacement value (a {what})");
                return Err(super::text(&message));
            };
            if at > copied {
                let piece = state.text(&source[copied..at])?;
                used += 1;
                state.set_index(pieces, used, piece)?;
            }
            used += 1;
            state.set_index(pieces, used, Value::Str(value))?;
            copied = end;
        }
        over = unanchored.is_some() || end == at && at == source.len();
        at = if end > at { end } else { at + 1 };
    }
    let only_one = state.get_index(walk, ONLY_ONE).truth();
    let mut matcher = Matcher::new(state, &source, unanchored.unwrap_or(&pattern))?;
    while !over && (done as f64) < most {
        if let Some(end) = matcher.match_at(at)? {
            let mut captures = Vec::new();
            let most = if only_one { 1 } else { usize::MAX };
            matcher.push_captures(Some(&(at..end)), most, &mut captures)?;
            done += 1;
            let places = [
                (AT, at),
                (END, end),
                (COPIED, copied),
                (USED, used),
                (DONE, done),
            ];
            for (index, value) in places {
                state.set_index(walk, index, count(value))?;
            }
            state.set_index(walk, CAPTURES, count(captures.len()))?;
            for (index, capture) in captures.into_iter().enumerate() {
                state.set_index(walk, CAPTURES + 1 + index, capture)?;
            }
            out.push(Value::Bool(true));
            return Ok(Flow::Return);
        }
        over = unanchored.is_some() || at >= source.len();
        at += 1;
    }
    let mut text = Vec::new();
    for index in 1..=used {
        let piece = match state.get_index(pieces, index) {
            Value::Str(id) => state.shared(id),
            _ => continue,
        };
        append(state, &mut text, &piece)?;
    }
    state.spend(used)?;
    append(state, &mut text, &source[copied..])?;
    let result = state.text(&text)?;
    out.extend([Value::Bool(false), result, count(done)]);
    Ok(Flow::Return)
}

/// The captures of the match that is looked at.
fn gsub_captures(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let walk = arg::table(args, 1)?;
    for index in 1..=whole(state, walk, CAPTURES) {
        out.push(state.get_index(walk, CAPTURES + index));
    }
    Ok(Flow::Return)
}
