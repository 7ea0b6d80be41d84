//! Strings, HyperLogLogs, and commands on keys of any type.

use super::Generator;
use super::values::Kind;
use crate::step::{Step, Words};

/// Moments far ahead and long past, in seconds and in milliseconds.
const MOMENTS: &[&str] = &[
    "1",
    "1000",
    "1500000000",
    "4000000000",
    "33000000000",
    "4000000000000",
    "33000000000000",
    "9000000000000000",
];
/// Lifetimes far off, and none.
const LIFETIMES: &[&str] = &[
    "100000000",
    "200000000",
    "300000000",
    "0",
    "-1",
    "-100",
    "9000000000000",
    "1",
];

impl Generator {
    fn moment(&mut self) -> Vec<u8> {
        if self.rng.percent(8) {
            self.odd_integer()
        } else {
            self.rng.pick(MOMENTS).into()
        }
    }

    fn lifetime(&mut self) -> Vec<u8> {
        if self.rng.percent(8) {
            self.odd_integer()
        } else {
            self.rng.pick(LIFETIMES).into()
        }
    }

    pub(super) fn string_command(&mut self) -> Words {
        let key = self.key(Kind::Text);
        let counter = self.key(Kind::Number);
        if self.rng.percent(30) {
            return self.other_string_command(key, counter);
        }
        match self.rng.below(100) {
            0..=27 => self.set(key),
            28..=37 => words!["GET", key],
            38..=40 => words!["GETDEL", key],
            41..=47 => {
                let mut words = words!["GETEX", key];
                self.expiry(&mut words, &["PERSIST"]);
                words
            }
            48..=51 => words!["SETNX", key, self.blob()],
            52..=58 => words![self.rng.pick(&["INCR", "DECR"]), counter],
            59..=67 => words![
                self.rng.pick(&["INCRBY", "DECRBY"]),
                counter,
                self.integer(-50, 50)
            ],
            68..=71 => words!["SET", counter, self.integer(-100, 100)],
            72..=78 => words!["APPEND", key, self.blob()],
            79..=80 => words!["APPEND", counter, self.rng.pick(&["1", "0", "x", ""])],
            81..=85 => words!["STRLEN", key],
            86..=87 => words!["STRLEN", counter],
            88..=89 => words!["GET", counter],
            _ => words!["DELIFEQ", key, self.rng.pick(&["v", "w", "9f3c", "77aa"])],
        }
    }

    fn other_string_command(&mut self, key: Vec<u8>, counter: Vec<u8>) -> Words {
        let pairs = |generator: &mut Self, words: &mut Words| {
            let n = generator.rng.between(1, 3);
            for _ in 0..n {
                words.extend([generator.key(Kind::Text), generator.blob()]);
            }
            n
        };
        match self.rng.below(100) {
            0..=11 => {
                let name = self.rng.pick(&["GETRANGE", "SUBSTR"]);
                words![name, key, self.integer(-12, 12), self.integer(-12, 12)]
            }
            12..=21 => words!["SETRANGE", key, self.integer(-1, 40), self.blob()],
            22..=27 => words!["GETSET", key, self.blob()],
            28..=44 => words!["INCRBYFLOAT", counter, self.score()],
            45..=56 => {
                let mut words = words!["LCS", key, self.key(Kind::Text)];
                for _ in 0..self.rng.below(4) {
                    match self.rng.below(4) {
                        0 => words.push(self.token("IDX")),
                        1 => words.push(self.token("LEN")),
                        2 => words.push(self.token("WITHMATCHLEN")),
                        _ => words.extend([self.token("MINMATCHLEN"), self.integer(-1, 4)]),
                    }
                }
                words
            }
            57..=66 => {
                let mut words = words!["MGET", key, counter];
                words.extend(self.keys(Kind::Any, 3));
                words
            }
            67..=76 => {
                let name = self.rng.pick(&["MSET", "MSET", "MSETNX"]);
                let mut words = words![name];
                pairs(self, &mut words);
                words
            }
            77..=88 => {
                let mut words = words!["MSETEX", ""];
                let n = pairs(self, &mut words);
                words[1] = if self.rng.percent(90) {
                    n.to_string().into()
                } else {
                    self.integer(0, 3)
                };
                for _ in 0..self.rng.below(3) {
                    match self.rng.below(5) {
                        0 => words.push(self.token("NX")),
                        1 => words.push(self.token("XX")),
                        2 => words.push(self.token("KEEPTTL")),
                        // No moments: one in the past leaves keys that the reference still counts.
                        _ => words.extend([self.token("EX"), self.lifetime()]),
                    }
                }
                words
            }
            _ => {
                let name = self.rng.pick(&["SETEX", "PSETEX"]);
                words![name, key, self.lifetime(), self.blob()]
            }
        }
    }

