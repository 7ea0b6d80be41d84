//! Connections, COMMAND, channels, and what is no command at all.

use keyglass::command::{all, full_name};

use super::Generator;
use crate::step::{OBSERVER, Step, Words};

impl Generator {
    pub(super) fn server_command(&mut self) -> Words {
        match self.rng.below(100) {
            0..=7 => {
                let mut words = words!["PING"];
                if self.rng.percent(50) {
                    words.push(self.blob());
                }
                words
            }
            8..=11 => words!["ECHO", self.blob()],
            12..=17 => words![
                "SELECT",
                self.rng.pick(&[
                    "0",
                    "0",
                    "1",
                    "15",
                    "16",
                    "-1",
                    "9223372036854775808",
                    "1.0"
                ])
            ],
            18..=27 => self.hello(),
            28..=55 => self.client(),
            56..=75 => self.describe(),
            76..=77 => words!["QUIT"],
            78..=81 => words!["RESET"],
            82 => words!["TIME"],
            83..=88 => self.config_command(),
            _ => self.unknown(),
        }
    }

    fn hello(&mut self) -> Words {
        let mut words = words!["HELLO"];
        if self.rng.percent(85) {
            words.push(match self.rng.below(8) {
                0..=2 => b"2".to_vec(),
                3..=6 => b"3".to_vec(),
                _ => self.integer(0, 5),
            });
            for _ in 0..self.rng.below(3) {
                match self.rng.below(4) {
                    0 => words.extend([self.token("SETNAME"), self.name()]),
                    1 => words.extend(words![
                        self.token("AUTH"),
                        self.rng.pick(&["default", "nobody", ""]),
                        self.rng.pick(&["", "secret"])
                    ]),
                    2 => words.push(self.token("SETNAME")),
                    _ => words.push(self.hostile()),
                }
            }
        }
        words
    }

    fn name(&mut self) -> Vec<u8> {
        if self.rng.percent(20) {
            self.odd_word()
        } else {
            self.rng
                .pick(&["ann", "bob", "worker-1", "", "~!", "a b"])
                .into()
        }
    }

    fn client(&mut self) -> Words {
        match self.rng.below(12) {
            0..=1 => words!["CLIENT", self.token("ID")],
            2..=5 => words!["CLIENT", self.token("SETNAME"), self.name()],
            6..=9 => words!["CLIENT", self.token("GETNAME")],
            10 => words!["CLIENT", self.token("HELP")],
            _ => words![
                "CLIENT",
                self.rng
                    .pick(&["NOSUCH", "", "ID2", "GET NAME", "getnamex"])
            ],
        }
    }

    /// The name of a command that is there, or of one that is nowhere.
    fn some_name(&mut self) -> Vec<u8> {
        if self.rng.percent(10) {
            return self
                .rng
                .pick(&[
                    "nosuch",
                    "",
                    "get|x",
                    "xinfo|nosuch",
                    "|",
                    "client|",
                    "x info",
                    "GETT",
                ])
                .into();
        }
        let names: Vec<String> = all()
            .flat_map(|c| {
                std::iter::once(c.name.to_string())
                    .chain(c.subcommands.iter().map(|s| full_name(c, s)))
            })
            .collect();
        let at = self.rng.below(names.len());
        let word = names[at].clone();
        self.token(&word)
    }

    fn describe(&mut self) -> Words {
        match self.rng.below(40) {
            0 => words!["COMMAND"],
            1..=2 => words!["COMMAND", self.token("COUNT")],
            3 => words!["COMMAND", self.token("HELP")],
            4..=18 => {
                let mut words = words!["COMMAND", self.rng.pick(&["INFO", "DOCS", "info", "Docs"])];
                // Without names, all of them: a long answer, so not often.
                for _ in 0..self.rng.below(4).max(usize::from(self.rng.percent(90))) {
                    words.push(self.some_name());
                }
                words
            }
            19..=20 => words!["COMMAND", self.token("LIST")],
            21..=36 => {
                let by = self
                    .rng
                    .pick(&["PATTERN", "ACLCAT", "ACLCAT", "MODULE", "NOSUCH"]);
                let value = match by {
                    "PATTERN" if self.rng.percent(50) => self
                        .rng
                        .pick(&["x*", "Z*", "*|*", "get*", "?e*", "[a-f]*"])
                        .into(),
                    "PATTERN" => self.pattern(),
                    "ACLCAT" => self
                        .rng
                        .pick(&[
                            "read",
                            "WRITE",
                            "string",
                            "sortedset",
                            "stream",
                            "hyperloglog",
                            "pubsub",
                            "fast",
                            "slow",
                            "connection",
                            "keyspace",
                            "dangerous",
                            "nosuch",
                            "",
                            "blocking",
                        ])
                        .into(),
                    _ => self.blob(),
                };
                words![
                    "COMMAND",
                    self.token("LIST"),
                    self.token("FILTERBY"),
                    self.token(by),
                    value
                ]
            }
            _ => words!["COMMAND", self.rng.pick(&["NOSUCH", "", "LISTS", "INF"])],
        }
    }

    fn unknown(&mut self) -> Words {
        let name: Vec<u8> = match self.rng.below(4) {
            0 => self.odd_word(),
            _ => self
                .rng
                .pick(&[
                    "NOSUCH",
                    "GETT",
                    "zaddd",
                    "sett",
                    " GET",
                    "GET ",
                    "x",
                    "FLUSH ALL",
                ])
                .into(),
        };
        let mut words = vec![name];
        for _ in 0..self.rng.below(6) {
            words.push(self.blob());
        }
        words
    }

