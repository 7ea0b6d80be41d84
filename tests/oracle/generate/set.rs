//! Sets.

use super::Generator;
use super::values::Kind;
use crate::step::Words;

impl Generator {
    pub(super) fn set_command(&mut self) -> Words {
        let key = self.key(Kind::Set);
        match self.rng.below(100) {
            0..=27 => {
                let mut words = words!["SADD", key];
                let most = if self.rng.percent(4) { 600 } else { 5 };
                let numbers = self.rng.percent(50);
                for _ in 0..=self.rng.below(most) {
                    words.push(if numbers {
                        self.rng.between(-20, 700).to_string().into()
                    } else {
                        self.element()
                    });
                }
                words
            }
            28..=37 => {
                let mut words = words!["SREM", key];
                for _ in 0..=self.rng.below(3) {
                    words.push(self.set_member());
                }
                words
            }
            38..=40 => words!["SCARD", key],
            41..=45 => words!["SISMEMBER", key, self.set_member()],
            46..=49 => {
                let mut words = words!["SMISMEMBER", key];
                for _ in 0..=self.rng.below(3) {
                    words.push(self.set_member());
                }
                words
            }
            50..=56 => words!["SMEMBERS", key],
            57..=63 => words!["SMOVE", key, self.key(Kind::Set), self.set_member()],
            // Only whole sets: what else is taken would be chance.
            64..=65 => words![
                "SPOP",
                key,
                self.rng
                    .pick(&["1000", "0", "-1", "x", "99999999999999999999"])
            ],
            66..=69 => {
                let mut words = words!["SRANDMEMBER", key];
                if self.rng.percent(80) {
                    words.push(
                        self.rng
                            .pick(&["3", "-3", "0", "1000", "-1", "x", "-9223372036854775808"])
                            .into(),
                    );
                }
                words
            }
            70..=73 => {
                let mut words = words!["SSCAN", key, self.rng.pick(&["0", "0", "0", "x", "-1"])];
                for _ in 0..self.rng.below(3) {
                    match self.rng.below(3) {
                        0 => words.extend([self.token("COUNT"), b"1000".to_vec()]),
                        1 => words.extend([
                            self.token("MATCH"),
                            self.rng.pick(&["*", "[0-9]*", "a*", ""]).into(),
                        ]),
                        _ => words.push(self.token("NOVALUES")),
                    }
                }
                words
            }
            74..=79 => {
                let mut words = words!["SINTERCARD"];
                let keys = self.keys(Kind::Set, 3);
                words.push(if self.rng.percent(90) {
                    keys.len().to_string().into()
                } else {
                    self.integer(0, 3)
                });
                words.extend(keys);
                if self.rng.percent(40) {
                    words.extend([self.token("LIMIT"), self.integer(-1, 4)]);
                }
                words
            }
            80..=90 => {
                let name = self.rng.pick(&["SINTER", "SUNION", "SDIFF"]);
                let mut words = words![name];
                words.extend(self.keys(Kind::Set, 3));
                words
            }
            _ => {
                let name = self.rng.pick(&["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"]);
                let mut words = words![name, self.key(Kind::Set)];
                words.extend(self.keys(Kind::Set, 3));
                words
            }
        }
    }

    fn set_member(&mut self) -> Vec<u8> {
        match self.rng.below(3) {
            0 => self.rng.between(-20, 700).to_string().into(),
            1 => self.element(),
            _ => self.member(),
        }
    }
}