    fn set(&mut self, key: Vec<u8>) -> Words {
        let mut words = words!["SET", key, self.blob()];
        for _ in 0..self.rng.below(4) {
            match self.rng.below(8) {
                0..=1 => words.push(self.token("NX")),
                2 => words.push(self.token("XX")),
                3 => words.push(self.token("GET")),
                4 => words.extend([self.token("IFEQ"), self.blob()]),
                5..=6 => self.expiry(&mut words, &["KEEPTTL"]),
                _ => words.push(self.hostile()),
            }
        }
        words
    }

    fn expiry(&mut self, words: &mut Words, other: &[&str]) {
        match self.rng.below(6) {
            0 | 1 => words.extend([
                self.token(if words.len().is_multiple_of(2) {
                    "EX"
                } else {
                    "PX"
                }),
                self.lifetime(),
            ]),
            2 => words.extend([self.token("PX"), self.lifetime()]),
            3 => words.extend([self.token("EXAT"), self.moment()]),
            4 => words.extend([self.token("PXAT"), self.moment()]),
            _ => {
                let word = self.rng.pick(other);
                words.push(self.token(word));
            }
        }
    }

    pub(super) fn hll_command(&mut self) -> Words {
        let key = self.key(Kind::Hll);
        match self.rng.below(100) {
            0..=44 => {
                let mut words = words!["PFADD", key];
                let elements = match self.rng.below(20) {
                    0 => 0,
                    1..=2 => 50 + self.rng.below(700),
                    3..=5 => self.rng.below(50),
                    _ => 1 + self.rng.below(5),
                };
                for _ in 0..elements {
                    words.push(if self.rng.percent(5) {
                        self.odd_word()
                    } else {
                        format!("e{}", self.rng.below(3000)).into()
                    });
                }
                words
            }
            45..=59 => {
                let mut words = words!["PFCOUNT"];
                words.extend(self.keys(Kind::Hll, 3));
                words
            }
            60..=69 => {
                let mut words = words!["PFMERGE", key];
                let sources = self.rng.below(3);
                for _ in 0..sources {
                    words.push(self.key(Kind::Hll));
                }
                words
            }
            70 if self.rng.percent(6) => words!["PFSELFTEST"],
            70..=75 => words![
                "PFDEBUG",
                self.rng
                    .pick(&["GETREG", "DECODE", "decode", "ENCODING", "TODENSE", "WHAT"]),
                key
            ],
            76 => words!["PFDEBUG", "SIMD", self.rng.pick(&["ON", "off"])],
            77..=79 => words!["OBJECT", "ENCODING", key],
            80..=86 => words!["GET", key],
            87..=89 => words!["STRLEN", key],
            90..=92 => words!["DEL", key],
            93..=95 => words!["SET", key, self.broken_hll()],
            96 => words!["APPEND", key, self.blob()],
            97 => words!["TYPE", key],
            _ => words!["EXPIRE", key, "100000000"],
        }
    }

