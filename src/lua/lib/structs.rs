//! The library `struct`: values to the bytes of structures of C and back, as `lua_struct.c` does it in the
//! reference on x86-64.

use super::codec::{Output, check_stack};
use crate::lua::arg;
use crate::lua::state::State;
use crate::lua::value::{Error, Flow, Value};

/// The largest size of an integer.
const MAX_INTEGER: usize = 32;
/// The alignment that `!` alone asks for.
const MAX_ALIGN: i32 = 8;

/// Opens the library.
pub fn open(state: &mut State) -> Result<(), Error> {
    state.open(
        "struct",
        &[("pack", pack), ("unpack", unpack), ("size", size)],
    )?;
    Ok(())
}

/// A format, as far as it has been read, and what it has asked for.
struct Format<'a> {
    rest: &'a [u8],
    big: bool,
    align: usize,
}

/// An option of a format.
struct Item {
    letter: u8,
    size: usize,
}

fn error(text: String) -> Error {
    Error::Text(text.into_bytes())
}

impl<'a> Format<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            // As a string of C: a zero byte ends it.
            rest: text.split(|byte| *byte == 0).next().unwrap_or_default(),
            big: false,
            align: 1,
        }
    }

    fn next(&mut self) -> Result<Option<Item>, Error> {
        let Some((letter, rest)) = self.rest.split_first() else {
            return Ok(None);
        };
        self.rest = rest;
        let size = match letter {
            b'b' | b'B' | b'x' => 1,
            b'h' | b'H' => 2,
            b'f' => 4,
            b'l' | b'L' | b'T' | b'd' => 8,
            b'c' => self.number(1)? as usize,
            b'i' | b'I' => {
                let size = self.number(4)?;
                if size as usize > MAX_INTEGER {
                    return Err(error(format!(
                        "integral size {size} is larger than limit of {MAX_INTEGER}"
                    )));
                }
                size as usize
            }
            _ => 0,
        };
        let letter = *letter;
        Ok(Some(Item { letter, size }))
    }

    /// The number that stands here, or another where none does.
    fn number(&mut self, default: i32) -> Result<i32, Error> {
        if !self.rest.first().is_some_and(u8::is_ascii_digit) {
            return Ok(default);
        }
        let mut number = 0i32;
        while let Some((digit @ b'0'..=b'9', rest)) = self.rest.split_first() {
            number = number
                .checked_mul(10)
                .and_then(|number| number.checked_add(i32::from(digit - b'0')))
                .ok_or_else(|| error("integral size overflow".to_owned()))?;
            self.rest = rest;
        }
        Ok(number)
    }

    /// How many bytes have to come before an item at this position.
    fn padding(&self, at: usize, item: &Item) -> usize {
        if item.size == 0 || item.letter == b'c' {
            return 0;
        }
        let size = item.size.min(self.align);
        // Sizes that are no powers of two come out as they do in the reference.
        (size - (at & (size - 1))) & (size - 1)
    }

    /// Takes an option that stands for no value.
    fn control(&mut self, letter: u8) -> Result<(), Error> {
        match letter {
            b' ' => {}
            b'>' => self.big = true,
            b'<' => self.big = false,
            b'!' => {
                let align = self.number(MAX_ALIGN)?;
                if align.count_ones() != 1 {
                    return Err(error(format!("alignment {align} is not a power of 2")));
                }
                self.align = align as usize;
            }
            _ => {
                let text = [b"invalid format option '", &[letter][..], b"'"].concat();
                return Err(Error::Argument(1, text));
            }
        }
        Ok(())
    }

    /// Turns what is in the order of a little-endian machine into the order asked for, or back.
    fn order<'b>(&self, bytes: &'b mut [u8]) -> &'b [u8] {
        if self.big {
            bytes.reverse();
        }
        bytes
    }
}

fn pack(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let text = arg::string(state, args, 1)?;
    let text = state.shared(text);
    // The reference has a nil after the arguments, and takes that for the first one missing.
    let args = &[args, &[Value::Nil]].concat();
    let mut format = Format::new(&text);
    let mut bytes = Output::default();
    let (mut n, mut total) = (2, 0);
    while let Some(mut item) = format.next()? {
        state.spend(1)?;
        let padding = format.padding(total, &item);
        total += padding;
        bytes.write(state, &[0; MAX_INTEGER][..padding])?;
        match item.letter {
            b'b' | b'B' | b'h' | b'H' | b'l' | b'L' | b'T' | b'i' | b'I' => {
                let number = to_unsigned(arg::number(state, args, n)?);
                n += 1;
                let mut buffer = [0; MAX_INTEGER];
                buffer[..8].copy_from_slice(&number.to_le_bytes());
                bytes.write(state, format.order(&mut buffer[..item.size]))?;
            }
            b'x' => bytes.write(state, &[0])?,
            b'f' => {
                let number = arg::number(state, args, n)? as f32;
                n += 1;
                bytes.write(state, format.order(&mut number.to_le_bytes()))?;
            }
            b'd' => {
                let number = arg::number(state, args, n)?;
                n += 1;
                bytes.write(state, format.order(&mut number.to_le_bytes()))?;
            }
            b'c' | b's' => {
                let text = arg::string(state, args, n)?;
                let text = state.shared(text);
                n += 1;
                if item.size == 0 {
                    item.size = text.len();
                }
                let Some(text) = text.get(..item.size) else {
                    return Err(Error::Argument(n, b"string too short".to_vec()));
                };
                bytes.write(state, text)?;
                if item.letter == b's' {
                    bytes.write(state, &[0])?;
                    item.size += 1;
                }
            }
            letter => format.control(letter)?,
        }
        total += item.size;
    }
    out.push(state.text(&bytes.bytes)?);
    Ok(Flow::Return)
}

