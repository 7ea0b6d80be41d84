//! What a script returned as a reply.

use crate::lua::arg::to_integer;
use crate::lua::message::ReplyError;
use crate::lua::state::State;
use crate::lua::value::{Error, StrId, TableId, Value};

use super::super::base::c_string;
use super::double;
use super::errors::is_counted;

/// How deep the reference's stack may be while it converts.
const STACK: usize = 8000;
/// How many values it needs there for any one.
const NEEDED: usize = 4;
/// How deep it is at first: below what is returned stands the error handler.
const FIRST: usize = 2;

/// What a script returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// As RESP.
    pub bytes: Vec<u8>,
    /// The errors in it, in this order.
    pub errors: Vec<ReplyError>,
}

/// What is left to convert, with the depth of the reference's stack.
enum Task {
    One(Value, usize),
    List(TableId, usize, usize),
    Map(TableId, Value, usize),
    Set(TableId, Value, usize),
}

struct Writer<'a> {
    state: &'a mut State,
    names: Names,
    resp: u8,
    reply: Reply,
    tasks: Vec<Task>,
}

/// Converts what a script returned, for a client of this protocol version.
///
/// Errors: a budget; tables can hold each other in circles.
pub fn reply(state: &mut State, value: Value, client_resp: u8) -> Result<Reply, Error> {
    let mut writer = Writer {
        names: Names::new(state),
        state,
        resp: client_resp,
        reply: Reply::default(),
        tasks: vec![Task::One(value, FIRST)],
    };
    while let Some(task) = writer.tasks.pop() {
        writer.state.spend(1)?;
        writer.state.room(writer.reply.bytes.len())?;
        match task {
            Task::One(value, depth) => writer.one(value, depth)?,
            Task::List(list, index, depth) => match writer.state.get_index(list, index) {
                Value::Nil => {}
                value => {
                    writer.tasks.push(Task::List(list, index + 1, depth));
                    writer.tasks.push(Task::One(value, depth + 1));
                }
            },
            Task::Map(map, last, depth) => {
                if let Some((key, value)) = writer.state.next(map, last)? {
                    writer.tasks.push(Task::Map(map, key, depth));
                    writer.tasks.push(Task::One(value, depth + 3));
                    writer.tasks.push(Task::One(key, depth + 4));
                }
            }
            Task::Set(set, last, depth) => {
                if let Some((key, _)) = writer.state.next(set, last)? {
                    writer.tasks.push(Task::Set(set, key, depth));
                    writer.tasks.push(Task::One(key, depth + 3));
                }
            }
        }
    }
    Ok(writer.reply)
}

/// The fields by which a table is another thing than a list.
struct Names {
    err: Value,
    ok: Value,
    double: Value,
    big_number: Value,
    verbatim_string: Value,
    format: Value,
    string: Value,
    map: Value,
    set: Value,
}

impl Names {
    fn new(state: &mut State) -> Self {
        let mut name = |text: &str| Value::Str(state.strings.intern(text.as_bytes()));
        Self {
            err: name("err"),
            ok: name("ok"),
            double: name("double"),
            big_number: name("big_number"),
            verbatim_string: name("verbatim_string"),
            format: name("format"),
            string: name("string"),
            map: name("map"),
            set: name("set"),
        }
    }
}

