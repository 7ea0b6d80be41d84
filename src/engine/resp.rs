//! RESP on the wire: commands in, replies back into trees.

use smallvec::SmallVec;

use super::reply::Reply;

/// The longest inline command or header line, in bytes (the reference's `PROTO_INLINE_MAX_SIZE`).
const INLINE_MAX: usize = 64 * 1024;
/// How many words, and of how many bytes, who has not given the password may send.
const STRANGER_WORDS: i64 = 10;
const STRANGER_BYTES: i64 = 16 * 1024;
/// The deepest nesting of a reply that is read back.
const DEPTH_MAX: usize = 128;

/// What stands at the front of a client's query buffer.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed {
    /// Not a whole command yet.
    Incomplete,
    /// A command's words as ranges into the buffer, and how many bytes it took. No words: nothing to do.
    Command {
        /// Where each word stands.
        words: Vec<std::ops::Range<usize>>,
        /// The bytes to drop from the buffer.
        used: usize,
    },
    /// An inline command, whose quoted words had to be rewritten.
    Inline {
        /// The words.
        words: Vec<Vec<u8>>,
        /// The bytes to drop from the buffer.
        used: usize,
    },
    /// The stream cannot be read on; the text of the error before the connection closes.
    Broken(String),
}

/// The words of a command where they stand in what a client sent.
pub type Words<'b> = SmallVec<[&'b [u8]; 16]>;

/// How much a client may send.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// The longest bulk string, in bytes: `proto-max-bulk-len`.
    pub bulk_max: usize,
    /// The client has not given the password that it needs: little.
    pub stranger: bool,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            bulk_max: 512 * 1024 * 1024,
            stranger: false,
        }
    }
}

/// A line, and where the next one begins. The byte after `\r` may be any.
fn line(buffer: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = buffer.get(at..)?;
    let end = rest.iter().position(|&b| b == b'\r')?;
    (rest.len() > end + 1).then(|| (rest.get(..end).unwrap_or_default(), at + end + 2))
}

/// A header of up to seven digits, as nearly all are, and where the next line begins. What it does not know is left to
/// who looks closely.
#[inline]
fn short_header(buffer: &[u8], at: usize, kind: u8) -> Option<(usize, usize)> {
    let (first, rest) = buffer.get(at..)?.split_first()?;
    if *first != kind {
        return None;
    }
    match rest {
        [digit @ b'0'..=b'9', b'\r', b'\n', ..] => Some((usize::from(digit - b'0'), at + 4)),
        [ten @ b'1'..=b'9', digit @ b'0'..=b'9', b'\r', b'\n', ..] => {
            let number = usize::from(ten - b'0') * 10 + usize::from(digit - b'0');
            Some((number, at + 5))
        }
        _ => long_header(rest, at),
    }
}

/// The same with more digits, after the mark.
#[inline(never)]
fn long_header(rest: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut number = 0;
    for (count, byte) in rest.iter().take(8).enumerate() {
        match byte {
            b'0'..=b'9' => number = number * 10 + usize::from(byte - b'0'),
            // A number that begins with a zero is no number here, but for zero itself.
            b'\r' if count > 0 && (count == 1 || rest.first() != Some(&b'0')) => {
                return (rest.get(count + 1) == Some(&b'\n')).then_some((number, at + count + 3));
            }
            _ => return None,
        }
    }
    None
}

/// Where a word stands whose header is short, and which is whole and no longer than is allowed.
#[inline]
fn short_word(buffer: &[u8], at: usize, allowance: Allowance) -> Option<std::ops::Range<usize>> {
    let (length, begin) = short_header(buffer, at, b'$')?;
    let end = begin + length;
    let whole = length <= allowance.bulk_max && buffer.get(end..end + 2) == Some(b"\r\n");
    whole.then_some(begin..end)
}

/// Reads one command from the front of `buffer`.
pub fn parse_command(buffer: &[u8]) -> Parsed {
    Parser::default().next(buffer)
}

/// Reads commands off a buffer that grows. What was read of an unfinished command is not read again, so
/// that a long one costs no more in many pieces than in one.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    /// How many words the command has, once that is known.
    count: Option<usize>,
    /// The words so far.
    words: Vec<std::ops::Range<usize>>,
    /// Where the next word's header stands.
    at: usize,
    /// With fewer bytes there is nothing new to see.
    need: usize,
}