    /// Whole commands as other clients send them: inline, with odd quoting; and what is no command.
    pub(super) fn raw(&mut self) -> Vec<u8> {
        let whole: &[&str] = &[
            "PING\r\n",
            "ping\n",
            "  PING   hello  \r\n",
            "SET s1 \"a b\"\r\n",
            "SET s1 \"\\x00\\xff\\n\\\"\"\r\n",
            "SET s1 'it\\'s'\r\n",
            "ECHO ''\r\n",
            "\r\nPING\r\n",
            "\n\nPING\r\n",
            "*0\r\nPING\r\n",
            "*-1\r\nPING\r\n",
            "*1\r\n$4\r\nPING\r\n",
            "GET s1\r\n",
            "NOSUCH a b\r\n",
            "ECHO \"a\\x4\"\r\n",
            "ECHO \"\\q\"\r\n",
            "ECHO a\"b\"\r\n",
            "\t\x0bPING\r\n",
            "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
        ];
        let broken: &[&str] = &[
            "ECHO \"open\r\n",
            "ECHO 'open\r\n",
            "ECHO \"a\"b\r\n",
            "ECHO 'a'b\r\n",
            "*x\r\n",
            "*1\r\nPING\r\n",
            "*1\r\n$x\r\nPING\r\n",
            "*1\r\n$-1\r\n",
            "*1\r\n$-2\r\n",
            "*99999999999\r\n",
            "*2147483648\r\n",
            "*1\r\n$999999999999\r\n",
            "*1\r\n:1\r\n",
            "*+1\r\n",
            "*1\r\n$+4\r\n",
            "*1 \r\n",
            "*1\r\n\r\n",
            "* 1\r\n",
            "*01\r\n$4\r\nPING\r\n",
            "*1\r\n$04\r\nPING\r\n",
            "*\r\n",
            "*1\r\n$\r\n",
        ];
        if self.rng.percent(30) {
            let mut line = b"ECHO ".to_vec();
            for _ in 0..self.rng.below(12) {
                line.push(self.rng.pick(b"aaxn4f '\"'\"\\\\\t\x0b\x0c"));
            }
            line.extend(b"\r\n");
            return line;
        }
        let from = if self.rng.percent(70) { whole } else { broken };
        self.rng.pick(from).into()
    }

    pub(super) fn pubsub_command(&mut self) -> Words {
        match self.rng.below(100) {
            0..=27 => words!["PUBLISH", self.channel(), self.blob()],
            28..=33 => words!["SPUBLISH", self.channel(), self.blob()],
            34..=36 => self.listen("SSUBSCRIBE", false),
            37..=39 => self.listen("SUNSUBSCRIBE", false),
            40..=52 => self.listen("SUBSCRIBE", false),
            53..=60 => self.listen("UNSUBSCRIBE", false),
            61..=69 => self.listen("PSUBSCRIBE", true),
            70..=76 => self.listen("PUNSUBSCRIBE", true),
            77..=80 => {
                let name = self.rng.pick(&["CHANNELS", "CHANNELS", "SHARDCHANNELS"]);
                let mut words = words!["PUBSUB", self.token(name)];
                if self.rng.percent(50) {
                    words.push(self.pattern());
                }
                words
            }
            81..=84 => {
                let name = self.rng.pick(&["NUMSUB", "NUMSUB", "SHARDNUMSUB"]);
                let mut words = words!["PUBSUB", self.token(name)];
                for _ in 0..self.rng.below(4) {
                    words.push(self.channel());
                }
                words
            }
            85..=87 => words!["PUBSUB", self.token("NUMPAT")],
            88 => words!["PUBSUB", self.token("HELP")],
            89 => words!["PUBSUB", self.rng.pick(&["NOSUCH", ""])],
            90..=93 => words!["PING"],
            94..=95 => words!["RESET"],
            96..=97 => words!["HELLO", self.rng.pick(&["2", "3"])],
            98 => words!["QUIT"],
            _ => self.string_command(),
        }
    }

    fn listen(&mut self, name: &str, patterns: bool) -> Words {
        let mut words = words![name];
        let none = name.contains("UNSUB") && self.rng.percent(40);
        for _ in 0..if none { 0 } else { 1 + self.rng.below(3) } {
            words.push(if patterns {
                self.pattern()
            } else {
                self.channel()
            });
        }
        words
    }

    /// Everyone listens in some way, and one speaks.
    pub(super) fn published_to_all(&mut self, steps: &mut Vec<Step>) {
        for client in 0..OBSERVER {
            let words = match self.rng.below(4) {
                0 => self.listen("PSUBSCRIBE", true),
                1 => self.listen("SUBSCRIBE", false),
                2 => self.listen("SSUBSCRIBE", false),
                _ => words!["PING"],
            };
            steps.push(Step::Command(client, words));
        }
        let speaker = self.rng.below(OBSERVER);
        steps.push(Step::Command(
            speaker,
            words![
                self.rng
                    .pick(&["RESET", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"])
            ],
        ));
        for _ in 0..=self.rng.below(3) {
            let name = self.rng.pick(&["PUBLISH", "PUBLISH", "SPUBLISH"]);
            let words = words![name, self.channel(), self.blob()];
            steps.push(Step::Command(speaker, words));
        }
    }
}
