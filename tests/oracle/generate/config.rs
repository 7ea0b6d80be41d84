//! CONFIG.

use super::{Family, Generator};
use crate::step::{OBSERVER, Step, Words};

/// Settings that are changed, with values that do what is compared; the first is what the setting is at
/// first. They are put back after each sequence.
pub const CHANGED: &[(&str, &[&str])] = &[
    ("set-max-intset-entries", &["512", "0", "4", "1000"]),
    ("set-max-listpack-entries", &["128", "0", "3", "1024"]),
    ("set-max-listpack-value", &["64", "1", "10", "0"]),
    ("list-max-listpack-size", &["-2", "1", "4", "-1", "-5", "0"]),
    ("hash-max-ziplist-entries", &["512", "0", "2"]),
    ("hash-max-listpack-value", &["64", "0", "8"]),
    ("list-compress-depth", &["0", "1", "100"]),
    ("stream-node-max-entries", &["100", "0", "1", "3", "10"]),
    ("stream-node-max-bytes", &["4096", "0", "40", "100", "1kb"]),
    ("hll-sparse-max-bytes", &["3000", "0", "50", "200", "8kb"]),
    (
        "notify-keyspace-events",
        &["", "KEA", "Kg$", "Ex", "K", "El", "KEn"],
    ),
    (
        "maxmemory-policy",
        &["noeviction", "allkeys-lfu", "VOLATILE-lru", "volatile-ttl"],
    ),
    ("lfu-log-factor", &["10", "0", "1"]),
    ("timeout", &["0", "100000"]),
    ("hz", &["10", "0", "501", "99"]),
    ("active-expire-effort", &["1", "10", "11"]),
    ("lua-time-limit", &["5000", "0"]),
    ("latency-monitor-threshold", &["0", "100000"]),
    ("maxmemory-samples", &["5", "64", "65"]),
    ("maxmemory-clients", &["0", "100%", "1gb"]),
    ("repl-backlog-size", &["10485760", "1", "1mb"]),
    ("save", &["", "900 1 300 10", "1", "1 1 1", "0 1"]),
    (
        "client-output-buffer-limit",
        &[
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
            "replica 1gb 5mb 8",
            "pubsub 32mb 8mb 60 NORMAL 0 0 0",
            "normal 1 2",
            "none 1 2 3",
        ],
    ),
    (
        "latency-tracking-info-percentiles",
        &["50 99 99.9", "1", "", "101", "0 1e1"],
    ),
    ("oom-score-adj-values", &["0 200 800", "1 2 3", "1 2"]),
    (
        "shutdown-on-sigint",
        &["default", "save now", "nosave", "save nosave", "x"],
    ),
    ("tracking-table-max-keys", &["1000000", "0", "-1"]),
    ("lazyfree-lazy-user-del", &["yes", "No", "maybe"]),
    ("appendfsync", &["everysec", "NO", "never"]),
    ("proto-max-bulk-len", &["536870912", "512mb", "1mb", "1"]),
    ("slowlog-max-len", &["128", "0", "2"]),
    ("min-slaves-to-write", &["0", "-1", "x"]),
];

/// Names that cannot be changed, or are no names.
const OTHERS: &[&str] = &[
    "databases",
    "dir",
    "dbfilename",
    "daemonize",
    "slaveof",
    "nosuch",
    "",
    "hz ",
    "tcp-backlog",
];

/// Settings of one family, which its sequences may begin with.
const OF_STREAMS: &[&str] = &["stream-node-max-entries", "stream-node-max-bytes"];
const OF_HLLS: &[&str] = &["hll-sparse-max-bytes"];

impl Generator {
    /// Sometimes changes the settings of streams and HyperLogLogs, and has one client told of what happens to keys.
    pub(super) fn prepare(&mut self, steps: &mut Vec<Step>) {
        for (family, names) in [(Family::Stream, OF_STREAMS), (Family::Hll, OF_HLLS)] {
            for name in names {
                if self.weight(family) > 0 && self.rng.percent(25) {
                    let values = CHANGED.iter().find(|(n, _)| n == name);
                    let value = self.rng.pick(values.map_or(&["0"], |(_, values)| *values));
                    steps.push(Step::Command(0, words!["CONFIG", "SET", *name, value]));
                }
            }
        }
        if self.weight(Family::Stream) + self.weight(Family::Hll) > 0 && self.rng.percent(30) {
            self.listening = true;
            let classes = self.rng.pick(&["KEt", "Et", "Kt"]);
            let set = words!["CONFIG", "SET", "notify-keyspace-events", classes];
            let listener = self.rng.below(OBSERVER);
            for words in [set, words!["HELLO", "3"], words!["PSUBSCRIBE", "__key*"]] {
                steps.push(Step::Command(listener, words));
            }
        }
    }

    pub(super) fn config_command(&mut self) -> Words {
        match self.rng.below(20) {
            0..=11 => {
                let mut words = words!["CONFIG", self.token("SET")];
                let pairs = if self.rng.percent(70) {
                    1
                } else {
                    1 + self.rng.below(3)
                };
                for _ in 0..pairs {
                    let (name, values) = self.rng.pick(CHANGED);
                    let value = self.rng.pick(values);
                    let name = match self.rng.below(30) {
                        0 => self.rng.pick(OTHERS),
                        _ => name,
                    };
                    words.push(self.token(name));
                    // With these the reference cuts clients off, and refuses what the observer writes.
                    let tame = ["maxmemory-clients", "min-slaves-to-write"].contains(&name);
                    words.push(match self.rng.below(8) {
                        _ if tame => value.into(),
                        0 => self.integer(-3, 200),
                        1 if self.rng.percent(30) => self.hostile(),
                        _ => value.into(),
                    });
                }
                words
            }
            12..=17 => {
                let mut words = words!["CONFIG", self.token("GET")];
                for _ in 0..1 + self.rng.below(3) {
                    let (name, _) = self.rng.pick(CHANGED);
                    words.push(match self.rng.below(6) {
                        0 => self
                            .rng
                            .pick(&[
                                "*",
                                "*-max-*",
                                "set-*",
                                "lfu*",
                                "no[st]*",
                                "*slave*",
                                "maxmemory*",
                                "h?",
                                "tls-*",
                                "*log*",
                            ])
                            .into(),
                        1 => self.pattern(),
                        2 => self.rng.pick(OTHERS).into(),
                        _ => self.token(name),
                    });
                }
                words
            }
            18 => words!["CONFIG", self.rng.pick(&["RESETSTAT", "HELP", "REWRITE"])],
            _ => words!["CONFIG", self.rng.pick(&["NOSUCH", "", "GETS"])],
        }
    }
}
