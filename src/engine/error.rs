//! Everything a command can refuse, and the reference server's text for it, made in this one place.

use std::borrow::Cow;
use std::fmt;

/// Why a command was refused. `Display` gives the text as it stands on the wire after `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The key holds another type.
    WrongType,
    /// The words of the command do not fit its grammar.
    Syntax,
    /// An argument is not a 64-bit signed integer.
    NotInteger,
    /// An argument is a 64-bit signed integer, and should be a 32-bit one.
    NotInt32,
    /// An argument is not a floating point number.
    NotFloat,
    /// A range bound of BYSCORE is not a float.
    MinMaxNotFloat,
    /// A counter would pass the 64-bit range.
    Overflow,
    /// DECRBY cannot negate its argument.
    DecrementOverflow,
    /// The key must exist and does not.
    NoSuchKey,
    /// An index lies outside the value.
    OutOfRange,
    /// The number of arguments does not fit; holds the full lower-case command name.
    Arity(Cow<'static, str>),
    /// An expiry that is not positive or passes the range of time; holds the command's name.
    InvalidExpire(Cow<'static, str>),
    /// A string would pass proto-max-bulk-len.
    StringTooLong,
    /// A database number outside 0..16.
    DbIndex,
    /// A RESP2 client with subscriptions sent a command that is not allowed then.
    Subscribed(String),
    /// A timeout that is not a number.
    TimeoutNotInteger,
    /// A timeout that is a number but not a float, where fractions are allowed.
    TimeoutNotFloat,
    /// A timeout below zero.
    TimeoutNegative,
    /// A timeout beyond the range of time.
    TimeoutOutOfRange,
    /// A text that only one command has; begins with its code (`ERR …`).
    Text(Cow<'static, str>),
    /// A text that quotes what the client sent, byte for byte. Made by [`Error::quoting`].
    Quoting(Vec<u8>),
    /// An error of a script that is counted already, where it arose.
    Counted(Vec<u8>),
}

impl Error {
    /// A text that only one command has; begins with its code, such as `ERR`.
    pub const fn text(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A text put together from pieces, some of which the client sent; begins with its code. Each piece
    /// ends at its first NUL, as C strings do on the server.
    pub fn quoting(pieces: &[&[u8]]) -> Self {
        Self::Quoting(
            pieces
                .iter()
                .flat_map(|piece| c_string(piece))
                .copied()
                .collect(),
        )
    }

    /// The text as it stands on the wire after `-`: line breaks, which would end the frame early, are
    /// spaces, as on the server, and gone from the end.
    pub fn wire(&self) -> Vec<u8> {
        let mut text = match self {
            Self::Quoting(text) | Self::Counted(text) => text.clone(),
            other => other.to_string().into_bytes(),
        };
        while matches!(text.last(), Some(b'\r' | b'\n')) {
            text.pop();
        }
        for byte in &mut text {
            if matches!(byte, b'\r' | b'\n') {
                *byte = b' ';
            }
        }
        text
    }
}

/// A word up to its first NUL, which is where it ends for the server's `%s`.
pub fn c_string(word: &[u8]) -> &[u8] {
    word.split(|&byte| byte == 0).next().unwrap_or_default()
}

impl From<String> for Error {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongType => {
                f.write_str("WRONGTYPE Operation against a key holding the wrong kind of value")
            }
            Self::Syntax => f.write_str("ERR syntax error"),
            Self::NotInteger => f.write_str("ERR value is not an integer or out of range"),
            Self::NotInt32 => f.write_str(
                "ERR value is out of range, value must between -2147483648 and 2147483647",
            ),
            Self::NotFloat => f.write_str("ERR value is not a valid float"),
            Self::MinMaxNotFloat => f.write_str("ERR min or max is not a float"),
            Self::Overflow => f.write_str("ERR increment or decrement would overflow"),
            Self::DecrementOverflow => f.write_str("ERR decrement would overflow"),
            Self::NoSuchKey => f.write_str("ERR no such key"),
            Self::OutOfRange => f.write_str("ERR index out of range"),
            Self::Arity(name) => write!(f, "ERR wrong number of arguments for '{name}' command"),
            Self::InvalidExpire(name) => write!(f, "ERR invalid expire time in '{name}' command"),
            Self::StringTooLong => {
                f.write_str("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
            }
            Self::DbIndex => f.write_str("ERR DB index is out of range"),
            Self::Subscribed(name) => write!(
                f,
                "ERR Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
            ),
            Self::TimeoutNotInteger => f.write_str("ERR timeout is not an integer or out of range"),
            Self::TimeoutNotFloat => f.write_str("ERR timeout is not a float or out of range"),
            Self::TimeoutNegative => f.write_str("ERR timeout is negative"),
            Self::TimeoutOutOfRange => f.write_str("ERR timeout is out of range"),
            Self::Text(text) => f.write_str(text),
            Self::Quoting(text) | Self::Counted(text) => {
                f.write_str(&String::from_utf8_lossy(text))
            }
        }
    }
}