impl Parser {
    /// Reads on. `buffer` begins with the command whose beginning was read before, if it was incomplete,
    /// and holds at least what it held then.
    pub fn next(&mut self, buffer: &[u8]) -> Parsed {
        self.next_of(buffer, Allowance::default())
    }

    /// [Reads on](Self::next), as far as is allowed.
    pub fn next_of(&mut self, buffer: &[u8], allowance: Allowance) -> Parsed {
        if buffer.len() < self.need {
            return Parsed::Incomplete;
        }
        let parsed = self.read(buffer, allowance);
        if parsed != Parsed::Incomplete {
            *self = Self::default();
        }
        parsed
    }

    /// Reads a command that is whole and has short headers only, as nearly all are, without a copy of anything; answers how
    /// many bytes it took. `None`: [`Self::next_of`] is to look closely.
    #[inline]
    pub fn short<'b>(
        &self,
        buffer: &'b [u8],
        allowance: Allowance,
        words: &mut Words<'b>,
    ) -> Option<usize> {
        if self.count.is_some() || allowance.stranger {
            return None;
        }
        words.clear();
        let (count, mut at) = short_header(buffer, 0, b'*')?;
        for _ in 0..count {
            let word = short_word(buffer, at, allowance)?;
            at = word.end + 2;
            words.push(buffer.get(word)?);
        }
        Some(at)
    }

    fn read(&mut self, buffer: &[u8], allowance: Allowance) -> Parsed {
        let count = match self.count {
            Some(count) => count,
            None => {
                if buffer.first() != Some(&b'*') {
                    return parse_inline(buffer);
                }
                let Some((count, at)) = line(buffer, 1) else {
                    return if buffer.len() > INLINE_MAX {
                        broken("too big mbulk count string")
                    } else {
                        Parsed::Incomplete
                    };
                };
                if buffer.get(at - 1) != Some(&b'\n') {
                    return broken(CRLF);
                }
                let Some(count) =
                    super::num::parse_i64(count).filter(|&n| n <= i64::from(i32::MAX))
                else {
                    return broken("invalid multibulk length");
                };
                if count > STRANGER_WORDS && allowance.stranger {
                    return broken("unauthenticated multibulk length");
                }
                let count = count.max(0) as usize;
                self.at = at;
                self.words.reserve(count.min(1024));
                self.count = Some(count);
                count
            }
        };
        while self.words.len() < count {
            if let Some(word) = short_word(buffer, self.at, allowance)
                && !allowance.stranger
            {
                self.at = word.end + 2;
                self.words.push(word);
                continue;
            }
            let Some((head, next)) = line(buffer, self.at) else {
                return if buffer.len().saturating_sub(self.at) > INLINE_MAX {
                    broken("too big bulk count string")
                } else {
                    Parsed::Incomplete
                };
            };
            let Some((b'$', digits)) = head.split_first().map(|(k, d)| (*k, d)) else {
                let found = head.first().map_or('\r', |&b| char::from(b));
                return broken(&format!("expected '$', got '{found}'"));
            };
            if buffer.get(next - 1) != Some(&b'\n') {
                return broken(CRLF);
            }
            let bulk_max = i64::try_from(allowance.bulk_max).unwrap_or(i64::MAX);
            let Some(length) = super::num::parse_i64(digits).filter(|n| (0..=bulk_max).contains(n))
            else {
                return broken("invalid bulk length");
            };
            if length > STRANGER_BYTES && allowance.stranger {
                return broken("unauthenticated bulk length");
            }
            let end = next.saturating_add(super::num::distance(length));
            if buffer.len() < end.saturating_add(2) {
                self.need = end.saturating_add(2);
                return Parsed::Incomplete;
            }
            if buffer.get(end..end + 2) != Some(b"\r\n") {
                return broken(CRLF);
            }
            self.words.push(next..end);
            self.at = end + 2;
        }
        Parsed::Command {
            words: std::mem::take(&mut self.words),
            used: self.at,
        }
    }
}

const CRLF: &str = "invalid CRLF in request";

fn broken(text: &str) -> Parsed {
    Parsed::Broken(format!("ERR Protocol error: {text}"))
}

