//! Entry IDs: `<milliseconds>-<sequence>`, both unsigned 64-bit numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ds::bytes::Bytes;

/// The longest ID text that is looked at; the reference refuses anything longer unread.
const LONGEST_TEXT: usize = 127;

/// The ID of a stream entry. Orders by `ms` first, then by `seq`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct StreamId {
    /// Milliseconds since the Unix epoch, by convention only: any number is legal.
    pub ms: u64,
    /// Counts the entries of one millisecond.
    pub seq: u64,
}

/// The ID that an entry about to be added asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewId {
    /// `*`: the current time, or the last ID plus one where the clock lags behind it.
    Auto,
    /// `<ms>-*`: this millisecond, with the next free sequence number.
    AutoSeq(u64),
    /// `<ms>-<seq>`, or `<ms>` alone for `<ms>-0`.
    Exact(StreamId),
}

impl StreamId {
    /// `0-0`: smaller than every entry's ID.
    pub const MIN: StreamId = StreamId { ms: 0, seq: 0 };
    /// The greatest ID there is.
    pub const MAX: StreamId = StreamId {
        ms: u64::MAX,
        seq: u64::MAX,
    };

    /// The ID `<ms>-<seq>`.
    pub const fn new(ms: u64, seq: u64) -> Self {
        StreamId { ms, seq }
    }

    /// Whether this is `0-0`, which no entry may have.
    pub fn is_zero(self) -> bool {
        self == Self::MIN
    }

    /// The ID right after this one; `None` after [`StreamId::MAX`].
    pub fn next(self) -> Option<Self> {
        match self.seq.checked_add(1) {
            Some(seq) => Some(Self::new(self.ms, seq)),
            None => Some(Self::new(self.ms.checked_add(1)?, 0)),
        }
    }

    /// The ID right before this one; `None` before [`StreamId::MIN`].
    pub fn prev(self) -> Option<Self> {
        match self.seq.checked_sub(1) {
            Some(seq) => Some(Self::new(self.ms, seq)),
            None => Some(Self::new(self.ms.checked_sub(1)?, u64::MAX)),
        }
    }

    /// Reads `<ms>-<seq>` or `<ms>`, the latter with `missing_seq`. `-` and `+` alone are refused.
    ///
    /// As liberal as the reference, which reads numbers as C's `strtoull` does: leading blanks and a `+` are let through.
    pub fn parse(text: &[u8], missing_seq: u64) -> Option<Self> {
        let (ms, seq) = split(text)?;
        let seq = match seq {
            Some(seq) => parse_number(seq)?,
            None => missing_seq,
        };
        Some(Self::new(parse_number(ms)?, seq))
    }

    /// Like [`StreamId::parse`], and reads `-` as the smallest and `+` as the greatest ID.
    pub fn parse_bound(text: &[u8], missing_seq: u64) -> Option<Self> {
        match until_nul(text) {
            _ if text.len() > LONGEST_TEXT => None,
            b"-" => Some(Self::MIN),
            b"+" => Some(Self::MAX),
            _ => Self::parse(text, missing_seq),
        }
    }

    /// Appends `<ms>-<seq>` in decimal to `out`.
    pub fn write(self, out: &mut impl Extend<u8>) {
        for (i, mut number) in [self.ms, self.seq].into_iter().enumerate() {
            let mut digits = [0u8; 20];
            let mut used = 0;
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
                used += 1;
                if number == 0 {
                    break;
                }
            }
            if i == 1 {
                out.extend([b'-']);
            }
            out.extend(digits.into_iter().skip(20 - used));
        }
    }

    /// `<ms>-<seq>` in decimal.
    pub fn to_bytes(self) -> Bytes {
        let mut out = Bytes::new();
        self.write(&mut out);
        out
    }
}

impl NewId {
    /// Reads `*`, `<ms>-*`, `<ms>-<seq>` or `<ms>`.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if until_nul(text) == b"*" {
            return Some(NewId::Auto);
        }
        match split(text)? {
            (ms, Some(b"*")) => Some(NewId::AutoSeq(parse_number(ms)?)),
            _ => Some(NewId::Exact(StreamId::parse(text, 0)?)),
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ms, self.seq)
    }
}

/// The two halves around the first `-`. `None` for a text that is too long or that is `-` or `+` alone.
fn split(text: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    let text = until_nul(text);
    if matches!(text, b"-" | b"+") {
        return None;
    }
    let mut halves = text.splitn(2, |&byte| byte == b'-');
    Some((halves.next()?, halves.next()))
}