    /// A string that is nearly, or barely, a HyperLogLog.
    fn broken_hll(&mut self) -> Vec<u8> {
        let mut bytes = self
            .rng
            .pick(&["HYLL", "HYLL", "HYLL", "HYLX", "hyll"])
            .as_bytes()
            .to_vec();
        bytes.push(self.rng.pick(&[0, 1, 1, 1, 2, 255]));
        bytes.extend([0; 3]);
        bytes.extend(self.rng.pick(&[
            [0u8; 8],
            [0, 0, 0, 0, 0, 0, 0, 0x80],
            [5, 0, 0, 0, 0, 0, 0, 0],
            [255; 8],
        ]));
        match self.rng.below(9) {
            // All zeros, in one run.
            0..=1 => bytes.extend([0x7f, 0xff]),
            // A value, then a run of zeros that is too short, too long, or right.
            2 => bytes.extend([0x80, 0x7f, 0xfe]),
            3 => bytes.extend([0x84, 0x7f, 0xff]),
            4 => bytes.extend([0x84, 0x7f, 0x00]),
            5 => bytes.extend(vec![0; 12_288]),
            6 => bytes.extend(vec![self.rng.next() as u8; 12_288]),
            7 => bytes.truncate(self.rng.below(17)),
            _ => bytes.extend([0x3f, 0x40]),
        }
        bytes
    }

    pub(super) fn generic_command(&mut self) -> Words {
        let key = self.key(Kind::Any);
        match self.rng.below(134) {
            130 => words!["DUMP", key],
            131..=133 => self.restore(),
            100..=107 => {
                let mut words = words!["COPY", key, self.key(Kind::Any)];
                while self.rng.percent(35) {
                    if self.rng.percent(50) {
                        words.push(self.token("REPLACE"));
                    } else {
                        words.extend([self.token("DB"), self.database()]);
                    }
                }
                words
            }
            108..=111 => words!["MOVE", key, self.database()],
            112..=113 => words!["SWAPDB", self.database(), self.database()],
            114..=127 => self.sort(),
            128 => {
                let milliseconds = self.rng.pick(&["1", "2", "3", "-1", "x"]);
                words!["WAIT", self.integer(-1, 2), milliseconds]
            }
            129 => {
                let milliseconds = self.rng.pick(&["1", "2", "3", "-1", "x"]);
                words![
                    "WAITAOF",
                    self.integer(-1, 2),
                    self.integer(-1, 2),
                    milliseconds
                ]
            }
            0..=9 => {
                let mut words = words![self.rng.pick(&["DEL", "UNLINK"])];
                words.extend(self.keys(Kind::Any, 2));
                words
            }
            10..=16 => {
                let mut words = words!["EXISTS"];
                words.extend(self.keys(Kind::Any, 4));
                words
            }
            17..=21 => words!["TYPE", key],
            22..=33 => {
                let name = self.rng.pick(&["EXPIRE", "PEXPIRE"]);
                let mut words = words![name, key, self.lifetime()];
                self.conditions(&mut words);
                words
            }
            34..=42 => {
                let name = self.rng.pick(&["EXPIREAT", "PEXPIREAT"]);
                let mut words = words![name, key, self.moment()];
                self.conditions(&mut words);
                words
            }
            43..=54 => words![
                self.rng.pick(&["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"]),
                key
            ],
            55..=58 => words!["PERSIST", key],
            59..=62 => words!["KEYS", self.pattern()],
            63..=67 => {
                let mut words = words!["SCAN", self.integer(0, 0)];
                for _ in 0..self.rng.below(4) {
                    self.scan_option(&mut words);
                }
                words
            }
            68..=77 => words![
                self.rng.pick(&["RENAME", "RENAMENX"]),
                key,
                self.key(Kind::Any)
            ],
            78 => words!["RANDOMKEY"],
            79 => {
                let mut words = words!["TOUCH", key];
                words.extend(self.keys(Kind::Any, 3));
                words
            }
            80..=83 => words!["DBSIZE"],
            84..=85 => {
                let mut words = words![self.rng.pick(&["FLUSHALL", "FLUSHDB", "FLUSHDB"])];
                match self.rng.below(5) {
                    0 => words.push(self.token("ASYNC")),
                    1 => words.push(self.token("SYNC")),
                    2 => words.push(self.hostile()),
                    _ => {}
                }
                words
            }
            86..=93 => words![
                "SELECT",
                self.rng
                    .pick(&["0", "0", "0", "0", "1", "2", "15", "16", "-1", "x"])
            ],
            _ => match self.rng.below(4) {
                0 => self.zset_command(),
                1 => self.stream_command(),
                2 => self.hll_command(),
                _ => self.string_command(),
            },
        }
    }