fn parse_inline(buffer: &[u8]) -> Parsed {
    // What comes after a NUL is not seen: the reference looks with `strchr`.
    let end = buffer.iter().position(|&b| b == b'\n' || b == 0);
    let Some(end) = end.filter(|&at| buffer.get(at) == Some(&b'\n')) else {
        return if buffer.len() > INLINE_MAX {
            broken("too big inline request")
        } else {
            Parsed::Incomplete
        };
    };
    let text = buffer.get(..end).unwrap_or_default();
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    match split_words(text) {
        Some(words) => Parsed::Inline {
            words,
            used: end + 1,
        },
        None => broken("unbalanced quotes in request"),
    }
}

/// Splits a line into words as the reference's `sdssplitargs` does: double quotes with `\n \r \t
/// \b \a \xHH` escapes, single quotes with `\'`; what touches a quote belongs to the same word, as in a
/// shell. `None` when a quote is left open.
pub fn split_words(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut at = 0;
    let byte = |i: usize| text.get(i).copied();
    let blank = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    // A backslash before the very last character stands for itself, as on the server.
    let escapes = |i: usize| byte(i) == Some(b'\\') && i + 2 < text.len();
    loop {
        while byte(at).is_some_and(blank) {
            at += 1;
        }
        if byte(at).is_none() {
            return Some(words);
        }
        let mut word = Vec::new();
        loop {
            match byte(at) {
                None | Some(b' ' | b'\t' | b'\n' | b'\r') => break,
                Some(b'"') => {
                    at += 1;
                    loop {
                        match byte(at)? {
                            b'\\'
                                if byte(at + 1) == Some(b'x')
                                    && hex(byte(at + 2)).is_some()
                                    && hex(byte(at + 3)).is_some() =>
                            {
                                word.push(hex(byte(at + 2))? * 16 + hex(byte(at + 3))?);
                                at += 4;
                            }
                            b'\\' if escapes(at) => {
                                word.push(match byte(at + 1)? {
                                    b'n' => b'\n',
                                    b'r' => b'\r',
                                    b't' => b'\t',
                                    b'b' => 8,
                                    b'a' => 7,
                                    other => other,
                                });
                                at += 2;
                            }
                            b'"' => {
                                at += 1;
                                break;
                            }
                            other => {
                                word.push(other);
                                at += 1;
                            }
                        }
                    }
                }
                Some(b'\'') => {
                    at += 1;
                    loop {
                        match byte(at)? {
                            b'\\' if escapes(at) && byte(at + 1) == Some(b'\'') => {
                                word.push(b'\'');
                                at += 2;
                            }
                            b'\'' => {
                                at += 1;
                                break;
                            }
                            other => {
                                word.push(other);
                                at += 1;
                            }
                        }
                    }
                }
                Some(other) => {
                    word.push(other);
                    at += 1;
                }
            }
        }
        words.push(word);
    }
}

fn hex(b: Option<u8>) -> Option<u8> {
    char::from(b?).to_digit(16).map(|d| d as u8)
}

/// Encodes a command as an array of bulk strings, as clients send it.
pub fn encode_command<W: AsRef<[u8]>>(words: &[W]) -> Vec<u8> {
    let mut out = super::reply::Writer::default();
    out.array(words.len());
    for word in words {
        out.bulk(word.as_ref());
    }
    out.bytes
}

/// Reads one reply from the front of `bytes`: the tree and the bytes it took, or `None` while it is
/// not whole. A frame that is not RESP reads as an error reply, so that nothing is lost in silence.
pub fn decode(bytes: &[u8]) -> Option<(Reply, usize)> {
    decode_at(bytes, 0, 0)
}