/// The reference reads IDs as C strings: a NUL ends them.
fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// An unsigned number as the reference's `string2ull` reads it: a plain signed 64-bit integer that is not negative, or
/// else whatever C's `strtoull` makes of the whole text.
fn parse_number(text: &[u8]) -> Option<u64> {
    if let [b'-', b'1'..=b'9', rest @ ..] = text {
        // A canonical negative integer is refused outright; one that only `strtoull` can read wraps around, below.
        if rest.iter().all(u8::is_ascii_digit)
            && parse_digits(text.get(1..)?)? <= i64::MAX as u64 + 1
        {
            return None;
        }
    }
    let blanks = text
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
        .count();
    match text.get(blanks..)? {
        [b'-', digits @ ..] => parse_digits(digits).map(u64::wrapping_neg),
        [b'+', digits @ ..] | digits => parse_digits(digits),
    }
}

/// One or more decimal digits that fit 64 bits.
fn parse_digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |number, &byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(ms: u64, seq: u64) -> StreamId {
        StreamId::new(ms, seq)
    }

    #[test]
    fn neighbours_cross_the_millisecond_and_stop_at_the_ends() {
        assert_eq!(id(5, 7).next(), Some(id(5, 8)));
        assert_eq!(id(5, u64::MAX).next(), Some(id(6, 0)));
        assert_eq!(StreamId::MAX.next(), None);
        assert_eq!(id(5, 0).prev(), Some(id(4, u64::MAX)));
        assert_eq!(StreamId::MIN.prev(), None);
    }

    #[test]
    fn reads_what_the_reference_reads() {
        let yes: [(&[u8], StreamId); 10] = [
            (b"1-2", id(1, 2)),
            (b"1", id(1, 9)),
            (b"01-002", id(1, 2)),
            (b"+1-+2", id(1, 2)),
            (b" 1- 2", id(1, 2)),
            (b"\t\r1", id(1, 9)),
            (b"18446744073709551615-18446744073709551615", StreamId::MAX),
            (b"1--01", id(1, u64::MAX)),
            (b"1-2\0nonsense", id(1, 2)),
            (b"1--18446744073709551615", id(1, 1)),
        ];
        for (text, want) in yes {
            assert_eq!(
                StreamId::parse(text, 9),
                Some(want),
                "{:?}",
                String::from_utf8_lossy(text)
            );
        }
        let no: [&[u8]; 15] = [
            b"",
            b"-",
            b"+",
            b"-1",
            b"1-",
            b"1-x",
            b"x-1",
            b"1-1-1",
            b"1--1",
            b"1 -1",
            b"1.5",
            b"*",
            b"1-*",
            b"++1",
            b"18446744073709551616",
        ];
        for text in no {
            assert_eq!(
                StreamId::parse(text, 9),
                None,
                "{:?}",
                String::from_utf8_lossy(text)
            );
        }
        assert_eq!(StreamId::parse(&[b'0'; 127], 0), Some(StreamId::MIN));
        assert_eq!(StreamId::parse(&[b'0'; 128], 0), None);
    }

    #[test]
    fn bounds_and_new_ids_have_their_own_words() {
        assert_eq!(StreamId::parse_bound(b"-", 0), Some(StreamId::MIN));
        assert_eq!(StreamId::parse_bound(b"+", 0), Some(StreamId::MAX));
        assert_eq!(StreamId::parse_bound(b"7", u64::MAX), Some(id(7, u64::MAX)));
        assert_eq!(NewId::parse(b"*"), Some(NewId::Auto));
        assert_eq!(NewId::parse(b"7-*"), Some(NewId::AutoSeq(7)));
        assert_eq!(NewId::parse(b"7"), Some(NewId::Exact(id(7, 0))));
        assert_eq!(NewId::parse(b"*-1"), None);
        assert_eq!(NewId::parse(b"-"), None);
    }

    proptest! {
        #[test]
        fn text_and_back(ms: u64, seq: u64) {
            let there = id(ms, seq);
            prop_assert_eq!(there.to_bytes().to_vec(), there.to_string().into_bytes());
            prop_assert_eq!(StreamId::parse(&there.to_bytes(), 0), Some(there));
        }

        #[test]
        fn next_and_prev_are_inverse_and_ordered(ms in prop_oneof![0u64..3, any::<u64>()], seq in prop_oneof![0u64..3, any::<u64>(), u64::MAX - 2..=u64::MAX]) {
            let here = id(ms, seq);
            if let Some(next) = here.next() {
                prop_assert!(next > here);
                prop_assert_eq!(next.prev(), Some(here));
            }
        }
    }
}
