//! Arguments: small pools, so that commands meet, and hostile ones.

use super::{Family, Generator};
use crate::step::Words;

/// Which pool of keys to take from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Hll,
    Zset,
    Stream,
    List,
    Set,
    Hash,
    Geo,
    Any,
}

/// The keys of each type, and the family that works on it.
pub const POOLS: [(Kind, Family, [&str; 3]); 9] = [
    (Kind::Text, Family::Text, ["s1", "s2", "user:1"]),
    (Kind::Number, Family::Text, ["n1", "n2", "user:2"]),
    (Kind::Hll, Family::Hll, ["h1", "h2", "h3"]),
    (Kind::Zset, Family::Zset, ["z1", "z2", "board"]),
    (Kind::Stream, Family::Stream, ["x1", "x2", "jobs"]),
    (Kind::Set, Family::Set, ["t1", "t2", "tags"]),
    (Kind::List, Family::List, ["l1", "l2", "queue"]),
    (Kind::Hash, Family::Hash, ["f1", "f2", "cart"]),
    (Kind::Geo, Family::Geo, ["p1", "p2", "shops"]),
];

const ODD_INTEGERS: &[&str] = &[
    "",
    " 1",
    "1 ",
    "+1",
    "-0",
    "007",
    "1.0",
    "1e3",
    "abc",
    "nan",
    "inf",
    "0x10",
    "--1",
    "-",
    "1_000",
    "\0",
    "9223372036854775807",
    "9223372036854775806",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775",
    "9223372036854776",
    "99999999999999999999999999",
];

const ODD_FLOATS: &[&str] = &[
    "nan",
    "NaN",
    "-nan",
    "inf",
    "-inf",
    "+inf",
    "Infinity",
    "-infinity",
    "INF",
    "infx",
    "-0",
    "-0.0",
    "1e400",
    "-1e400",
    "1e-400",
    "",
    "abc",
    "1.5x",
    " 1",
    "1 ",
    "\t1",
    "0x1p3",
    "0x10",
    ".5",
    "5.",
    ".",
    "1e",
    "1e+",
    "--1",
    "1_000",
    "1,5",
    "1e5",
    "1E5",
    "+5",
    "1.0e2",
    "0.1000000000000000055511151231257827021181583404541015625",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "4.9e-324",
    "2.4703282292062328e-324",
    "2.2250738585072011e-308",
    "9007199254740992",
    "9007199254740993",
    "4503599627370496.5",
    "123456789012345678",
    "9223372036854775807",
    "18446744073709551616",
    "1e16",
    "1e17",
    "1e20",
    "1e21",
    "1e22",
    "123456789.123456789",
    "1e-5",
    "0.00001",
    "1e-6",
    "1e-7",
    "0.000001234",
    "1.5e300",
    "-1.5e-300",
    "3.0",
    "3.10",
    "1e0",
    "00012",
    "-5e-1",
    "1e19",
    "12345678901234567890",
];

const ODD_IDS: &[&str] = &[
    "*",
    "-",
    "+",
    "$",
    ">",
    "0",
    "0-0",
    "0-1",
    "5-*",
    "9-*",
    "18446744073709551615-18446744073709551615",
    "18446744073709551615",
    "18446744073709551615-18446744073709551614",
    "18446744073709551615-*",
    "18446744073709551616-1",
    "1-18446744073709551616",
    "1-",
    "-1",
    "1-1-1",
    "abc",
    "1-abc",
    "(1-1",
    "((1-1",
    "(-",
    "(+",
    "(",
    "1 -1",
    "",
    "01-1",
    "+1-1",
    "1-01",
    "1.5-1",
    "*-1",
    "*-*",
];

const WORDS: &[&str] = &[
    "NX",
    "XX",
    "GT",
    "LT",
    "CH",
    "INCR",
    "GET",
    "EX",
    "PX",
    "EXAT",
    "PXAT",
    "KEEPTTL",
    "PERSIST",
    "IFEQ",
    "WITHSCORES",
    "WITHSCORE",
    "LIMIT",
    "REV",
    "BYSCORE",
    "BYLEX",
    "COUNT",
    "BLOCK",
    "STREAMS",
    "GROUP",
    "NOACK",
    "MAXLEN",
    "MINID",
    "~",
    "=",
    "NOMKSTREAM",
    "MKSTREAM",
    "ENTRIESREAD",
    "IDLE",
    "TIME",
    "RETRYCOUNT",
    "FORCE",
    "JUSTID",
    "LASTID",
    "FULL",
    "MATCH",
    "TYPE",
    "ASYNC",
    "SYNC",
    "SETNAME",
    "AUTH",
    "nosuch",
    "*",
    ">",
    "$",
];

/// How many IDs are remembered, to be asked for again.
const RECENT: usize = 24;