fn decode_at(bytes: &[u8], at: usize, depth: usize) -> Option<(Reply, usize)> {
    let kind = *bytes.get(at)?;
    let (head, next) = line(bytes, at + 1)?;
    let text = || String::from_utf8_lossy(head).into_owned();
    let length = || super::num::parse_i64(head);
    let unreadable = || {
        Some((
            Reply::Error(format!(
                "Protocol error, got {:?} as reply type byte",
                char::from(kind)
            )),
            bytes.len(),
        ))
    };
    if depth > DEPTH_MAX {
        return unreadable();
    }
    let many = |n: i64| -> Option<(Vec<Reply>, usize)> {
        let mut items = Vec::with_capacity((n.max(0) as usize).min(1024));
        let mut at = next;
        for _ in 0..n {
            let (item, end) = decode_at(bytes, at, depth + 1)?;
            items.push(item);
            at = end;
        }
        Some((items, at))
    };
    match kind {
        b'+' => Some((Reply::Simple(text()), next)),
        b'-' => Some((Reply::Error(text()), next)),
        b',' => Some((Reply::Double(text()), next)),
        b'(' => Some((Reply::BigNumber(text()), next)),
        b'#' => Some((Reply::Bool(head == b"t"), next)),
        b'_' => Some((Reply::Null, next)),
        b':' => match length() {
            Some(n) => Some((Reply::Int(n), next)),
            None => unreadable(),
        },
        b'$' | b'=' => match length() {
            Some(-1) => Some((Reply::Null, next)),
            Some(n) if n >= 0 => {
                let end = next.saturating_add(super::num::distance(n));
                let body = bytes.get(next..end)?;
                bytes.get(end + 1)?;
                let reply = if kind == b'$' {
                    Reply::Bulk(body.to_vec())
                } else {
                    Reply::Verbatim(
                        String::from_utf8_lossy(body.get(4..).unwrap_or_default()).into_owned(),
                    )
                };
                Some((reply, end + 2))
            }
            _ => unreadable(),
        },
        b'*' | b'~' | b'>' => match length() {
            Some(-1) => Some((Reply::Null, next)),
            Some(n) if n >= 0 => {
                let (items, end) = many(n)?;
                let reply = match kind {
                    b'*' => Reply::Array(items),
                    b'~' => Reply::Set(items),
                    _ => Reply::Push(items),
                };
                Some((reply, end))
            }
            _ => unreadable(),
        },
        b'%' => match length() {
            Some(n) if n >= 0 => {
                let (items, end) = many(n.checked_mul(2)?)?;
                let mut pairs = Vec::with_capacity(items.len() / 2);
                let mut items = items.into_iter();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    pairs.push((key, value));
                }
                Some((Reply::Map(pairs), end))
            }
            _ => unreadable(),
        },
        // Said about the reply that follows, which is the one to read.
        b'|' => match length() {
            Some(n) if n >= 0 => {
                let (_, end) = many(n.checked_mul(2)?)?;
                decode_at(bytes, end, depth + 1)
            }
            _ => unreadable(),
        },
        _ => unreadable(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8], allowance: Allowance) -> String {
        match Parser::default().next_of(bytes, allowance) {
            Parsed::Broken(text) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_line_and_every_word_ends_with_cr_and_lf() {
        const CRLF: &str = "ERR Protocol error: invalid CRLF in request";
        let cases: [(&[u8], &str); 6] = [
            (b"*1\rx$4\r\nPING\r\n", CRLF),
            (
                b"*1xx$4\r\nPING\r\n",
                "ERR Protocol error: invalid multibulk length",
            ),
            (b"*1\r\n$4\rxPING\r\n", CRLF),
            (
                b"*1\r\n$4xxPING\r\n",
                "ERR Protocol error: invalid bulk length",
            ),
            (b"*1\r\n$4\r\nPINGx\n", CRLF),
            (b"*1\r\n$4\r\nPING\rx", CRLF),
        ];
        for (bytes, text) in cases {
            assert_eq!(
                error(bytes, Allowance::default()),
                text,
                "{}",
                bytes.escape_ascii()
            );
        }
        assert_eq!(parse_command(b"PING\0\n"), Parsed::Incomplete);
    }

    #[test]
    fn a_client_may_send_what_it_is_allowed() {
        let stranger = Allowance {
            stranger: true,
            ..Allowance::default()
        };
        let many = "ERR Protocol error: unauthenticated multibulk length";
        let long = "ERR Protocol error: unauthenticated bulk length";
        assert_eq!(error(b"*11\r\n", stranger), many);
        assert_eq!(error(b"*10\r\n", stranger), "Incomplete");
        assert_eq!(error(b"*1\r\n$16385\r\n", stranger), long);
        assert_eq!(error(b"*1\r\n$16384\r\n", stranger), "Incomplete");
        let short = Allowance {
            bulk_max: 100,
            ..Allowance::default()
        };
        let text = "ERR Protocol error: invalid bulk length";
        assert_eq!(error(b"*1\r\n$101\r\n", short), text);
        assert_eq!(error(b"*1\r\n$100\r\n", short), "Incomplete");
    }
}
