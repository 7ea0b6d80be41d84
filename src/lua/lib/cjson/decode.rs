//! `cjson.decode`. What is open is kept on a stack of its own, so that nesting costs no stack of the machine's.

use super::super::codec::STACK;
use super::{Setting, just_one, setting};
use crate::lua::arg;
use crate::lua::number;
use crate::lua::state::State;
use crate::lua::value::{Error, Flow, TableId, Value};

pub(super) fn decode(
    state: &mut State,
    args: &[Value],
    out: &mut Vec<Value>,
) -> Result<Flow, Error> {
    just_one(args)?;
    let text = arg::string(state, args, 1)?;
    let text = state.shared(text);
    if text.len() >= 2 && text.iter().take(2).any(|byte| *byte == 0) {
        let text = b"JSON parser does not support UTF-16 or UTF-32".to_vec();
        return Err(Error::Text(text));
    }
    state.spend(text.len() / 16)?;
    state.room(text.len())?;
    let mut decoder = Decoder {
        reader: Reader {
            text: &text,
            at: 0,
            begin: 0,
            invalid_numbers: setting(state, Setting::DecodeInvalid) != 0,
            string: Vec::new(),
        },
        open: Vec::new(),
        top: 1,
    };
    out.push(decoder.run(state)?);
    Ok(Flow::Return)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    ObjectBegin,
    ObjectEnd,
    ArrayBegin,
    ArrayEnd,
    /// Its bytes are the reader's.
    String,
    Number(f64),
    Bool(bool),
    Null,
    Colon,
    Comma,
    End,
    Error(&'static str),
}

impl Token {
    /// What errors call it.
    fn name(self) -> &'static str {
        match self {
            Self::ObjectBegin => "T_OBJ_BEGIN",
            Self::ObjectEnd => "T_OBJ_END",
            Self::ArrayBegin => "T_ARR_BEGIN",
            Self::ArrayEnd => "T_ARR_END",
            Self::String => "T_STRING",
            Self::Number(_) => "T_NUMBER",
            Self::Bool(_) => "T_BOOLEAN",
            Self::Null => "T_NULL",
            Self::Colon => "T_COLON",
            Self::Comma => "T_COMMA",
            Self::End => "T_END",
            Self::Error(text) => text,
        }
    }
}

/// A table that is being read.
enum Open {
    Array {
        table: TableId,
        length: usize,
    },
    /// The key whose value is next.
    Object {
        table: TableId,
        key: Value,
    },
}

struct Decoder<'a> {
    reader: Reader<'a>,
    open: Vec<Open>,
    /// How many values the reference would have on its stack.
    top: usize,
}

impl Decoder<'_> {
    fn run(&mut self, state: &mut State) -> Result<Value, Error> {
        let mut token = self.reader.next();
        loop {
            state.spend(1)?;
            let value = match token {
                Token::String => state.text(&self.reader.string)?,
                Token::Number(number) => Value::Number(number),
                Token::Bool(bool) => Value::Bool(bool),
                Token::Null => Value::Null,
                Token::ArrayBegin => {
                    let table = self.descend(state, 2)?;
                    token = self.reader.next();
                    if token != Token::ArrayEnd {
                        self.top += 1;
                        self.open.push(Open::Array { table, length: 0 });
                        continue;
                    }
                    Value::Table(table)
                }
                Token::ObjectBegin => {
                    let table = self.descend(state, 3)?;
                    token = self.reader.next();
                    if token != Token::ObjectEnd {
                        self.top += 2;
                        let key;
                        (key, token) = self.key(state, token)?;
                        self.open.push(Open::Object { table, key });
                        continue;
                    }
                    Value::Table(table)
                }
                _ => return Err(self.unexpected("value", token)),
            };
            match self.put(state, value)? {
                Next::Value(next) => token = next,
                Next::Done(value) => return Ok(value),
            }
        }
    }

    /// A new table, one level further down, where the reference wants so much of its stack.
    fn descend(&mut self, state: &mut State, slots: usize) -> Result<TableId, Error> {
        let depth = self.open.len() + 1;
        let deepest = setting(state, Setting::DecodeDepth) as usize;
        if depth > deepest || self.top + slots > STACK {
            let at = self.reader.at;
            let text = format!("Found too many nested data structures ({depth}) at character {at}");
            return Err(Error::Text(text.into_bytes()));
        }
        state.new_table(0, 0)
    }

    /// A key, from its token, and the token of its value.
    fn key(&mut self, state: &mut State, token: Token) -> Result<(Value, Token), Error> {
        if token != Token::String {
            return Err(self.unexpected("object key string", token));
        }
        let key = state.text(&self.reader.string)?;
        match self.reader.next() {
            Token::Colon => Ok((key, self.reader.next())),
            other => Err(self.unexpected("colon", other)),
        }
    }

    /// Puts a complete value where it belongs; what this closes is a complete value in its turn.
    fn put(&mut self, state: &mut State, mut value: Value) -> Result<Next, Error> {
        loop {
            let token = match self.open.last_mut() {
                None => {
                    return match self.reader.next() {
                        Token::End => Ok(Next::Done(value)),
                        other => Err(self.unexpected("the end", other)),
                    };
                }
                Some(Open::Array { table, length }) => {
                    *length += 1;
                    state.set_index(*table, *length, value)?;
                    value = Value::Table(*table);
                    match self.reader.next() {
                        Token::Comma => return Ok(Next::Value(self.reader.next())),
                        Token::ArrayEnd => {
                            self.top -= 1;
                            None
                        }
                        other => Some(("comma or array end", other)),
                    }
                }
                Some(Open::Object { table, key }) => {
                    state.set(*table, *key, value)?;
                    value = Value::Table(*table);
                    match self.reader.next() {
                        Token::Comma => {
                            let token = self.reader.next();
                            let (next, token) = self.key(state, token)?;
                            if let Some(Open::Object { key, .. }) = self.open.last_mut() {
                                *key = next;
                            }
                            return Ok(Next::Value(token));
                        }
                        Token::ObjectEnd => {
                            self.top -= 2;
                            None
                        }
                        other => Some(("comma or object end", other)),
                    }
                }
            };
            if let Some((expected, token)) = token {
                return Err(self.unexpected(expected, token));
            }
            self.open.pop();
        }
    }

    fn unexpected(&self, expected: &str, token: Token) -> Error {
        let (found, at) = (token.name(), self.reader.begin + 1);
        let text = format!("Expected {expected} but found {found} at character {at}");
        Error::Text(text.into_bytes())
    }
}