impl Generator {
    /// A key, mostly of a pool, now and then of another type's, seldom an odd one.
    pub fn key(&mut self, kind: Kind) -> Vec<u8> {
        let kind = if kind == Kind::Any || self.rng.percent(6) {
            self.rng.pick(&POOLS).0
        } else {
            kind
        };
        if self.rng.percent(2) {
            return self.odd_word();
        }
        let pool = POOLS
            .iter()
            .find(|(k, ..)| *k == kind)
            .map_or(["k"; 3], |(_, _, pool)| *pool);
        // The first of a pool is the most liked.
        let at = self.rng.below(6);
        pool[[0, 0, 0, 1, 1, 2][at]].into()
    }

    /// Several keys.
    pub fn keys(&mut self, kind: Kind, most: usize) -> Words {
        let n = if self.rng.percent(50) {
            1
        } else {
            1 + self.rng.below(most)
        };
        (0..n).map(|_| self.key(kind)).collect()
    }

    /// A word of options, sometimes in mixed case.
    pub fn token(&mut self, word: &str) -> Vec<u8> {
        if self.rng.percent(10) {
            self.any_case(word.as_bytes())
        } else {
            word.into()
        }
    }

    pub fn any_case(&mut self, word: &[u8]) -> Vec<u8> {
        word.iter()
            .map(|b| {
                if self.rng.percent(50) {
                    b.to_ascii_lowercase()
                } else {
                    b.to_ascii_uppercase()
                }
            })
            .collect()
    }

    /// An integer of a range, or an odd one.
    pub fn integer(&mut self, from: i64, to: i64) -> Vec<u8> {
        if self.rng.percent(5) {
            self.odd_integer()
        } else {
            self.rng.between(from, to).to_string().into()
        }
    }

    pub fn odd_integer(&mut self) -> Vec<u8> {
        self.rng.pick(ODD_INTEGERS).into()
    }

    /// A score: small whole numbers mostly, so that ties happen; fractions; any double; odd ones.
    pub fn score(&mut self) -> Vec<u8> {
        match self.rng.below(100) {
            0..=59 => self.rng.between(-5, 20).to_string(),
            60..=69 => (self.rng.between(-100, 100) as f64 / 10.0).to_string(),
            70..=74 => (self.rng.between(-100, 100) as f64 / 64.0).to_string(),
            75..=79 => self.rng.between(i64::MIN / 2, i64::MAX / 2).to_string(),
            80..=84 => format!(
                "{}.{}",
                self.rng.below(100_000_000),
                self.rng.below(100_000_000)
            ),
            85..=90 => {
                let double = f64::from_bits(self.rng.next());
                if double.is_finite() {
                    format!("{double:e}")
                } else {
                    "inf".to_string()
                }
            }
            _ => self.rng.pick(ODD_FLOATS).to_string(),
        }
        .into()
    }

    /// A bound of a range of scores.
    pub fn score_bound(&mut self) -> Vec<u8> {
        match self.rng.below(20) {
            0..=2 => b"-inf".to_vec(),
            3..=5 => b"+inf".to_vec(),
            6..=8 => [b"(".to_vec(), self.score()].concat(),
            9 => self
                .rng
                .pick(&["(inf", "(-inf", "((1", "[1", "(", "inf", "-", "+"])
                .into(),
            _ => self.score(),
        }
    }

    /// A bound of a range of members.
    pub fn lex_bound(&mut self) -> Vec<u8> {
        match self.rng.below(12) {
            0..=1 => b"-".to_vec(),
            2..=3 => b"+".to_vec(),
            4..=6 => [b"[".to_vec(), self.member()].concat(),
            7..=9 => [b"(".to_vec(), self.member()].concat(),
            10 => self.member(),
            _ => self.rng.pick(&["", "[", "(", "--", "++", "-inf"]).into(),
        }
    }

    /// A member, an element or a field.
    pub fn member(&mut self) -> Vec<u8> {
        match self.rng.below(40) {
            0 => self.odd_word(),
            1..=6 => format!("m:{}", self.rng.below(200)).into(),
            _ => self
                .rng
                .pick(&["a", "b", "c", "d", "e", "f", "g", "h", "ann", "bob"])
                .into(),
        }
    }

    /// A value.
    pub fn blob(&mut self) -> Vec<u8> {
        match self.rng.below(100) {
            0..=39 => self
                .rng
                .pick(&["v", "w", "9f3c", "77aa", "hello", "x"])
                .into(),
            40..=69 => self.rng.between(-100, 100).to_string().into(),
            70..=77 => self.odd_integer(),
            78..=84 => self.rng.pick(ODD_FLOATS).into(),
            _ => self.odd_word(),
        }
    }

