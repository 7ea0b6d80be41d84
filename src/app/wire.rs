//! The raw bytes of one connection, in both directions, as far as they are kept.

use std::collections::VecDeque;
use std::rc::Rc;

use super::format;
use crate::session::message::Millis;

/// How many bytes of one message are kept.
const PIECE_MAX: usize = 16 * 1024;
/// How many bytes are kept of a connection; the oldest go first.
const BYTES_MAX: usize = 128 * 1024;
/// How many messages are kept.
const PIECES_MAX: usize = 500;

/// Which way bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the server.
    Sent,
    /// To the client.
    Received,
    /// The connection ended here.
    Ended,
}

/// Bytes that went at once.
#[derive(Clone, Debug)]
struct Piece {
    id: u64,
    at: Millis,
    way: Way,
    bytes: Rc<[u8]>,
    left_out: usize,
}

/// One line of what is shown: up to a line break, or to the end of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The message's number, and the line's in it.
    pub id: (u64, usize),
    /// When the message went.
    pub at: Millis,
    /// Which way.
    pub way: Way,
    /// The bytes, readable: what no text can show is escaped.
    pub text: String,
    /// Whether `\r\n` follows.
    pub ends: bool,
}

/// The last bytes of a connection.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    pieces: VecDeque<Piece>,
    bytes: usize,
    last: u64,
}

impl Wire {
    /// Bytes went.
    pub fn went(&mut self, way: Way, bytes: &[u8], at: Millis) {
        let kept = bytes.get(..PIECE_MAX).unwrap_or(bytes);
        self.last += 1;
        self.bytes += kept.len();
        self.pieces.push_back(Piece {
            id: self.last,
            at,
            way,
            bytes: kept.into(),
            left_out: bytes.len() - kept.len(),
        });
        while self.bytes > BYTES_MAX || self.pieces.len() > PIECES_MAX {
            self.bytes -= self.pieces.pop_front().map_or(0, |old| old.bytes.len());
        }
    }

    /// Grows with everything that goes.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// At least the last `count` lines of what is kept, oldest first, and whether there are more.
    pub fn rows(&self, count: usize) -> (Vec<Row>, bool) {
        let (mut taken, mut lines) = (0, 0);
        for piece in self.pieces.iter().rev() {
            if lines >= count {
                break;
            }
            taken += 1;
            lines += piece
                .bytes
                .windows(2)
                .filter(|w| w == b"\r\n")
                .count()
                .max(1);
        }
        let before = self.pieces.len() - taken;
        let rows = self.pieces.iter().skip(before).flat_map(Piece::rows);
        (rows.collect(), before > 0)
    }
}

impl Piece {
    fn rows(&self) -> Vec<Row> {
        let row = |line: usize, text: String, ends: bool| Row {
            id: (self.id, line),
            at: self.at,
            way: self.way,
            text,
            ends,
        };
        if self.way == Way::Ended {
            return vec![row(0, "the connection ended".into(), false)];
        }
        let mut rows = Vec::new();
        let mut rest = &*self.bytes;
        while !rest.is_empty() {
            let end = rest.windows(2).position(|w| w == b"\r\n");
            let (line, behind) = rest.split_at(end.unwrap_or(rest.len()));
            rows.push(row(rows.len(), readable(line), end.is_some()));
            rest = behind.get(2..).unwrap_or_default();
        }
        if self.left_out > 0 {
            let text = format!("… {} more", format::bytes(self.left_out as u64));
            rows.push(row(rows.len(), text, false));
        }
        rows
    }
}

/// Bytes as text that stands for these bytes alone: a backslash is doubled.
fn readable(bytes: &[u8]) -> String {
    let whole: Vec<String> = bytes.split(|&b| b == b'\\').map(format::lossy).collect();
    whole.join("\\\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(wire: &Wire) -> Vec<String> {
        let show = |row: Row| {
            format!(
                "{:?} {}{}",
                row.way,
                row.text,
                if row.ends { "$" } else { "" }
            )
        };
        wire.rows(usize::MAX).0.into_iter().map(show).collect()
    }

    #[test]
    fn bytes_of_both_ways_are_shown_line_by_line_and_escaped() {
        let mut wire = Wire::default();
        wire.went(Way::Sent, b"*1\r\n$4\r\nPING\r\n", 1);
        wire.went(Way::Received, b"%1\r\n+a\\\xff\x00b\n\r\n:1\r\n$3\r\na", 2);
        wire.went(Way::Ended, b"", 3);
        assert_eq!(
            lines(&wire),
            [
                "Sent *1$",
                "Sent $4$",
                "Sent PING$",
                "Received %1$",
                "Received +a\\\\\\xff\\x00b\\n$",
                "Received :1$",
                "Received $3$",
                "Received a",
                "Ended the connection ended"
            ]
        );
        assert_eq!(wire.rows(usize::MAX).0[3].at, 2);
        let (last, more) = wire.rows(2);
        assert_eq!((last.len(), more), (6, true), "a message is not torn apart");
    }

    #[test]
    fn what_is_kept_is_bounded_and_says_what_it_leaves_out() {
        let mut wire = Wire::default();
        wire.went(Way::Received, &vec![b'x'; PIECE_MAX + 2048], 0);
        assert_eq!(lines(&wire)[1], "Received … 2 KB more");
        for _ in 0..20 {
            wire.went(Way::Sent, &vec![b'y'; PIECE_MAX], 0);
        }
        assert!(wire.bytes <= BYTES_MAX && lines(&wire).len() == BYTES_MAX / PIECE_MAX);
        for _ in 0..3 * PIECES_MAX {
            wire.went(Way::Sent, b"+\r\n", 0);
        }
        assert_eq!(
            (wire.pieces.len(), wire.bytes),
            (PIECES_MAX, 3 * PIECES_MAX)
        );
    }
}
