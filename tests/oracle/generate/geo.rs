//! Places on the globe.

use super::Generator;
use super::values::Kind;
use crate::step::Words;

impl Generator {
    pub(super) fn geo_command(&mut self) -> Words {
        let key = self.key(Kind::Geo);
        match self.rng.below(100) {
            0..=34 => {
                let mut words = words!["GEOADD", key];
                while self.rng.percent(15) {
                    let option = self.rng.pick(&["NX", "XX", "CH"]);
                    words.push(self.token(option));
                }
                for _ in 0..=self.rng.below(4) {
                    words.extend([self.longitude(), self.latitude(), self.spot()]);
                }
                words
            }
            35..=44 => {
                let mut words = words!["GEODIST", key, self.spot(), self.spot()];
                if self.rng.percent(50) {
                    words.push(self.unit());
                }
                words
            }
            45..=54 => {
                let name = self.rng.pick(&["GEOPOS", "GEOHASH"]);
                let mut words = words![name, key];
                for _ in 0..self.rng.below(4) {
                    words.push(self.spot());
                }
                words
            }
            55..=64 => {
                let name = self.rng.pick(&["GEORADIUS", "GEORADIUS_RO"]);
                let mut words = words![name, key, self.longitude(), self.latitude()];
                words.extend([self.metres(), self.unit()]);
                self.found(&mut words, true);
                words
            }
            65..=74 => {
                let name = self
                    .rng
                    .pick(&["GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO"]);
                let mut words = words![name, key, self.spot(), self.metres(), self.unit()];
                self.found(&mut words, true);
                words
            }
            _ => {
                let stores = self.rng.percent(40);
                let mut words = if stores {
                    words!["GEOSEARCHSTORE", self.key(Kind::Geo), key]
                } else {
                    words!["GEOSEARCH", key]
                };
                let polygon = self.rng.percent(25);
                if polygon {
                    self.polygon(&mut words);
                }
                if !polygon || self.rng.percent(4) {
                    for _ in 0..self.few() {
                        if self.rng.percent(50) {
                            words.extend([self.token("FROMMEMBER"), self.spot()]);
                        } else {
                            let word = self.token("FROMLONLAT");
                            words.extend([word, self.longitude(), self.latitude()]);
                        }
                    }
                    for _ in 0..self.few() {
                        if self.rng.percent(50) {
                            let word = self.token("BYRADIUS");
                            words.extend([word, self.metres(), self.unit()]);
                        } else {
                            let word = self.token("BYBOX");
                            words.extend([word, self.metres(), self.metres(), self.unit()]);
                        }
                    }
                }
                self.found(&mut words, false);
                if stores && self.rng.percent(50) {
                    words.push(self.token("STOREDIST"));
                }
                words
            }
        }
    }

    /// Mostly once, as it should be.
    fn few(&mut self) -> usize {
        self.rng
            .pick(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 2])
    }

    fn polygon(&mut self, words: &mut Words) {
        let corners = self.rng.pick(&[2, 3, 3, 3, 4, 4, 5, 6]);
        words.push(self.token("BYPOLYGON"));
        words.push(if self.rng.percent(95) {
            corners.to_string().into()
        } else {
            self.integer(-1, 7)
        });
        for _ in 0..corners {
            // Around a pole the reference reads memory that it never wrote, so none lies around one.
            for most in [90, 60] {
                words.push(if self.rng.percent(30) {
                    self.rng.between(-most, most).to_string().into()
                } else {
                    (self.rng.between(5_000_000, 45_000_000) as f64 / 1_000_000.0)
                        .to_string()
                        .into()
                });
            }
        }
    }

    /// What is wanted of the places that are found.
    fn found(&mut self, words: &mut Words, stores: bool) {
        while self.rng.percent(50) {
            match self.rng.below(12) {
                0..=1 => words.push(self.token("WITHDIST")),
                2 => words.push(self.token("WITHCOORD")),
                3 => words.push(self.token("WITHHASH")),
                4..=5 => words.push(self.token("ASC")),
                6 => words.push(self.token("DESC")),
                7..=9 => {
                    words.extend([self.token("COUNT"), self.integer(1, 4)]);
                    if self.rng.percent(20) {
                        words.push(self.token("ANY"));
                    }
                }
                10 => words.push(self.token("ANY")),
                _ if stores => {
                    let word = self.rng.pick(&["STORE", "STOREDIST"]);
                    words.extend([self.token(word), self.key(Kind::Geo)]);
                }
                _ => {}
            }
        }
    }

    pub(super) fn spot(&mut self) -> Vec<u8> {
        if self.rng.percent(3) {
            return self.odd_word();
        }
        self.rng
            .pick(&["Palermo", "Catania", "Rome", "Paris", "edge", "a", "b"])
            .into()
    }

    pub(super) fn longitude(&mut self) -> Vec<u8> {
        self.degrees(180.0, 14.0)
    }

    pub(super) fn latitude(&mut self) -> Vec<u8> {
        self.degrees(85.051_128_78, 40.0)
    }

    /// Degrees near a place, anywhere, or at the very edge.
    fn degrees(&mut self, most: f64, home: f64) -> Vec<u8> {
        let part = self.rng.between(-1_000_000, 1_000_000) as f64 / 1_000_000.0;
        match self.rng.below(100) {
            0..=59 => (home + part * 5.0).to_string(),
            60..=89 => (part * most).to_string(),
            90..=92 => most.to_string(),
            93..=95 => (-most).to_string(),
            96 => (most + 0.01).to_string(),
            97 => "0".into(),
            _ => return self.score(),
        }
        .into()
    }

    fn metres(&mut self) -> Vec<u8> {
        match self.rng.below(100) {
            0..=59 => (self.rng.between(0, 5000) as f64 / 10.0).to_string(),
            60..=79 => self.rng.between(0, 1_000_000).to_string(),
            80..=94 => self.rng.between(0, 40_000).to_string(),
            95 => "0".into(),
            _ => return self.score(),
        }
        .into()
    }

    fn unit(&mut self) -> Vec<u8> {
        let unit = self
            .rng
            .pick(&["m", "km", "km", "km", "ft", "mi", "parsec"]);
        if unit == "parsec" && self.rng.percent(80) {
            return b"km".to_vec();
        }
        self.token(unit)
    }
}
