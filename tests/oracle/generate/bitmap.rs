//! Bits of strings.

use super::Generator;
use super::values::Kind;
use crate::step::Words;

impl Generator {
    pub(super) fn bitmap_command(&mut self) -> Words {
        let kind = self.rng.pick(&[Kind::Text, Kind::Text, Kind::Number]);
        let key = self.key(kind);
        match self.rng.below(100) {
            0..=19 => words!["SETBIT", key, self.bit_offset(), self.bit()],
            20..=29 => words!["GETBIT", key, self.bit_offset()],
            30..=44 => {
                let mut words = words!["BITCOUNT", key];
                self.bit_range(&mut words);
                words
            }
            45..=59 => {
                let mut words = words!["BITPOS", key, self.bit()];
                self.bit_range(&mut words);
                words
            }
            60..=74 => {
                let operation = self.rng.pick(&["AND", "OR", "XOR", "NOT", "NOT", "NAND"]);
                let mut words = words!["BITOP", self.token(operation), key];
                let sources = if operation == "NOT" && self.rng.percent(90) {
                    1
                } else {
                    1 + self.rng.below(3)
                };
                for _ in 0..sources {
                    words.push(self.key(kind));
                }
                words
            }
            75..=94 => {
                let mut words = words!["BITFIELD", key];
                self.fields_of_bits(&mut words);
                words
            }
            _ => {
                let mut words = words!["BITFIELD_RO", key];
                if self.rng.percent(80) {
                    for _ in 0..=self.rng.below(3) {
                        words.extend([self.token("GET"), self.bit_type(), self.bit_offset()]);
                    }
                } else {
                    self.fields_of_bits(&mut words);
                }
                words
            }
        }
    }

    fn bit(&mut self) -> Vec<u8> {
        if self.rng.percent(96) {
            self.rng.pick(&["0", "1"]).into()
        } else {
            self.odd_integer()
        }
    }

    fn bit_offset(&mut self) -> Vec<u8> {
        match self.rng.below(50) {
            0 => self.rng.pick(&["-1", "4294967296", "x", ""]).into(),
            1 => self.rng.between(0, 100_000).to_string().into(),
            _ => self.rng.between(0, 70).to_string().into(),
        }
    }

    fn bit_range(&mut self, words: &mut Words) {
        for _ in 0..self.rng.below(3) {
            words.push(self.integer(-12, 30));
        }
        if self.rng.percent(50) {
            words.push(self.token("BIT"));
        } else if self.rng.percent(30) {
            words.push(self.token("BYTE"));
        }
    }

    fn bit_type(&mut self) -> Vec<u8> {
        if self.rng.percent(4) {
            return self
                .rng
                .pick(&["u64", "i65", "u0", "i0", "8", "I8", "u", "u08", ""])
                .into();
        }
        let sign = self.rng.pick(&["i", "u"]);
        let most = if sign == "i" { 64 } else { 63 };
        format!("{sign}{}", self.rng.between(1, most)).into()
    }

    fn fields_of_bits(&mut self, words: &mut Words) {
        for _ in 0..=self.rng.below(4) {
            if self.rng.percent(30) {
                let overflow = self
                    .rng
                    .pick(&["WRAP", "SAT", "FAIL", "SAT", "FAIL", "NONE"]);
                words.extend([self.token("OVERFLOW"), self.token(overflow)]);
            }
            let name = self.rng.pick(&["GET", "SET", "INCRBY"]);
            words.extend([self.token(name), self.bit_type()]);
            let offset = self.bit_offset();
            words.push(if self.rng.percent(20) {
                [b"#".to_vec(), self.rng.between(0, 9).to_string().into()].concat()
            } else {
                offset
            });
            if name != "GET" {
                words.push(match self.rng.below(4) {
                    0 => self
                        .rng
                        .between(i64::MIN / 2, i64::MAX / 2)
                        .to_string()
                        .into(),
                    1 => self.rng.between(-300, 300).to_string().into(),
                    _ => self.integer(-10, 10),
                });
            }
        }
    }
}
