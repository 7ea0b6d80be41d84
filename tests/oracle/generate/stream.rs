//! Streams and their consumer groups.

use super::Generator;
use super::values::Kind;
use crate::step::{OBSERVER, Step, Words};

impl Generator {
    pub(super) fn stream_command(&mut self) -> Words {
        let key = self.key(Kind::Stream);
        match self.rng.below(100) {
            0 => self.clocked(),
            1..=22 => self.xadd(key),
            23..=24 => words!["XLEN", key],
            25..=32 => {
                let name = self.rng.pick(&["XRANGE", "XREVRANGE"]);
                let mut words = words![name, key];
                for end in if name == "XRANGE" {
                    ["-", "+"]
                } else {
                    ["+", "-"]
                } {
                    let key = words[1].clone();
                    words.push(match self.rng.below(5) {
                        0..=1 => end.into(),
                        2 => [b"(".to_vec(), self.id_in(&key)].concat(),
                        _ => self.id_in(&key),
                    });
                }
                if self.rng.percent(40) {
                    words.extend([self.token("COUNT"), self.integer(-1, 6)]);
                }
                words
            }
            33..=37 => self.xread(),
            38..=41 => {
                let mut words = words!["XDEL", &*key];
                for _ in 0..=self.rng.below(3) {
                    words.push(self.id_in(&key));
                }
                words
            }
            42..=45 => {
                let mut words = words!["XTRIM", key];
                self.trim(&mut words);
                words
            }
            46..=55 => self.xgroup(key),
            56..=70 => self.xreadgroup(),
            71..=75 => {
                let mut words = words!["XACK", &*key, self.group()];
                for _ in 0..=self.rng.below(3) {
                    words.push(self.id_in(&key));
                }
                words
            }
            76..=81 => self.xpending(key),
            82..=88 => self.xclaim(key),
            89..=93 => {
                let mut words = words![
                    "XAUTOCLAIM",
                    &*key,
                    self.group(),
                    self.consumer(),
                    self.least_idle(),
                    self.id_in(&key)
                ];
                for _ in 0..self.rng.below(3) {
                    match self.rng.below(2) {
                        0 => words.extend([self.token("COUNT"), self.integer(0, 5)]),
                        _ => words.push(self.token("JUSTID")),
                    }
                }
                words
            }
            _ => self.xinfo(key),
        }
    }

    fn xadd(&mut self, key: Vec<u8>) -> Words {
        let mut words = words!["XADD", key];
        if self.rng.percent(25) {
            for _ in 0..=self.rng.below(2) {
                match self.rng.below(3) {
                    0 => words.push(self.token("NOMKSTREAM")),
                    _ => self.trim(&mut words),
                }
            }
        }
        let id = self.new_id(&words[1].clone());
        words.push(id);
        for _ in 0..=self.rng.below(3) {
            words.extend([self.member(), self.blob()]);
        }
        words
    }

    /// IDs from the clock, on a key of their own: it has to do with no ID that is compared to the letter.
    fn clocked(&mut self) -> Words {
        match self.rng.below(10) {
            0 => words!["XADD", "log", "MAXLEN", "3", "*", "f", self.blob()],
            1 => words!["XADD", "log", "NOMKSTREAM", "*", "f", self.blob()],
            2..=5 => words!["XADD", "log", "*", "f", self.blob()],
            6 => words!["XRANGE", "log", "-", "+"],
            7 => words!["XREAD", "STREAMS", "log", "0"],
            8 => words!["XADD", "log", "MINID", "1000000000000", "*", "f", "v"],
            _ => words!["XLEN", "log"],
        }
    }

    fn trim(&mut self, words: &mut Words) {
        let by_id = self.rng.percent(40);
        words.push(self.token(if by_id { "MINID" } else { "MAXLEN" }));
        let mut about = false;
        match self.rng.below(4) {
            0 => words.push(b"=".to_vec()),
            1..=2 => {
                about = true;
                words.push(b"~".to_vec());
            }
            _ => {}
        }
        words.push(if by_id {
            self.id()
        } else {
            self.integer(-1, 30)
        });
        if self.rng.percent(if about { 30 } else { 4 }) {
            words.extend([self.token("LIMIT"), self.integer(-1, 200)]);
        }
    }

    fn streams(&mut self, words: &mut Words, group: bool) {
        words.push(self.token("STREAMS"));
        let most = if group && self.rng.percent(70) { 1 } else { 3 };
        let keys = self.keys(Kind::Stream, most);
        let ids: Words = keys
            .iter()
            .map(|_| match self.rng.below(10) {
                0..=6 if group => b">".to_vec(),
                0..=1 => b"$".to_vec(),
                2 => b"+".to_vec(),
                3 => b"0".to_vec(),
                _ => self.id(),
            })
            .collect();
        words.extend(keys);
        words.extend(ids);
    }

