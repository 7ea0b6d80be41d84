//! Connections, COMMAND, channels, and what is no command at all.

use keyglass::command::{all, full_name};

use super::{FAMILIES, Family, Generator};
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
            94 => self.lone(),
            92..=93 => {
                let mut words = words!["AUTH"];
                for _ in 0..self.rng.between(1, 3) {
                    words.push(self.rng.pick(&["default", "nobody", "", "secret"]).into());
                }
                words
            }
            83..=88 => self.config_command(),
            _ => self.unknown(),
        }
    }

    /// What needs other servers, and the logs, of which only what is refused and what is empty is alike.
    fn lone(&mut self) -> Words {
        match self.rng.below(7) {
            0 => words!["CLUSTER", self.token("KEYSLOT"), self.blob()],
            1 => words![
                "CLUSTER",
                self.rng
                    .pick(&["INFO", "nodes", "SLOTS", "shards", "HELP", "NOSUCH", ""])
            ],
            2 => words![
                "MIGRATE",
                "127.0.0.1",
                "1",
                "nokey",
                self.rng.pick(&["0", "0", "0", "x"]),
                self.rng.pick(&["10", "10", "10", "x"]),
                self.rng
                    .pick(&["COPY", "COPY", "replace", "replace", "KEYS", "auth", "junk"])
            ],
            3 => words!["COMMANDLOG", self.token("HELP")],
            4 => words![
                "COMMANDLOG",
                self.token("GET"),
                self.rng.pick(&["-2", "x"]),
                self.rng.pick(&["slow", "LARGE-reply", "nosuch"])
            ],
            5 => words![
                "COMMANDLOG",
                self.token("LEN"),
                self.rng.pick(&["large-request", "large-reply", "nosuch"])
            ],
            _ => words![
                "COMMANDLOG",
                self.token("RESET"),
                self.rng.pick(&["large-request", "SLOW", "nosuch"])
            ],
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
        match self.rng.below(24) {
            0..=1 => words!["CLIENT", self.token("ID")],
            2..=4 => words!["CLIENT", self.token("SETNAME"), self.name()],
            5..=7 => words!["CLIENT", self.token("GETNAME")],
            8 => words!["CLIENT", self.token("HELP")],
            9..=10 => words!["CLIENT", self.token("INFO")],
            11..=12 => {
                let mut words = words!["CLIENT", self.token("LIST")];
                self.client_filters(&mut words);
                words
            }
            13 => {
                // Nobody fits: who would be killed is not the same on both sides.
                let mut words = words!["CLIENT", self.token("KILL"), "NAME", "nobody"];
                self.client_filters(&mut words);
                words
            }
            14 => words![
                "CLIENT",
                self.token("PAUSE"),
                self.rng
                    .pick(&["0", "-1", "x", "1.5", "9223372036854775807"]),
                self.rng.pick(&["WRITE", "all", "some"])
            ],
            15 => words!["CLIENT", self.token("UNPAUSE")],
            16..=17 => {
                let name = self
                    .rng
                    .pick(&["NO-EVICT", "NO-TOUCH", "IMPORT-SOURCE", "REPLY"]);
                let values: &[&str] = match name {
                    "REPLY" => &["ON", "on", "SKIPS", ""],
                    _ => &["ON", "OFF", "on", "off", "maybe", ""],
                };
                words!["CLIENT", self.token(name), self.rng.pick(values)]
            }
            18 => words![
                "CLIENT",
                self.token("SETINFO"),
                self.rng.pick(&["LIB-NAME", "lib-ver", "lib", ""]),
                self.name()
            ],
            19 => {
                let mut words = words!["CLIENT", self.token("CAPA")];
                for _ in 0..self.rng.below(3) {
                    words.push(self.rng.pick(&["redirect", "REDIRECT", "other"]).into());
                }
                words
            }
            20 => {
                let mut words = words![
                    "CLIENT",
                    self.token("UNBLOCK"),
                    self.rng.pick(&["999999999", "0", "-1", "x"])
                ];
                if self.rng.percent(60) {
                    words.push(self.rng.pick(&["TIMEOUT", "error", "what"]).into());
                }
                words
            }
            21 => self.tracking(),
            22 => words![
                "CLIENT",
                self.rng.pick(&["TRACKINGINFO", "GETREDIR", "trackinginfo"])
            ],
            _ => words![
                "CLIENT",
                self.rng
                    .pick(&["NOSUCH", "", "ID2", "GET NAME", "getnamex"])
            ],
        }
    }

    /// Filters that do not depend on addresses, numbers and ages.
    fn client_filters(&mut self, words: &mut Words) {
        for _ in 0..self.rng.below(4) {
            let name = self.rng.pick(&[
                "TYPE", "USER", "SKIPME", "MAXAGE", "IDLE", "FLAGS", "NAME", "LIB-NAME", "LIB-VER",
                "DB", "CAPA", "ADDR", "LADDR", "IP", "ID",
            ]);
            let value = match name {
                "TYPE" => self
                    .rng
                    .pick(&[
                        "normal", "PUBSUB", "master", "primary", "slave", "replica", "x",
                    ])
                    .into(),
                "USER" => self.rng.pick(&["default", "default", "nobody"]).into(),
                "SKIPME" => self.rng.pick(&["yes", "no", "maybe"]).into(),
                "MAXAGE" | "IDLE" => self.rng.pick(&["1000000", "0", "-1", "x"]).into(),
                "FLAGS" => self
                    .rng
                    .pick(&["N", "e", "T", "eT", "P", "t", "B", "Z", "", "b", "NP"])
                    .into(),
                "DB" => self.rng.pick(&["0", "1", "15", "16", "-1", "x"]).into(),
                "CAPA" => self.rng.pick(&["r", "", "x"]).into(),
                "ADDR" | "LADDR" | "IP" => self.rng.pick(&["1.2.3.4:5", "", "x"]).into(),
                "ID" => self.rng.pick(&["999999999", "0", "-1", "x"]).into(),
                _ => self.name(),
            };
            let name = match self.rng.percent(25) {
                true => format!("NOT-{name}"),
                false => name.to_string(),
            };
            words.extend([self.token(&name), value]);
        }
    }

    fn tracking(&mut self) -> Words {
        if self.rng.percent(30) {
            return words![
                "CLIENT",
                self.token("CACHING"),
                self.rng.pick(&["YES", "no", "maybe"])
            ];
        }
        let mut words = words![
            "CLIENT",
            self.token("TRACKING"),
            self.rng.pick(&["ON", "ON", "on", "OFF", "maybe"])
        ];
        for _ in 0..self.rng.below(3) {
            // Broadcasts come once for all that one turn of the reference's loop brought, which is not
            // to be seen from outside: they are asked for, but never begin.
            match self.rng.below(7) {
                0..=1 => words.push(self.token("OPTIN")),
                2..=3 => words.push(self.token("OPTOUT")),
                4 => words.push(self.token("NOLOOP")),
                5 => words.extend(words!["REDIRECT", self.rng.pick(&["999999999", "-1", "x"])]),
                _ => words.extend(words![
                    self.token("BCAST"),
                    self.token("PREFIX"),
                    "p",
                    self.token("PREFIX"),
                    self.rng.pick(&["pq", "", "p"])
                ]),
            }
        }
        words
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
                    .chain(c.subcommands.iter().map(|s| full_name(c.name, s.name)))
            })
            .collect();
        let at = self.rng.below(names.len());
        let word = names[at].clone();
        self.token(&word)
    }

    fn describe(&mut self) -> Words {
        match self.rng.below(52) {
            40..=51 => {
                // Some other command, with all that may be wrong with it.
                let family = self.rng.pick(&FAMILIES).0;
                let name = self.rng.pick(&["GETKEYS", "GETKEYSANDFLAGS"]);
                let mut words = words!["COMMAND", self.token(name)];
                if family != Family::Server {
                    words.extend(self.command(family));
                }
                words
            }
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
