//! Hashes.

use super::Generator;
use super::values::Kind;
use crate::step::Words;

const FAR: i64 = 100_000_000;

impl Generator {
    pub(super) fn hash_command(&mut self) -> Words {
        let key = self.key(Kind::Hash);
        match self.rng.below(100) {
            0..=17 => {
                let name = self.rng.pick(&["HSET", "HSET", "HSET", "HMSET"]);
                let mut words = words![name, key];
                let most = if self.rng.percent(3) { 600 } else { 4 };
                for at in 0..=self.rng.below(most) {
                    words.extend([
                        if most > 4 {
                            format!("f{at}").into()
                        } else {
                            self.member()
                        },
                        self.blob(),
                    ]);
                }
                words
            }
            18..=22 => words!["HSETNX", key, self.member(), self.blob()],
            23..=28 => {
                let mut words = words!["HDEL", key];
                for _ in 0..=self.rng.below(3) {
                    words.push(self.member());
                }
                words
            }
            29..=36 => {
                let name = self.rng.pick(&["HGET", "HEXISTS", "HSTRLEN"]);
                words![name, key, self.member()]
            }
            37..=39 => {
                let mut words = words!["HMGET", key];
                for _ in 0..=self.rng.below(3) {
                    words.push(self.member());
                }
                words
            }
            40..=47 => words![self.rng.pick(&["HGETALL", "HKEYS", "HVALS", "HLEN"]), key],
            48..=51 => words!["HINCRBY", key, self.member(), self.integer(-9, 9)],
            52..=55 => words!["HINCRBYFLOAT", key, self.member(), self.score()],
            56..=59 => {
                let mut words = words!["HRANDFIELD", key];
                if self.rng.percent(80) {
                    words.push(
                        self.rng
                            .pick(&[
                                "3",
                                "-3",
                                "0",
                                "1000",
                                "-1",
                                "x",
                                "-9223372036854775808",
                                "9223372036854775807",
                            ])
                            .into(),
                    );
                    if self.rng.percent(50) {
                        words.push(self.token("WITHVALUES"));
                    }
                }
                words
            }
            60..=63 => {
                let mut words = words!["HSCAN", key, self.rng.pick(&["0", "0", "0", "x", "-1"])];
                for _ in 0..self.rng.below(3) {
                    match self.rng.below(4) {
                        0 => words.extend([self.token("COUNT"), b"1000".to_vec()]),
                        1 => words.extend([
                            self.token("MATCH"),
                            self.rng.pick(&["*", "[0-9]*", "a*", ""]).into(),
                        ]),
                        2 => words.push(self.token("NOSCORES")),
                        _ => words.push(self.token("NOVALUES")),
                    }
                }
                words
            }
            64..=73 => {
                let absolute = self.rng.percent(40);
                let (name, from) = match (self.rng.percent(50), absolute) {
                    (true, false) => ("HEXPIRE", FAR),
                    (false, false) => ("HPEXPIRE", FAR),
                    (true, true) => ("HEXPIREAT", 4_000_000_000),
                    (false, true) => ("HPEXPIREAT", 4_000_000_000_000),
                };
                let time = self.time(from);
                let mut words = words![name, key, time];
                for _ in 0..self.rng.below(2) {
                    words.push(self.rng.pick(&["NX", "XX", "GT", "LT"]).into());
                }
                self.fields(&mut words, false);
                words
            }
            74..=81 => {
                let name =
                    self.rng
                        .pick(&["HTTL", "HPTTL", "HEXPIRETIME", "HPEXPIRETIME", "HPERSIST"]);
                let mut words = words![name, key];
                self.fields(&mut words, false);
                words
            }
            82..=85 => {
                let mut words = words!["HGETDEL", key];
                self.fields(&mut words, false);
                words
            }
            86..=91 => {
                let mut words = words!["HGETEX", key];
                self.field_expiry(&mut words, "PERSIST");
                self.fields(&mut words, false);
                words
            }
            _ => {
                let mut words = words!["HSETEX", key];
                for _ in 0..self.rng.below(3) {
                    words.push(self.rng.pick(&["NX", "XX", "FNX", "FXX"]).into());
                }
                self.field_expiry(&mut words, "KEEPTTL");
                self.fields(&mut words, true);
                words
            }
        }
    }

    /// A time far off, past, or odd.
    fn time(&mut self, from: i64) -> Vec<u8> {
        match self.rng.below(10) {
            0 => self.odd_integer(),
            1 => self.rng.between(-2, 9).to_string().into(),
            _ => (from + self.rng.between(1, 1_000_000)).to_string().into(),
        }
    }

    fn field_expiry(&mut self, words: &mut Words, other: &str) {
        for _ in 0..self.rng.below(2) + usize::from(self.rng.percent(6)) {
            match self.rng.below(5) {
                0 => words.extend([self.token("EX"), self.time(FAR)]),
                1 => words.extend([self.token("PX"), self.time(FAR)]),
                2 => words.extend([self.token("EXAT"), self.time(4_000_000_000)]),
                3 => words.extend([self.token("PXAT"), self.time(4_000_000_000_000)]),
                _ => words.push(self.token(other)),
            }
        }
    }

    /// `FIELDS numfields field …`, mostly with the right number.
    fn fields(&mut self, words: &mut Words, with_values: bool) {
        let count = 1 + self.rng.below(3);
        words.push(self.token("FIELDS"));
        words.push(if self.rng.percent(95) {
            count.to_string().into()
        } else {
            self.integer(-1, 4)
        });
        for _ in 0..count {
            words.push(self.member());
            if with_values {
                words.push(self.blob());
            }
        }
    }
}
