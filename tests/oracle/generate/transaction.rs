//! Transactions.

use super::values::Kind;
use super::{Family, Generator};
use crate::step::{OBSERVER, Step, Words};

/// What is not queued: its replies are several, or the rules that compare them look at what a key held
/// when it ran.
const NOT_QUEUED: &[&str] = &[
    "SUBSCRIBE",
    "PSUBSCRIBE",
    "SSUBSCRIBE",
    "UNSUBSCRIBE",
    "PUNSUBSCRIBE",
    "SUNSUBSCRIBE",
    "ZREMRANGEBYLEX",
    "ZRANGEBYLEX",
    "ZREVRANGEBYLEX",
    "ZLEXCOUNT",
    "ZRANGE",
    "ZRANGESTORE",
];

impl Generator {
    /// A single command, which mostly finds no transaction that it belongs to.
    pub(super) fn transaction_command(&mut self) -> Words {
        match self.rng.below(12) {
            0..=3 => self.watch(),
            4 => words!["UNWATCH"],
            5 => words!["MULTI"],
            6..=7 => words!["DISCARD"],
            _ => words!["EXEC"],
        }
    }

    fn watch(&mut self) -> Words {
        let mut words = words!["WATCH"];
        for _ in 0..self.rng.between(1, 3) {
            words.push(self.key(Kind::Any));
        }
        words
    }

    /// A whole transaction of one client, while the others do what they like.
    pub(super) fn transaction(&mut self, client: usize, steps: &mut Vec<Step>) {
        let step = |words| Step::Command(client, words);
        if self.rng.percent(60) {
            let watch = self.watch();
            if self.rng.percent(50) {
                self.meddle(client, Some(&watch[1]), steps);
            }
            steps.push(step(watch.clone()));
            if self.rng.percent(30) {
                self.meddle(client, Some(&watch[1]), steps);
            }
        }
        steps.push(step(words!["MULTI"]));
        for _ in 0..self.rng.below(6) {
            if self.rng.percent(15) {
                self.meddle(client, None, steps);
            }
            let words = self.queued();
            steps.push(step(words));
        }
        steps.push(match self.rng.below(40) {
            0..=1 => step(words!["DISCARD"]),
            2 => step(words!["RESET"]),
            3 => step(words!["QUIT"]),
            4 => step(words!["EXEC", "now"]),
            5 => Step::Hangup(client),
            6 => step(words!["UNWATCH"]),
            _ => step(words!["EXEC"]),
        });
    }

    /// A command to be queued, or refused.
    fn queued(&mut self) -> Words {
        loop {
            let words = match self.rng.below(30) {
                0 => words!["MULTI"],
                1 => self.watch(),
                2 => words!["UNWATCH"],
                3 => words!["BLPOP", self.key(Kind::List), "0"],
                4 => words![
                    "BLMOVE",
                    self.key(Kind::List),
                    self.key(Kind::List),
                    "LEFT",
                    "LEFT",
                    "0"
                ],
                5 => words!["BZPOPMIN", self.key(Kind::Zset), "0"],
                6 => words!["FLUSHDB"],
                _ => {
                    let family = self.family();
                    self.command(family)
                }
            };
            let upper = String::from_utf8_lossy(&words[0]).to_ascii_uppercase();
            if self.wanted(&words[0]) && !NOT_QUEUED.contains(&upper.as_str()) {
                return words;
            }
        }
    }

    /// Another client does something between, often to a watched key.
    fn meddle(&mut self, client: usize, watched: Option<&Vec<u8>>, steps: &mut Vec<Step>) {
        let other = (client + 1 + self.rng.below(OBSERVER - 1)) % OBSERVER;
        let key = match watched {
            Some(key) if self.rng.percent(80) => key.clone(),
            _ => self.key(Kind::Any),
        };
        let words = match self.rng.below(14) {
            0..=1 => words!["SET", key, "v"],
            2..=4 => words!["DEL", key],
            5 => words!["PERSIST", key],
            6 => words!["EXPIRE", key, "300000000"],
            7 => words!["RENAME", self.key(Kind::Any), key],
            8 => words!["FLUSHDB"],
            9 => words!["FLUSHALL"],
            10 => words!["SWAPDB", "0", "1"],
            11 => words!["COPY", self.key(Kind::Any), key],
            12 => words!["MOVE", key, "1"],
            _ => {
                let family = self.family();
                self.command(if family == Family::Pubsub {
                    Family::Text
                } else {
                    family
                })
            }
        };
        if self.wanted(&words[0]) {
            steps.push(Step::Command(other, words));
        }
    }
}
