//! Listing the keys: all at once, or bit by bit.

use std::ops::Range;

use crate::ds::glob;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::Entry;
use crate::engine::error::{Error, c_string};
use crate::engine::num;

/// The types that SCAN can be asked for, those that hold nothing here yet among them.
const TYPES: &[&str] = &["string", "list", "set", "zset", "hash", "stream"];

pub(super) fn keys(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let filter = Filter::new(&args[1]);
    let now = ctx.now();
    let (db, out) = ctx.parts();
    out.array_of(|out| {
        db.iter()
            .filter(|(key, entry)| !entry.is_due(now) && filter.passes(key))
            .map(|(key, _)| out.bulk(key))
            .count()
    });
    Ok(())
}

pub(super) fn scan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let cursor = parse_cursor(&args[1])?;
    let options = Options::parse(args, 2, Walked::Keys)?;
    let wanted = |key: &[u8], entry: &Entry| {
        let kind = options.kind;
        kind.is_none_or(|kind| entry.value.type_name() == kind) && options.passes(key)
    };
    if !ctx.engine.config.expires_by_itself {
        ctx.engine.expire_due(ctx.db, &wanted);
    }
    let now = ctx.now();
    let (db, out) = ctx.parts();
    let page = options.page(cursor, db.len());
    out.array(2);
    out.bulk_int(page.start as i64);
    out.array_of(|out| {
        let seen = page.rev().filter_map(|place| db.at(place));
        let kept = seen.filter(|(key, entry)| !entry.is_due(now) && wanted(key, entry));
        kept.map(|(key, _)| out.bulk(key)).count()
    });
    Ok(())
}

/// What one of the SCAN commands walks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum Walked {
    Keys,
    Set,
    Hash,
    Zset,
}

/// The options of the SCAN commands.
pub(in crate::command) struct Options<'a> {
    filter: Filter<'a>,
    kind: Option<&'static str>,
    count: usize,
    /// Only names: HSCAN's NOVALUES or ZSCAN's NOSCORES.
    pub(in crate::command) names_only: bool,
}

impl<'a> Options<'a> {
    /// Reads the words from `start` on.
    pub(in crate::command) fn parse(
        args: Args<'a>,
        start: usize,
        walked: Walked,
    ) -> Result<Self, Error> {
        let mut options = Self {
            filter: Filter::All,
            kind: None,
            count: 10,
            names_only: false,
        };
        let mut at = start;
        while at < args.len() {
            let followed = at + 1 < args.len();
            if args.is(at, "COUNT") && followed {
                options.count = match args.int(at + 1)? {
                    ..1 => return Err(Error::Syntax),
                    n => num::size(n).unwrap_or(usize::MAX),
                };
            } else if args.is(at, "MATCH") && followed {
                options.filter = Filter::new(args.get(at + 1).unwrap_or_default());
            } else if walked == Walked::Keys && args.is(at, "TYPE") && followed {
                let name = c_string(&args[at + 1]);
                let known = TYPES
                    .iter()
                    .find(|known| known.as_bytes().eq_ignore_ascii_case(name));
                let unknown = || Error::quoting(&[b"ERR unknown type name '", name, b"'"]);
                options.kind = Some(*known.ok_or_else(unknown)?);
            } else if args.is(at, "NOVALUES") {
                if walked != Walked::Hash {
                    return Err(Error::text("ERR NOVALUES option can only be used in HSCAN"));
                }
                options.names_only = true;
                at += 1;
                continue;
            } else if args.is(at, "NOSCORES") {
                if walked != Walked::Zset {
                    return Err(Error::text("ERR NOSCORES option can only be used in ZSCAN"));
                }
                options.names_only = true;
                at += 1;
                continue;
            } else {
                return Err(Error::Syntax);
            }
            at += 2;
        }
        Ok(options)
    }

    /// Whether a name fits the pattern.
    pub(in crate::command) fn passes(&self, name: &[u8]) -> bool {
        self.filter.passes(name)
    }

    /// The places that one call looks at, to be gone through from the end; its start is the next cursor.
    /// From the last place down: a removal moves the last one, which was seen, into the gap, so that what
    /// stays is not missed.
    pub(in crate::command) fn page(&self, cursor: u64, len: usize) -> Range<usize> {
        let end = match usize::try_from(cursor) {
            Ok(cursor) if cursor > 0 => cursor.min(len),
            _ => len,
        };
        end.saturating_sub(self.count)..end
    }
}