impl Writer<'_> {
    fn one(&mut self, value: Value, depth: usize) -> Result<(), Error> {
        if depth + NEEDED > STACK {
            self.error(b"ERR reached lua stack limit", true);
            return Ok(());
        }
        match value {
            Value::Str(id) => self.bulk(&self.state.shared(id))?,
            Value::Number(number) => self.head(b':', to_integer(number)),
            Value::Bool(bool) if self.state.server.resp() == 2 => match bool {
                true => self.head(b':', 1),
                false => self.null(),
            },
            Value::Bool(bool) if self.resp == 2 => self.head(b':', bool.into()),
            Value::Bool(true) => self.put(b"#t\r\n"),
            Value::Bool(false) => self.put(b"#f\r\n"),
            Value::Table(id) => self.table(id, depth)?,
            _ => self.null(),
        }
        Ok(())
    }

    fn table(&mut self, id: TableId, depth: usize) -> Result<(), Error> {
        self.state.spend(4)?;
        let names = &self.names;
        let field = |name| self.state.get(id, name);
        if let Value::Str(text) = field(names.err) {
            let counted = is_counted(self.state, id);
            self.error(&self.state.shared(text), !counted);
        } else if let Value::Str(text) = field(names.ok) {
            self.line(b'+', &self.state.shared(text));
        } else if let Value::Number(number) = field(names.double) {
            self.double(number)?;
        } else if let Value::Str(text) = field(names.big_number) {
            let text = self.state.shared(text);
            match self.resp {
                2 => self.bulk(&spaced(c_string(&text)))?,
                _ => self.line(b'(', &text),
            }
        } else if let Some((format, text)) = self.verbatim(id) {
            self.verbatim_string(format, text)?;
        } else if let Value::Table(map) = field(names.map) {
            let count = self.count(map)?;
            match self.resp {
                2 => self.head(b'*', count * 2),
                _ => self.head(b'%', count),
            }
            self.tasks.push(Task::Map(map, Value::Nil, depth));
        } else if let Value::Table(set) = field(names.set) {
            let count = self.count(set)?;
            self.head(if self.resp == 2 { b'*' } else { b'~' }, count);
            self.tasks.push(Task::Set(set, Value::Nil, depth));
        } else {
            let there = |index: &usize| self.state.get_index(id, *index) != Value::Nil;
            let count = (1..).take_while(there).count();
            self.state.spend(count / 4)?;
            self.head(b'*', count as i64);
            self.tasks.push(Task::List(id, 1, depth));
        }
        Ok(())
    }

    fn count(&mut self, table: TableId) -> Result<i64, Error> {
        let (array, nodes) = self.state.table(table).sizes();
        self.state.spend((array + nodes) / 4)?;
        Ok(self.state.table(table).pairs().count() as i64)
    }

    fn verbatim(&self, id: TableId) -> Option<(StrId, StrId)> {
        let Value::Table(inner) = self.state.get(id, self.names.verbatim_string) else {
            return None;
        };
        let format = self.state.get(inner, self.names.format);
        match (format, self.state.get(inner, self.names.string)) {
            (Value::Str(format), Value::Str(text)) => Some((format, text)),
            _ => None,
        }
    }

    fn verbatim_string(&mut self, format: StrId, text: StrId) -> Result<(), Error> {
        let text = self.state.shared(text);
        if self.resp == 2 {
            return self.bulk(&text);
        }
        let mut format = c_string(self.state.bytes(format)).to_vec();
        format.resize(3, b' ');
        self.head(b'=', text.len() as i64 + 4);
        self.put(&format);
        self.put(b":");
        self.bytes(&text)
    }

    fn double(&mut self, number: f64) -> Result<(), Error> {
        let text = double::reply(number);
        if self.resp == 2 {
            return self.bulk(&text);
        }
        self.line(b',', &text);
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) {
        self.reply.bytes.extend_from_slice(bytes);
    }

    fn head(&mut self, kind: u8, number: i64) {
        self.put(&[kind]);
        self.put(number.to_string().as_bytes());
        self.put(b"\r\n");
    }

    fn bulk(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.head(b'$', bytes.len() as i64);
        self.bytes(bytes)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.state.spend(bytes.len() / 16)?;
        self.state.room(self.reply.bytes.len() + bytes.len())?;
        self.put(bytes);
        self.put(b"\r\n");
        Ok(())
    }

    /// A line's text ends at a zero byte.
    fn line(&mut self, kind: u8, text: &[u8]) {
        self.put(&[kind]);
        self.put(&spaced(c_string(text)));
        self.put(b"\r\n");
    }

    fn null(&mut self) {
        self.put(if self.resp == 2 { b"$-1\r\n" } else { b"_\r\n" });
    }

    fn error(&mut self, text: &[u8], count: bool) {
        let mut text = c_string(text);
        while let [rest @ .., b'\r' | b'\n'] = text {
            text = rest;
        }
        self.line(b'-', text);
        self.reply.errors.push(ReplyError {
            code: code(&spaced(text)),
            counted: !count,
        });
    }
}

/// Line breaks as spaces.
fn spaced(text: &[u8]) -> Vec<u8> {
    let space = |byte: &u8| {
        if matches!(byte, b'\r' | b'\n') {
            b' '
        } else {
            *byte
        }
    };
    text.iter().map(space).collect()
}

/// Under which code an error is counted: what stands before the first space, if that is not far.
fn code(text: &[u8]) -> Vec<u8> {
    let near = text.get(..31).unwrap_or(text);
    match near.iter().position(|byte| *byte == b' ') {
        Some(at) => text[..at].to_vec(),
        None => b"ERR".to_vec(),
    }
}