    /// Empty, with spaces, binary, or long, though seldom very.
    pub fn odd_word(&mut self) -> Vec<u8> {
        match self.rng.below(60) {
            0..=9 => Vec::new(),
            10..=14 => b"two words".to_vec(),
            15..=19 => b"line\r\nbreak".to_vec(),
            20..=24 => b"quote\"'\\".to_vec(),
            25..=29 => vec![0],
            30..=34 => "Zürich ✓".into(),
            35..=39 => b"[a-c]*?\\*".to_vec(),
            40..=49 => {
                let n = self.rng.below(24);
                (0..n).map(|_| self.rng.next() as u8).collect()
            }
            50..=58 => {
                let n = self.rng.below(300);
                vec![b'a' + (n % 26) as u8; n]
            }
            _ => {
                let n = self.rng.below(64 * 1024);
                vec![b'L'; n]
            }
        }
    }

    /// Anything at all.
    pub fn hostile(&mut self) -> Vec<u8> {
        match self.rng.below(7) {
            0 => self.odd_integer(),
            1 => self.rng.pick(ODD_FLOATS).into(),
            2 => self.rng.pick(ODD_IDS).into(),
            3 | 4 => {
                let word = self.rng.pick(WORDS);
                self.token(word)
            }
            5 => self.key(Kind::Any),
            _ => self.odd_word(),
        }
    }

    /// A stream ID to look things up by, mostly one that the stream was given.
    pub fn id_in(&mut self, key: &[u8]) -> Vec<u8> {
        let given: Vec<_> = self
            .recent
            .iter()
            .filter(|(k, _)| k == key)
            .map(|(_, id)| id.clone())
            .collect();
        if given.is_empty() || self.rng.percent(40) {
            self.id()
        } else {
            given[self.rng.below(given.len())].clone()
        }
    }

    /// Any stream ID.
    pub fn id(&mut self) -> Vec<u8> {
        let near = self.last_id as i64 + 2;
        match self.rng.below(20) {
            0..=10 => format!("{}-{}", self.rng.between(0, near), self.rng.below(3)).into(),
            11..=14 => self.rng.between(0, near).to_string().into(),
            15 => b"0".to_vec(),
            16 => b"-".to_vec(),
            17 => b"+".to_vec(),
            _ => self.odd_id(),
        }
    }

    /// A stream ID for a new entry: mostly greater than those before it, and then remembered.
    pub fn new_id(&mut self, key: &[u8]) -> Vec<u8> {
        let id = self.any_new_id();
        if !id.contains(&b'*') {
            if self.recent.len() >= RECENT {
                let other = self.rng.below(RECENT);
                self.recent.swap_remove(other);
            }
            self.recent.push((key.to_vec(), id.clone()));
        }
        id
    }

    fn any_new_id(&mut self) -> Vec<u8> {
        match self.rng.below(40) {
            0..=2 => self.id(),
            3 => self.odd_id(),
            4..=7 => {
                self.last_id += self.rng.below(2) as u64;
                format!("{}-*", self.last_id).into()
            }
            8..=11 => {
                self.last_id += 1;
                self.last_id.to_string().into()
            }
            _ => {
                self.last_id += 1 + self.rng.below(2) as u64;
                format!("{}-{}", self.last_id, self.rng.below(4)).into()
            }
        }
    }

    /// An odd stream ID, but not the clock's: only the key `log` is for that.
    fn odd_id(&mut self) -> Vec<u8> {
        let id = self.rng.pick(ODD_IDS);
        if id == "*" { b"*x".to_vec() } else { id.into() }
    }

    /// A consumer group.
    pub fn group(&mut self) -> Vec<u8> {
        if self.rng.percent(2) {
            self.odd_word()
        } else {
            self.rng.pick(&["g1", "g1", "g1", "g2"]).into()
        }
    }

    /// A consumer.
    pub fn consumer(&mut self) -> Vec<u8> {
        if self.rng.percent(2) {
            self.odd_word()
        } else {
            self.rng.pick(&["ann", "ann", "bob", "cy"]).into()
        }
    }

    /// A channel.
    pub fn channel(&mut self) -> Vec<u8> {
        if self.rng.percent(3) {
            self.odd_word()
        } else {
            self.rng
                .pick(&["news", "news.tech", "news.art", "chat", "c"])
                .into()
        }
    }

    /// A glob pattern over channels or keys.
    pub fn pattern(&mut self) -> Vec<u8> {
        match self.rng.below(30) {
            0 => self.odd_word(),
            1..=8 => {
                let odd = [
                    "[",
                    "\\",
                    "[^a]*",
                    "h[a-",
                    "**",
                    "[z-a]*",
                    "*[",
                    "a\\",
                    "\\*",
                    "[]",
                    "[^",
                    "[\\",
                    "?*?",
                    "*?",
                    "[a-z][0-9]",
                    "x[1-]",
                    "[-1]*",
                    "*[0-9]",
                    "user:[^2]",
                    "N*",
                    "??",
                    "",
                    "[[]",
                    "*]",
                    "[a]]",
                ];
                self.rng.pick(&odd).into()
            }
            _ => self
                .rng
                .pick(&[
                    "news*", "n?ws", "*", "[nc]*", "chat", "news.*", "*.tech", "user:*", "?1",
                    "[sz]?", "*1", "h*",
                ])
                .into(),
        }
    }
}