/// A SCAN cursor: an unsigned number, read as loosely as the reference does (C's `strtoull`).
pub(in crate::command) fn parse_cursor(word: &[u8]) -> Result<u64, Error> {
    let invalid = Error::text("ERR invalid cursor");
    let text = c_string(word);
    if let Some(value) = num::parse_i64(text) {
        return u64::try_from(value).map_err(|_| invalid);
    }
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let start = text.iter().take_while(|byte| blank(byte)).count();
    let (negative, digits) = match text.get(start..).unwrap_or_default() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let push = |value: u64, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    };
    match digits.iter().try_fold(0, push) {
        Some(value) if !digits.is_empty() => Ok(if negative {
            value.wrapping_neg()
        } else {
            value
        }),
        _ => Err(invalid),
    }
}

/// Which keys a pattern lets through.
enum Filter<'a> {
    /// All, the empty key too, which no pattern of stars alone fits otherwise.
    All,
    Glob(&'a [u8]),
}

impl<'a> Filter<'a> {
    fn new(pattern: &'a [u8]) -> Self {
        if pattern == b"*" {
            Self::All
        } else {
            Self::Glob(pattern)
        }
    }

    fn passes(&self, key: &[u8]) -> bool {
        match self {
            Self::All => true,
            Self::Glob(pattern) => glob::matches(pattern, key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse_cursor;
    use crate::command::testing::check;

    #[test]
    fn keys_are_listed_by_pattern() {
        check(
            r#"
            A> SET user:1 a
            OK
            A> SET user:2 b
            OK
            A> SET "" c
            OK
            A> KEYS user:*
            1) "user:1"
            2) "user:2"
            A> KEYS user:[^1]
            1) "user:2"
            A> KEYS *
            1) "user:1"
            2) "user:2"
            3) ""
            A> KEYS **
            1) "user:1"
            2) "user:2"
            A> SCAN 0 COUNT 2
            1) "1"
            2) 1) ""
               2) "user:2"
            A> SCAN 1
            1) "0"
            2) 1) "user:1"
            A> SCAN 0 MATCH *2 TYPE STRING
            1) "0"
            2) 1) "user:2"
            A> SCAN 0 TYPE list
            1) "0"
            2) (empty array)
            "#,
        );
    }

    #[test]
    fn scan_refuses_what_the_reference_refuses() {
        check(
            r#"
            A> SCAN x COUNT
            (error) ERR invalid cursor
            A> SCAN 0 COUNT
            (error) ERR syntax error
            A> SCAN 0 COUNT 0
            (error) ERR syntax error
            A> SCAN 0 COUNT ten
            (error) ERR value is not an integer or out of range
            A> SCAN 0 TYPE tree
            (error) ERR unknown type name 'tree'
            A> SCAN 0 NOVALUES
            (error) ERR NOVALUES option can only be used in HSCAN
            A> SCAN 0 NOSCORES
            (error) ERR NOSCORES option can only be used in ZSCAN
            "#,
        );
    }

    #[test]
    fn cursors_are_read_as_c_reads_them() {
        for (text, value) in [
            ("0", Some(0)),
            (" 0", Some(0)),
            ("+7", Some(7)),
            ("007", Some(7)),
            ("-05", Some(5u64.wrapping_neg())),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("3\0x", Some(3)),
            ("-5", None),
            ("", None),
            ("-", None),
            ("1 ", None),
            ("0x1", None),
        ] {
            assert_eq!(parse_cursor(text.as_bytes()).ok(), value, "{text:?}");
        }
    }

    #[test]
    fn a_scan_misses_no_key_that_stays() {
        let mut transcript = String::new();
        for i in 0..9 {
            transcript += &format!("A> SET k{i} v\nOK\n");
        }
        // Three of nine are seen, then three others go; every one of the rest is still seen.
        transcript += r#"
            A> SCAN 0 COUNT 3
            1) "6"
            2) 1) "k8"
               2) "k7"
               3) "k6"
            A> DEL k0 k2 k4
            (integer) 3
            A> SCAN 6 COUNT 100
            1) "0"
            2) 1) "k5"
               2) "k6"
               3) "k3"
               4) "k7"
               5) "k1"
               6) "k8"
        "#;
        check(&transcript);
    }
}
