//! Replies: a writer that encodes straight into a client's buffer, and the tree that a reader gets back.

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::num;

/// The protocol version that a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resp {
    /// RESP2: five frame types.
    #[default]
    Two,
    /// RESP3: maps, sets, doubles, null, push and the rest.
    Three,
}

impl Resp {
    /// Its number.
    pub const fn version(self) -> i64 {
        match self {
            Self::Two => 2,
            Self::Three => 3,
        }
    }
}

/// Encodes one reply after another into a byte buffer, in the client's protocol version.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    /// The bytes so far.
    pub bytes: Vec<u8>,
    /// The protocol version that frames are written in.
    pub resp: Resp,
    /// A message was among them, which comes whatever the client wants to hear.
    pub pushed: bool,
    /// How many bytes there may be, for whoever gives up what writes more.
    pub most: Option<usize>,
    /// There would be more: a string that does not fit is left out.
    pub full: bool,
}

impl Writer {
    fn header(&mut self, kind: u8, n: i64) {
        // Nearly every header has one digit; it is written at once.
        if let Ok(digit @ 0..=9) = u8::try_from(n) {
            self.bytes
                .extend_from_slice(&[kind, b'0' + digit, b'\r', b'\n']);
            return;
        }
        self.bytes.push(kind);
        num::write_i64(&mut self.bytes, n);
        self.crlf();
    }