    /// A wait: one that ends at once, or one without end; or an odd one.
    fn wait(&mut self, words: &mut Words) {
        words.push(self.token("BLOCK"));
        words.push(match self.rng.below(10) {
            0..=5 => self.rng.pick(&["1", "2", "3"]).into(),
            6..=8 if self.listening => b"2".to_vec(),
            6..=7 => b"0".to_vec(),
            8 => b"100000000".to_vec(),
            _ => self.integer(-1, 3),
        });
    }

    fn xread(&mut self) -> Words {
        let mut words = words!["XREAD"];
        if self.rng.percent(40) {
            words.extend([self.token("COUNT"), self.integer(-1, 5)]);
        }
        if self.rng.percent(12) {
            self.wait(&mut words);
        }
        self.streams(&mut words, false);
        words
    }

    fn xreadgroup(&mut self) -> Words {
        let mut words = words![
            "XREADGROUP",
            self.token("GROUP"),
            self.group(),
            self.consumer()
        ];
        if self.rng.percent(50) {
            words.extend([self.token("COUNT"), self.integer(-1, 5)]);
        }
        if self.rng.percent(6) {
            self.wait(&mut words);
        }
        if self.rng.percent(15) {
            words.push(self.token("NOACK"));
        }
        self.streams(&mut words, true);
        words
    }

    fn xgroup(&mut self, key: Vec<u8>) -> Words {
        let group = self.group();
        match self.rng.below(20) {
            0..=9 => {
                let id = match self.rng.below(4) {
                    0 => b"$".to_vec(),
                    1 => b"0".to_vec(),
                    _ => self.id(),
                };
                let mut words = words!["XGROUP", self.token("CREATE"), key, group, id];
                if self.rng.percent(50) {
                    words.push(self.token("MKSTREAM"));
                }
                self.entries_read(&mut words);
                words
            }
            10..=12 => {
                let mut words = words!["XGROUP", self.token("SETID"), key, group, self.id()];
                self.entries_read(&mut words);
                words
            }
            13 => words!["XGROUP", self.token("DESTROY"), key, group],
            14..=15 => words![
                "XGROUP",
                self.token("CREATECONSUMER"),
                key,
                group,
                self.consumer()
            ],
            16..=17 => words![
                "XGROUP",
                self.token("DELCONSUMER"),
                key,
                group,
                self.consumer()
            ],
            18 => words!["XGROUP", self.token("HELP")],
            _ => words!["XGROUP", self.hostile(), key, group],
        }
    }

    fn entries_read(&mut self, words: &mut Words) {
        if self.rng.percent(20) {
            words.extend([self.token("ENTRIESREAD"), self.integer(-2, 20)]);
        }
    }

    /// A least idle time: none, or one that nothing reaches, or an odd one.
    fn least_idle(&mut self) -> Vec<u8> {
        match self.rng.below(10) {
            0..=6 => b"0".to_vec(),
            7 => b"100000000".to_vec(),
            _ => self.integer(-1, 0),
        }
    }

    fn xpending(&mut self, key: Vec<u8>) -> Words {
        let mut words = words!["XPENDING", &*key, self.group()];
        if self.rng.percent(70) {
            if self.rng.percent(25) {
                words.extend([self.token("IDLE"), self.least_idle()]);
            }
            for end in ["-", "+"] {
                words.push(match self.rng.below(6) {
                    0 => [b"(".to_vec(), self.id_in(&key)].concat(),
                    1 => self.id_in(&key),
                    _ => end.into(),
                });
            }
            words.push(self.integer(-1, 10));
            if self.rng.percent(40) {
                words.push(self.consumer());
            }
        }
        words
    }

    fn xclaim(&mut self, key: Vec<u8>) -> Words {
        let mut words = words![
            "XCLAIM",
            &*key,
            self.group(),
            self.consumer(),
            self.least_idle()
        ];
        for _ in 0..=self.rng.below(3) {
            words.push(self.id_in(&key));
        }
        if self.rng.percent(50) {
            for _ in 0..=self.rng.below(3) {
                match self.rng.below(7) {
                    0 => words.extend([self.token("IDLE"), self.integer(-1, 1000)]),
                    1 => words.extend([self.token("TIME"), self.integer(-1, 1000)]),
                    2 => words.extend([self.token("RETRYCOUNT"), self.integer(-1, 9)]),
                    3 => words.push(self.token("FORCE")),
                    4 => words.push(self.token("JUSTID")),
                    5 => words.extend([self.token("LASTID"), self.id()]),
                    _ => words.push(self.hostile()),
                }
            }
        }
        words
    }

