//! Sorted sets.

use super::Generator;
use super::values::Kind;
use crate::step::Words;

impl Generator {
    pub(super) fn zset_command(&mut self) -> Words {
        let key = self.key(Kind::Zset);
        match self.rng.below(140) {
            100..=103 => {
                let name = self.rng.pick(&["ZLEXCOUNT", "ZREMRANGEBYLEX"]);
                words![name, key, self.lex_bound(), self.lex_bound()]
            }
            104..=107 => {
                let name = self.rng.pick(&["ZRANGEBYLEX", "ZREVRANGEBYLEX"]);
                let mut words = words![name, key, self.lex_bound(), self.lex_bound()];
                if self.rng.percent(50) {
                    self.limit(&mut words);
                }
                words
            }
            108..=111 => {
                let source = self.key(Kind::Zset);
                let mut words = self.zrange(source);
                words.insert(1, key);
                words[0] = b"ZRANGESTORE".to_vec();
                words
            }
            112..=114 => {
                let mut words = words!["ZRANDMEMBER", key];
                if self.rng.percent(80) {
                    words.push(
                        self.rng
                            .pick(&["3", "-3", "0", "1000", "-1", "x", "9223372036854775807"])
                            .into(),
                    );
                    if self.rng.percent(50) {
                        words.push(self.token("WITHSCORES"));
                    }
                }
                words
            }
            115..=117 => {
                let mut words = words!["ZSCAN", key, self.rng.pick(&["0", "0", "0", "x", "-1"])];
                for _ in 0..self.rng.below(3) {
                    match self.rng.below(3) {
                        0 => words.extend([self.token("COUNT"), b"1000".to_vec()]),
                        1 => words.extend([
                            self.token("MATCH"),
                            self.rng.pick(&["*", "[0-9]*", "a*", ""]).into(),
                        ]),
                        _ => words.push(self.token("NOSCORES")),
                    }
                }
                words
            }
            118..=122 => {
                let blocks = self.rng.percent(40);
                let mut words = words![if blocks { "BZMPOP" } else { "ZMPOP" }];
                if blocks {
                    words.push(self.timeout());
                }
                let keys = self.keys(Kind::Zset, 3);
                words.push(if self.rng.percent(95) {
                    keys.len().to_string().into()
                } else {
                    self.integer(-1, 3)
                });
                words.extend(keys);
                let end = self.rng.pick(&["MIN", "MAX", "MIN", "MAX", "MID"]);
                words.push(self.token(end));
                if self.rng.percent(50) {
                    words.extend([self.token("COUNT"), self.integer(0, 4)]);
                }
                words
            }
            123..=126 => {
                let name = self.rng.pick(&["BZPOPMIN", "BZPOPMAX"]);
                let mut words = words![name];
                words.extend(self.keys(Kind::Zset, 3));
                words.push(self.timeout());
                words
            }
            127..=139 => {
                let name = self.rng.pick(&[
                    "ZUNION",
                    "ZINTER",
                    "ZDIFF",
                    "ZUNIONSTORE",
                    "ZINTERSTORE",
                    "ZDIFFSTORE",
                    "ZINTERCARD",
                ]);
                let mut words = words![name];
                if name.ends_with("STORE") {
                    words.push(key);
                }
                let mut keys = self.keys(Kind::Zset, 3);
                for key in &mut keys {
                    if self.rng.percent(15) {
                        *key = self.key(Kind::Set);
                    }
                }
                words.push(if self.rng.percent(95) {
                    keys.len().to_string().into()
                } else {
                    self.integer(-1, 4)
                });
                let count = keys.len();
                words.extend(keys);
                if self.rng.percent(40) {
                    words.push(self.token("WEIGHTS"));
                    for _ in 0..count {
                        words.push(self.score());
                    }
                }
                if self.rng.percent(40) {
                    let how = self.rng.pick(&["SUM", "MIN", "MAX", "MAX", "AVG"]);
                    words.extend([self.token("AGGREGATE"), self.token(how)]);
                }
                if self.rng.percent(40) {
                    words.push(self.token("WITHSCORES"));
                }
                if self.rng.percent(20) {
                    words.extend([self.token("LIMIT"), self.integer(-1, 4)]);
                }
                words
            }
            0..=27 => self.zadd(key),
            28..=33 => words!["ZINCRBY", key, self.score(), self.member()],
            34..=37 => words!["ZSCORE", key, self.member()],
            38..=40 => {
                let mut words = words!["ZMSCORE", key];
                for _ in 0..=self.rng.below(4) {
                    words.push(self.member());
                }
                words
            }
            41..=46 => {
                let name = self.rng.pick(&["ZRANK", "ZREVRANK"]);
                let mut words = words![name, key, self.member()];
                if self.rng.percent(40) {
                    words.push(self.token("WITHSCORE"));
                }
                words
            }
            47..=62 => self.zrange(key),
            63..=66 => {
                let mut words = words![
                    "ZREVRANGE",
                    key,
                    self.integer(-12, 12),
                    self.integer(-12, 12)
                ];
                if self.rng.percent(50) {
                    words.push(self.token("WITHSCORES"));
                }
                words
            }
            67..=74 => {
                let name = self.rng.pick(&["ZRANGEBYSCORE", "ZREVRANGEBYSCORE"]);
                let mut words = words![name, key, self.score_bound(), self.score_bound()];
                for _ in 0..self.rng.below(3) {
                    match self.rng.below(2) {
                        0 => words.push(self.token("WITHSCORES")),
                        _ => self.limit(&mut words),
                    }
                }
                words
            }
            75..=77 => words!["ZCARD", key],
            78..=81 => words!["ZCOUNT", key, self.score_bound(), self.score_bound()],
            82..=87 => {
                let mut words = words!["ZREM", key];
                for _ in 0..=self.rng.below(3) {
                    words.push(self.member());
                }
                words
            }
            88..=89 => words![
                "ZREMRANGEBYRANK",
                key,
                self.integer(-4, 4),
                self.integer(-4, 4)
            ],
            90..=91 => words![
                "ZREMRANGEBYSCORE",
                key,
                self.score_bound(),
                self.score_bound()
            ],
            _ => {
                let name = self.rng.pick(&["ZPOPMIN", "ZPOPMAX"]);
                let mut words = words![name, key];
                if self.rng.percent(50) {
                    words.push(self.integer(-1, 4));
                }
                words
            }
        }
    }