    fn crlf(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// `+OK`.
    pub fn ok(&mut self) {
        self.simple("OK");
    }

    /// A simple string; `text` holds no line break.
    pub fn simple(&mut self, text: &str) {
        self.bytes.push(b'+');
        self.bytes.extend_from_slice(text.as_bytes());
        self.crlf();
    }

    /// An error.
    pub fn error(&mut self, error: &Error) {
        self.bytes.push(b'-');
        self.bytes.extend_from_slice(&error.wire());
        self.crlf();
    }

    /// A signed integer.
    pub fn int(&mut self, value: i64) {
        self.header(b':', value);
    }

    /// A signed integer that is written down already.
    pub fn digits(&mut self, text: &str) {
        self.bytes.push(b':');
        self.bytes.extend_from_slice(text.as_bytes());
        self.crlf();
    }

    /// A length or count as an integer.
    pub fn count(&mut self, value: usize) {
        self.int(value as i64);
    }

    /// A binary-safe string.
    pub fn bulk(&mut self, value: &[u8]) {
        if let Some(most) = self.most
            && self.bytes.len() + value.len() > most
        {
            self.full = true;
            return;
        }
        self.header(b'$', value.len() as i64);
        self.bytes.extend_from_slice(value);
        self.crlf();
    }

    /// An integer printed into a bulk string.
    pub fn bulk_int(&mut self, value: i64) {
        self.bulk(itoa::Buffer::new().format(value).as_bytes());
    }

    /// A double: a bulk string in RESP2, a double frame in RESP3.
    pub fn double(&mut self, value: f64) {
        // Scores are whole numbers more often than not, which need no search for the shortest form.
        let whole = value as i64;
        if self.resp == Resp::Two
            && whole as f64 == value
            && whole.unsigned_abs() < 1 << 53
            && (whole != 0 || value.is_sign_positive())
        {
            return self.bulk_int(whole);
        }
        let mut text = Vec::with_capacity(24);
        num::write_f64(&mut text, value);
        match self.resp {
            Resp::Two => self.bulk(&text),
            Resp::Three => {
                self.bytes.push(b',');
                self.bytes.extend_from_slice(&text);
                self.crlf();
            }
        }
    }

    /// A double for people: as many as 17 digits after the point, no exponent. A bulk string in
    /// RESP2, a double frame in RESP3.
    pub fn human_double(&mut self, value: f64) {
        let text = format!("{value:.17}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        let text = if text == "-0" { "0" } else { text };
        match self.resp {
            Resp::Two => self.bulk(text.as_bytes()),
            Resp::Three => {
                self.bytes.push(b',');
                self.bytes.extend_from_slice(text.as_bytes());
                self.crlf();
            }
        }
    }

    /// The absence of a string: `$-1` in RESP2, `_` in RESP3.
    pub fn null(&mut self) {
        self.bytes.extend_from_slice(match self.resp {
            Resp::Two => b"$-1\r\n",
            Resp::Three => b"_\r\n",
        });
    }

    /// The absence of an array: `*-1` in RESP2, `_` in RESP3.
    pub fn null_array(&mut self) {
        self.bytes.extend_from_slice(match self.resp {
            Resp::Two => b"*-1\r\n",
            Resp::Three => b"_\r\n",
        });
    }

    /// A truth value: 1 or 0 in RESP2, `#t` or `#f` in RESP3.
    pub fn boolean(&mut self, value: bool) {
        match self.resp {
            Resp::Two => self.int(i64::from(value)),
            Resp::Three => self
                .bytes
                .extend_from_slice(if value { b"#t\r\n" } else { b"#f\r\n" }),
        }
    }

    /// An integer of any size, given in decimal: a string in RESP2.
    pub fn big_number(&mut self, digits: &str) {
        match self.resp {
            Resp::Two => self.bulk(digits.as_bytes()),
            Resp::Three => {
                self.bytes.push(b'(');
                self.bytes.extend_from_slice(digits.as_bytes());
                self.crlf();
            }
        }
    }

    /// The head of an array; `n` replies follow.
    pub fn array(&mut self, n: usize) {
        self.header(b'*', n as i64);
    }

    /// The head of a map; `n` pairs follow. In RESP2, an array of twice as many.
    pub fn map(&mut self, n: usize) {
        match self.resp {
            Resp::Two => self.array(n * 2),
            Resp::Three => self.header(b'%', n as i64),
        }
    }

    /// The head of a set; `n` replies follow. In RESP2, an array.
    pub fn set(&mut self, n: usize) {
        match self.resp {
            Resp::Two => self.array(n),
            Resp::Three => self.header(b'~', n as i64),
        }
    }

    /// The head of a pushed message; `n` replies follow. In RESP2, an array.
    pub fn push(&mut self, n: usize) {
        self.pushed = true;
        match self.resp {
            Resp::Two => self.array(n),
            Resp::Three => self.header(b'>', n as i64),
        }
    }

    /// The head of what is said about the reply that comes next; `n` pairs follow. Only RESP3 has it.
    pub fn attribute(&mut self, n: usize) {
        self.header(b'|', n as i64);
    }

    /// A text for people: a bulk string in RESP2, a `txt` verbatim string in RESP3.
    pub fn verbatim(&mut self, text: &str) {
        match self.resp {
            Resp::Two => self.bulk(text.as_bytes()),
            Resp::Three => {
                self.header(b'=', text.len() as i64 + 4);
                self.bytes.extend_from_slice(b"txt:");
                self.bytes.extend_from_slice(text.as_bytes());
                self.crlf();
            }
        }
    }

    /// An array whose length is known only after `fill` has written its items and returned their number.
    pub fn array_of(&mut self, fill: impl FnOnce(&mut Self) -> usize) {
        let start = self.bytes.len();
        let n = fill(self);
        let end = self.bytes.len();
        self.array(n);
        let header = self.bytes.len() - end;
        if let Some(tail) = self.bytes.get_mut(start..) {
            tail.rotate_right(header);
        }
    }

    /// The lines of a container's `HELP`, as an array of simple strings.
    pub fn help(&mut self, container: &str, lines: &[&str]) {
        self.array(lines.len() + 3);
        self.simple(&format!(
            "{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"
        ));
        for line in lines {
            self.simple(line);
        }
        self.simple("HELP");
        self.simple("    Print this help.");
    }
}

/// One reply as a reader sees it, whatever the protocol version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// `+`: a short status.
    Simple(String),
    /// `-`: an error, its code first.
    Error(String),
    /// `:`: a signed integer.
    Int(i64),
    /// `$`: a binary-safe string.
    Bulk(Vec<u8>),
    /// `$-1`, `*-1` or `_`.
    Null,
    /// `*`: an array.
    Array(Vec<Reply>),
    /// `%`: a map, its pairs in order.
    Map(Vec<(Reply, Reply)>),
    /// `~`: a set.
    Set(Vec<Reply>),
    /// `>`: a message the client did not ask for just now.
    Push(Vec<Reply>),
    /// `,`: a double, as the text on the wire.
    Double(String),
    /// `#`: a truth value.
    Bool(bool),
    /// `=`: a text for people, without its format mark.
    Verbatim(String),
    /// `(`: an integer of any size, as the text on the wire.
    BigNumber(String),
}
