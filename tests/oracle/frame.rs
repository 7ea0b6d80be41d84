//! A reader of replies of its own, so that the engine's reader is not judge in its own case. It keeps
//! everything that the wire tells apart, such as `$-1` from `*-1`.

use std::fmt;

/// One reply, with the byte that began it on the wire where several shapes share a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// `+` status, `-` error, `,` double, `(` big number, `=` verbatim, `$` bulk string: a text.
    Text(u8, Vec<u8>),
    /// `:` integer.
    Int(i64),
    /// `#` truth value.
    Bool(bool),
    /// `$-1` (`$`), `*-1` (`*`) or `_` (`_`).
    Null(u8),
    /// `*` array, `~` set, `>` push, `%` map (keys and values in turn).
    List(u8, Vec<Frame>),
}

impl Frame {
    /// A word for the frame's type, as the summary counts them.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(b'+', _) => "simple",
            Self::Text(b'-', _) => "error",
            Self::Text(b',', _) => "double",
            Self::Text(b'(', _) => "big",
            Self::Text(b'=', _) => "verbatim",
            Self::Text(..) => "bulk",
            Self::Int(_) => "int",
            Self::Bool(_) => "bool",
            Self::Null(_) => "null",
            Self::List(b'~', _) => "set",
            Self::List(b'>', _) => "push",
            Self::List(b'%', _) => "map",
            Self::List(..) => "array",
        }
    }

    /// The items of a list of any kind.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(_, items) => items,
            _ => &[],
        }
    }

    /// The items of a list of any kind, to change.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::List(_, items) => Some(items),
            _ => None,
        }
    }

    /// The text of any frame that is one.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(_, text) => Some(text),
            _ => None,
        }
    }
}

/// Reads one whole frame from the front of `bytes`, and says how many bytes it took; `None` while
/// more must come. Panics on what is no RESP: neither side may ever send that.
pub fn read(bytes: &[u8]) -> Option<(Frame, usize)> {
    read_at(bytes, 0)
}

fn read_at(bytes: &[u8], at: usize) -> Option<(Frame, usize)> {
    let kind = *bytes.get(at)?;
    let end = at
        + 1
        + bytes[at + 1..]
            .windows(2)
            .position(|pair| pair == b"\r\n")?;
    let head = &bytes[at + 1..end];
    let next = end + 2;
    let number = || -> i64 {
        let text = std::str::from_utf8(head).unwrap_or("");
        text.parse()
            .unwrap_or_else(|_| panic!("not a number after {:?}: {head:?}", char::from(kind)))
    };
    let frame = match kind {
        b'+' | b'-' | b',' | b'(' => Frame::Text(kind, head.to_vec()),
        b':' => Frame::Int(number()),
        b'#' => Frame::Bool(head == b"t"),
        b'_' => Frame::Null(kind),
        b'$' | b'*' if head == b"-1" => Frame::Null(kind),
        b'$' | b'=' => {
            let end = next + number() as usize;
            let body = bytes.get(next..end)?;
            assert_eq!(
                bytes.get(end..end + 2)?,
                b"\r\n",
                "a bulk string does not end where it says"
            );
            return Some((Frame::Text(kind, body.to_vec()), end + 2));
        }
        b'*' | b'~' | b'>' | b'%' => {
            let count = number() as usize * if kind == b'%' { 2 } else { 1 };
            let mut items = Vec::with_capacity(count.min(1024));
            let mut at = next;
            for _ in 0..count {
                let (item, end) = read_at(bytes, at)?;
                items.push(item);
                at = end;
            }
            return Some((Frame::List(kind, items), at));
        }
        _ => panic!(
            "no reply begins with {:?}: {:?}",
            char::from(kind),
            String::from_utf8_lossy(&bytes[at..])
        ),
    };
    Some((frame, next))
}

/// Reads every frame of `bytes`. Panics when one is not whole: the engine never sends half a reply.
pub fn read_all(bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (frame, used) = read(&bytes[at..])
            .unwrap_or_else(|| panic!("half a reply: {:?}", String::from_utf8_lossy(&bytes[at..])));
        frames.push(frame);
        at += used;
    }
    frames
}

/// One line that shows types: `*["a", :1, $nil]`.
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(b'$', text) => f.write_str(&quote(text)),
            Self::Text(kind, text) => write!(f, "{}{}", char::from(*kind), quote(text)),
            Self::Int(n) => write!(f, ":{n}"),
            Self::Bool(b) => write!(f, "#{b}"),
            Self::Null(kind) => write!(f, "{}nil", char::from(*kind)),
            Self::List(kind, items) => {
                write!(f, "{}[", char::from(*kind))?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A text in double quotes, as transcripts show it.
pub fn quote(text: &[u8]) -> String {
    keyglass::engine::text::quote(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_what_the_wire_tells_apart() {
        let wire =
            b"*3\r\n$-1\r\n*-1\r\n_\r\n%1\r\n+a\r\n~1\r\n,0.5\r\n>2\r\n=5\r\ntxt:x\r\n#t\r\n";
        let shown: Vec<_> = read_all(wire).iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "*[$nil, *nil, _nil]",
                "%[+\"a\", ~[,\"0.5\"]]",
                ">[=\"txt:x\", #true]"
            ]
        );
        assert_eq!(read(b"*1\r\n$3\r\nab"), None);
    }
}