    fn zadd(&mut self, key: Vec<u8>) -> Words {
        let mut words = words!["ZADD", key];
        let mut incr = false;
        if self.rng.percent(45) {
            for _ in 0..self.rng.below(4) {
                let option = self.rng.pick(&["NX", "XX", "GT", "LT", "CH", "CH", "INCR"]);
                incr |= option == "INCR";
                words.push(self.token(option));
            }
        }
        let pairs = match self.rng.below(40) {
            0 => 1 + self.rng.below(300),
            _ if incr && self.rng.percent(80) => 1,
            _ => 1 + self.rng.below(4),
        };
        for _ in 0..pairs {
            words.extend([self.score(), self.member()]);
        }
        words
    }

    fn zrange(&mut self, key: Vec<u8>) -> Words {
        let kind = self.rng.below(10);
        let mut words = match kind {
            0..=4 => words!["ZRANGE", key, self.integer(-12, 12), self.integer(-12, 12)],
            5..=7 => words!["ZRANGE", key, self.score_bound(), self.score_bound()],
            _ => words!["ZRANGE", key, self.lex_bound(), self.lex_bound()],
        };
        match kind {
            5..=7 if self.rng.percent(95) => words.push(self.token("BYSCORE")),
            8.. if self.rng.percent(95) => words.push(self.token("BYLEX")),
            _ => {}
        }
        for _ in 0..self.rng.below(4) {
            match self.rng.below(20) {
                0..=6 => words.push(self.token("REV")),
                7..=12 => words.push(self.token("WITHSCORES")),
                13..=18 => self.limit(&mut words),
                _ => words.push(self.token("BYSCORE")),
            }
        }
        words
    }

    fn limit(&mut self, words: &mut Words) {
        words.extend([
            self.token("LIMIT"),
            self.integer(-1, 4),
            self.integer(-1, 5),
        ]);
    }
}