    fn xinfo(&mut self, key: Vec<u8>) -> Words {
        match self.rng.below(20) {
            0..=5 => words!["XINFO", self.token("STREAM"), key],
            6..=10 => {
                let mut words = words!["XINFO", self.token("STREAM"), key, self.token("FULL")];
                if self.rng.percent(60) {
                    words.extend([self.token("COUNT"), self.integer(-1, 5)]);
                }
                words
            }
            11..=13 => words!["XINFO", self.token("GROUPS"), key],
            14..=17 => words!["XINFO", self.token("CONSUMERS"), key, self.group()],
            18 => words!["XINFO", self.token("HELP")],
            _ => words!["XINFO", self.hostile(), key],
        }
    }

    /// Many entries in a row, so that a stream has several blocks for `~` to trim by.
    pub(super) fn burst_of_entries(&mut self, client: usize, steps: &mut Vec<Step>) {
        let key = self.key(Kind::Stream);
        let fields = 1 + self.rng.below(2);
        for _ in 0..self.rng.between(40, 160) {
            self.last_id += 1 + self.rng.below(2) as u64;
            let id = format!("{}-{}", self.last_id, self.rng.below(3));
            if self.rng.percent(10) {
                self.recent.push((key.clone(), id.clone().into()));
            }
            let mut words = words!["XADD", &*key, id];
            for field in ["sensor", "value"].iter().take(fields) {
                words.extend(words![*field, self.rng.below(1000).to_string()]);
            }
            if self.rng.percent(5) {
                self.trim(&mut words);
                // Trimming stands before the ID.
                let options = words.split_off(3 + fields * 2);
                words.splice(2..2, options);
            }
            steps.push(Step::Command(client, words));
        }
    }

    /// One client waits, others come and go, and then one does what may wake it.
    pub(super) fn blocked_reader(&mut self, steps: &mut Vec<Step>) {
        let reader = self.rng.below(OBSERVER);
        let writer = (reader + 1 + self.rng.below(OBSERVER - 1)) % OBSERVER;
        let other = OBSERVER - reader - writer;
        let key: Vec<u8> = self.rng.pick(&["x1", "x2", "jobs"]).into();
        let group = self.rng.percent(50);
        if group {
            steps.push(Step::Command(
                writer,
                words!["XGROUP", "CREATE", &*key, "g1", "$", "MKSTREAM"],
            ));
        }
        let mut waiters = vec![reader];
        if self.rng.percent(40) {
            waiters.push(other);
        }
        for &client in &waiters {
            let mut words = if group {
                words!["XREADGROUP", "GROUP", "g1", self.consumer()]
            } else {
                words!["XREAD"]
            };
            if self.rng.percent(30) {
                words.extend(words!["COUNT", "1"]);
            }
            words.extend(words!["BLOCK", self.rng.pick(&["0", "0", "100000000"])]);
            if group && self.rng.percent(20) {
                words.extend(words!["NOACK"]);
            }
            words.extend(words!["STREAMS"]);
            let second = self.key(Kind::Stream);
            let newest = if group {
                ">"
            } else {
                self.rng.pick(&["$", "$", "+", "99999999"])
            };
            if self.rng.percent(30) && !group {
                words.extend(words![&*key, second, newest, "$"]);
            } else {
                words.extend(words![&*key, newest]);
            }
            steps.push(Step::Command(client, words));
            if self.rng.percent(30) {
                let family = self.family();
                let behind = self.command(family);
                if self.wanted(&behind[0]) {
                    steps.push(Step::Command(client, behind));
                }
            }
        }
        for _ in 0..self.rng.below(4) {
            let family = self.family();
            let between = self.command(family);
            if self.wanted(&between[0]) {
                steps.push(Step::Command(writer, between));
            }
        }
        for _ in 0..=self.rng.below(3) {
            self.last_id += 1;
            let id = format!("{}-1", self.last_id);
            let words = match self.rng.below(36) {
                0 => words!["DEL", &*key],
                1 => words!["XGROUP", "DESTROY", &*key, "g1"],
                2 => words!["SET", &*key, "v"],
                3 => words!["RENAME", "x1", "x2"],
                4 => words!["FLUSHALL"],
                5 => words!["XGROUP", "CREATE", &*key, "g1", "0", "MKSTREAM"],
                6 => words!["XGROUP", "SETID", &*key, "g1", "0"],
                7 => words!["PEXPIREAT", &*key, "1"],
                8 => words!["XADD", &*key, "MAXLEN", "0", id, "f", "v"],
                9 => words!["XGROUP", "DELCONSUMER", &*key, "g1", "ann"],
                _ => words!["XADD", &*key, id, "f", "v"],
            };
            steps.push(Step::Command(writer, words));
        }
    }
}