/// What comes after a complete value.
enum Next {
    /// Another, with this token.
    Value(Token),
    /// Nothing: this is all.
    Done(Value),
}

/// Cuts a text into tokens. A zero byte ends it, as it ends a string of C.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the token began, or what is wrong with it.
    begin: usize,
    /// Whether numbers may look as JSON does not allow.
    invalid_numbers: bool,
    /// The string that was read last.
    string: Vec<u8>,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or_default()
    }

    fn error(&mut self, text: &'static str) -> Token {
        self.begin = self.at;
        Token::Error(text)
    }

    fn next(&mut self) -> Token {
        while matches!(self.peek(0), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        self.begin = self.at;
        let (token, length) = match self.peek(0) {
            0 => return Token::End,
            b'{' => (Token::ObjectBegin, 1),
            b'}' => (Token::ObjectEnd, 1),
            b'[' => (Token::ArrayBegin, 1),
            b']' => (Token::ArrayEnd, 1),
            b',' => (Token::Comma, 1),
            b':' => (Token::Colon, 1),
            b'"' => return self.string(),
            b'-' | b'0'..=b'9' => {
                if !self.invalid_numbers && self.is_invalid_number() {
                    return self.error("invalid number");
                }
                return self.number();
            }
            _ if self.rest().starts_with(b"true") => (Token::Bool(true), 4),
            _ if self.rest().starts_with(b"false") => (Token::Bool(false), 5),
            _ if self.rest().starts_with(b"null") => (Token::Null, 4),
            b'+' | b'i' | b'I' | b'n' | b'N'
                if self.invalid_numbers && self.is_invalid_number() =>
            {
                return self.number();
            }
            _ => return self.error("invalid token"),
        };
        self.at += length;
        token
    }

    fn string(&mut self) -> Token {
        self.at += 1;
        self.string.clear();
        loop {
            let byte = match self.peek(0) {
                b'"' => break,
                0 => return self.error("unexpected end of string"),
                b'\\' => {
                    let byte = match self.peek(1) {
                        byte @ (b'"' | b'\\' | b'/') => byte,
                        b'b' => 8,
                        b't' => b'\t',
                        b'n' => b'\n',
                        b'f' => 12,
                        b'r' => b'\r',
                        b'u' => match self.unicode() {
                            Some((char, length)) => {
                                push_utf8(&mut self.string, char);
                                self.at += length;
                                continue;
                            }
                            None => return self.error("invalid unicode escape code"),
                        },
                        _ => return self.error("invalid escape code"),
                    };
                    self.at += 1;
                    byte
                }
                byte => byte,
            };
            self.string.push(byte);
            self.at += 1;
        }
        self.at += 1;
        Token::String
    }

    /// The code point of an escape, or of two that are a surrogate pair, and how long it is.
    fn unicode(&self) -> Option<(u32, usize)> {
        let high = self.hex(2)?;
        if high & 0xf800 != 0xd800 {
            return Some((high, 6));
        }
        if high & 0x400 != 0 || self.peek(6) != b'\\' || self.peek(7) != b'u' {
            return None;
        }
        let low = self.hex(8)?;
        if low & 0xfc00 != 0xdc00 {
            return None;
        }
        Some((((high & 0x3ff) << 10 | low & 0x3ff) + 0x1_0000, 12))
    }

    fn hex(&self, ahead: usize) -> Option<u32> {
        (ahead..ahead + 4).try_fold(0, |code, at| {
            Some(code << 4 | char::from(self.peek(at)).to_digit(16)?)
        })
    }

    /// Whether C would read a number here that JSON does not allow.
    fn is_invalid_number(&self) -> bool {
        let rest = match self.rest() {
            [b'+', ..] => return true,
            [b'-', rest @ ..] => rest,
            rest => rest,
        };
        match rest {
            [b'0', next, ..] => matches!(next, b'x' | b'X' | b'0'..=b'9'),
            _ => starts_with(rest, b"inf") || starts_with(rest, b"nan"),
        }
    }

    fn number(&mut self) -> Token {
        match number::read(self.rest()) {
            Some((number, rest)) => {
                self.at = self.text.len() - rest.len();
                Token::Number(number)
            }
            None => self.error("invalid number"),
        }
    }
}

fn push_utf8(out: &mut Vec<u8>, code: u32) {
    if let Some(char) = char::from_u32(code) {
        out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

fn starts_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}