/// A double cut to 64 bits without a sign, as C on x86-64 casts it.
fn to_unsigned(number: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if number >= HALF {
        return arg::to_integer(number - HALF) as u64 ^ 1 << 63;
    }
    arg::to_integer(number) as u64
}

fn unpack(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let text = arg::string(state, args, 1)?;
    let text = state.shared(text);
    let data = arg::string(state, args, 2)?;
    let data = state.shared(data);
    let at = arg::integer_or(state, args, 3, 1)? as u64;
    if at == 0 {
        return Err(Error::Argument(3, b"offset must be 1 or greater".to_vec()));
    }
    let short = || Error::Argument(2, b"data string too short".to_vec());
    // An offset before the beginning counts as one far after the end.
    let mut at = at - 1;
    let mut format = Format::new(&text);
    let mut values: Vec<Value> = Vec::new();
    while let Some(mut item) = format.next()? {
        state.spend(1)?;
        let begin = usize::try_from(at).map_err(|_| short())?;
        let begin = begin.saturating_add(format.padding(begin, &item));
        let rest = data.get(begin..).ok_or_else(short)?;
        let bytes = rest.get(..item.size).ok_or_else(short)?;
        check_stack(args.len() + values.len(), 2, "too many results")?;
        match item.letter {
            b'b' | b'B' | b'h' | b'H' | b'l' | b'L' | b'T' | b'i' | b'I' => {
                let mut buffer = [0; MAX_INTEGER];
                buffer[..item.size].copy_from_slice(bytes);
                format.order(&mut buffer[..item.size]);
                let [a, b, c, d, e, f, g, h, ..] = buffer;
                let number = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
                values.push(Value::Number(if item.letter.is_ascii_lowercase() {
                    extended(number, item.size) as f64
                } else {
                    number as f64
                }));
            }
            b'x' => {}
            b'f' => {
                let mut buffer = [0; 4];
                buffer.copy_from_slice(bytes);
                format.order(&mut buffer);
                values.push(Value::Number(f64::from(f32::from_le_bytes(buffer))));
            }
            b'd' => {
                let mut buffer = [0; 8];
                buffer.copy_from_slice(bytes);
                format.order(&mut buffer);
                values.push(Value::Number(f64::from_le_bytes(buffer)));
            }
            b'c' if item.size == 0 => {
                let size = values.pop().and_then(|value| state.to_number(value));
                let size =
                    size.ok_or_else(|| error("format 'c0' needs a previous size".to_owned()))?;
                item.size = usize::try_from(to_unsigned(size)).map_err(|_| short())?;
                let bytes = rest.get(..item.size).ok_or_else(short)?;
                values.push(state.text(bytes)?);
            }
            b'c' => values.push(state.text(bytes)?),
            b's' => {
                let Some(length) = rest.iter().position(|byte| *byte == 0) else {
                    state.spend(rest.len() / 16)?;
                    return Err(error("unfinished string in data".to_owned()));
                };
                values.push(state.text(&rest[..length])?);
                item.size = length + 1;
            }
            letter => format.control(letter)?,
        }
        at = (begin + item.size) as u64;
    }
    out.append(&mut values);
    out.push(Value::Number(at.wrapping_add(1) as i64 as f64));
    Ok(Flow::Return)
}

/// A number of so many bytes with its sign; the shift wraps as it does on x86-64.
fn extended(number: u64, size: usize) -> i64 {
    let mask = u64::MAX.wrapping_shl((size as u32).wrapping_mul(8).wrapping_sub(1));
    (if number & mask == 0 {
        number
    } else {
        number | mask
    }) as i64
}

fn size(state: &mut State, args: &[Value], out: &mut Vec<Value>) -> Result<Flow, Error> {
    let text = arg::string(state, args, 1)?;
    let text = state.shared(text);
    let mut format = Format::new(&text);
    let mut total = 0u64;
    while let Some(item) = format.next()? {
        state.spend(1)?;
        // Only the lowest bits decide how far something is from its alignment.
        total += format.padding(total as usize, &item) as u64;
        match item.letter {
            b's' => {
                let text = b"option 's' has no fixed size".to_vec();
                return Err(Error::Argument(1, text));
            }
            b'c' if item.size == 0 => {
                let text = b"option 'c0' has no fixed size".to_vec();
                return Err(Error::Argument(1, text));
            }
            // Letters that mean nothing are passed over here.
            letter if letter.is_ascii_alphanumeric() => {}
            letter => format.control(letter)?,
        }
        total += item.size as u64;
    }
    out.push(Value::Number(total as f64));
    Ok(Flow::Return)
}
