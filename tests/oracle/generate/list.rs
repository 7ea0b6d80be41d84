//! Lists.

use super::Generator;
use super::values::Kind;
use crate::step::Words;

impl Generator {
    pub(super) fn list_command(&mut self) -> Words {
        let key = self.key(Kind::List);
        let other = self.key(Kind::List);
        let end = |generator: &mut Self| generator.rng.pick(&["LEFT", "RIGHT", "left"]);
        match self.rng.below(100) {
            0..=24 => {
                let name = self
                    .rng
                    .pick(&["LPUSH", "RPUSH", "RPUSH", "LPUSHX", "RPUSHX"]);
                let mut words = words![name, key];
                let most = if self.rng.percent(5) { 200 } else { 4 };
                for _ in 0..=self.rng.below(most) {
                    words.push(self.element());
                }
                words
            }
            25..=34 => {
                let name = self.rng.pick(&["LPOP", "RPOP"]);
                let mut words = words![name, key];
                if self.rng.percent(50) {
                    words.push(self.integer(-1, 5));
                }
                words
            }
            35..=44 => words!["LRANGE", key, self.integer(-12, 12), self.integer(-12, 12)],
            45..=48 => words!["LINDEX", key, self.integer(-12, 12)],
            49..=51 => words!["LLEN", key],
            52..=57 => {
                let place = self.rng.pick(&["BEFORE", "AFTER", "after", "beside"]);
                words!["LINSERT", key, place, self.element(), self.element()]
            }
            58..=63 => words!["LSET", key, self.integer(-9, 9), self.element()],
            64..=68 => words!["LREM", key, self.integer(-3, 3), self.element()],
            69..=71 => words!["LTRIM", key, self.integer(-12, 12), self.integer(-60, 12)],
            72..=77 => {
                let mut words = words!["LPOS", key, self.element()];
                for _ in 0..self.rng.below(3) {
                    let name = self.rng.pick(&["RANK", "COUNT", "MAXLEN"]);
                    words.extend([name.into(), self.integer(-3, 3)]);
                }
                words
            }
            78..=81 => {
                let (a, b) = (end(self), end(self));
                words!["LMOVE", key, other, a, b]
            }
            82 => words!["RPOPLPUSH", key, other],
            83..=86 => {
                let mut words = words!["LMPOP"];
                self.keys_and_count(&mut words, key, other);
                words
            }
            87..=89 => {
                let timeout = self.timeout();
                let mut words = words!["BLMPOP", timeout];
                self.keys_and_count(&mut words, key, other);
                words
            }
            90..=94 => {
                let name = self.rng.pick(&["BLPOP", "BRPOP"]);
                let timeout = self.timeout();
                if self.rng.percent(50) {
                    words![name, key, timeout]
                } else {
                    words![name, key, other, timeout]
                }
            }
            95..=97 => {
                let (a, b) = (end(self), end(self));
                let timeout = self.timeout();
                words!["BLMOVE", key, other, a, b, timeout]
            }
            _ => {
                let timeout = self.timeout();
                words!["BRPOPLPUSH", key, other, timeout]
            }
        }
    }

    fn keys_and_count(&mut self, words: &mut Words, key: Vec<u8>, other: Vec<u8>) {
        if self.rng.percent(50) {
            words.extend(words!["1", key]);
        } else {
            words.extend(words!["2", key, other]);
        }
        words.push(self.rng.pick(&["LEFT", "RIGHT"]).into());
        if self.rng.percent(60) {
            words.extend(words![self.token("COUNT"), self.integer(0, 4)]);
        }
    }

    /// A wait in seconds: very short, without end, or no wait at all.
    pub(super) fn timeout(&mut self) -> Vec<u8> {
        match self.rng.below(10) {
            0..=4 => b"0".to_vec(),
            5..=7 => b"0.002".to_vec(),
            8 => b"0.01".to_vec(),
            _ => self
                .rng
                .pick(&[
                    "-1",
                    "nan",
                    "inf",
                    "1e400",
                    "",
                    "abc",
                    "9223372036854775807",
                    "-0.0001",
                ])
                .into(),
        }
    }

    /// An element: mostly small, so that values meet; sometimes of the sizes at which packing changes.
    pub(super) fn element(&mut self) -> Vec<u8> {
        match self.rng.below(40) {
            0..=24 => self.member(),
            25..=31 => self.rng.between(-70_000, 70_000).to_string().into(),
            32..=34 => self.integer(-5, 5),
            35 => vec![b'x'; self.rng.pick(&[63, 64, 65, 127, 4095, 4096])],
            36 => vec![b'y'; self.rng.pick(&[1000, 2000, 3000, 4000])],
            37 if self.rng.percent(30) => {
                vec![b'z'; self.rng.pick(&[8184, 8185, 8192, 8193, 9000, 65_536])]
            }
            _ => self.blob(),
        }
    }
}