    /// RESTORE, mostly of what is no payload; values that travel are the business of `carry>`.
    fn restore(&mut self) -> Words {
        const PAYLOADS: [&[u8]; 4] = [
            // "1", of version 10, and a text of version 11.
            b"\x00\xc0\x01\x0a\x00&x\xe7\xb6\xd1\x01\x11\xfc",
            b"\x00\x05helloP\x00\xacX\x16\xe7\xfbfG\xfe",
            b"\x12\x01\x02\x0f\x0f\x00\x00\x00\x03\x00\x01\x01\x81a\x02\xc1,\x02\xffP\x00h\xb7zU\xde\xfac\xf9",
            b"\x0b\x0e\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00\x03\x00P\x00j(\x95s\xf3<*\xef",
        ];
        let payload = if self.rng.percent(90) {
            self.rng.pick(&PAYLOADS).to_vec()
        } else {
            self.hostile()
        };
        let mut words = words![
            "RESTORE",
            self.key(Kind::Any),
            self.rng.pick(&["0", "0", "0", "-1", "x"])
        ];
        words.push(payload);
        while self.rng.percent(45) {
            match self.rng.below(6) {
                0..=2 => words.push(self.token("REPLACE")),
                3 => words.push(self.token("ABSTTL")),
                4 => words.extend([self.token("IDLETIME"), self.integer(-1, 1000)]),
                _ => words.extend([self.token("FREQ"), self.integer(-1, 256)]),
            }
        }
        words
    }

    fn database(&mut self) -> Vec<u8> {
        self.rng
            .pick(&[
                "0", "0", "0", "0", "1", "1", "1", "2", "15", "16", "-1", "x",
            ])
            .into()
    }

    fn sort(&mut self) -> Words {
        let kind = self
            .rng
            .pick(&[Kind::List, Kind::List, Kind::Set, Kind::Zset]);
        let name = self.rng.pick(&["SORT", "SORT", "SORT_RO"]);
        let mut words = words![name, self.key(kind)];
        let pattern = |rng: &mut super::Rng| -> Vec<u8> {
            rng.pick(&[
                "s*", "n*", "n*", "*", "f*->a", "f1->*", "*->b", "#", "f*->", "user:*", "x",
            ])
            .into()
        };
        let alpha = self.rng.percent(60);
        if alpha {
            words.push(self.token("ALPHA"));
        }
        // Which of several with one weight comes first hangs on chance, so with texts as weights all
        // are wanted, and the comparison does without their order.
        let by = self.rng.percent(35);
        if by {
            let by = pattern(&mut self.rng);
            words.extend([self.token("BY"), by]);
        }
        if self.rng.percent(30) {
            let direction = self.rng.pick(&["ASC", "DESC"]);
            words.push(self.token(direction));
        }
        while self.rng.percent(25) {
            let get = pattern(&mut self.rng);
            words.extend([self.token("GET"), get]);
        }
        if !by && self.rng.percent(30) {
            words.extend([
                self.token("LIMIT"),
                self.integer(-1, 4),
                self.integer(-1, 4),
            ]);
        }
        if !(by && alpha) && self.rng.percent(25) {
            words.extend([self.token("STORE"), self.key(Kind::List)]);
        }
        words
    }

    fn conditions(&mut self, words: &mut Words) {
        while self.rng.percent(30) {
            let word = self.rng.pick(&["NX", "XX", "GT", "LT", "GT", "LT", "NO"]);
            words.push(self.token(word));
        }
    }

    fn scan_option(&mut self, words: &mut Words) {
        match self.rng.below(10) {
            0..=3 => words.extend([self.token("MATCH"), self.pattern()]),
            4..=6 => words.extend([self.token("COUNT"), self.integer(0, 20)]),
            7..=8 => {
                let kind = self.rng.pick(&[
                    "string", "zset", "stream", "list", "hash", "set", "nosuch", "STRING",
                ]);
                words.extend([self.token("TYPE"), kind.into()]);
            }
            _ => words.push(self.hostile()),
        }
    }

    /// A whole SCAN, page by page.
    pub(super) fn scan_all(&mut self, steps: &mut Vec<Step>) {
        let mut words = Vec::new();
        for _ in 0..self.rng.below(3) {
            self.scan_option(&mut words);
        }
        steps.push(Step::ScanAll(words));
    }
}
