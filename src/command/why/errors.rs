//! Why a command was refused.

use super::{Before, Case, quoted};
use crate::command::spec::Spec;
use crate::command::{all, lookup, subcommand};
use crate::ds::bytes::Bytes;
use crate::engine::Engine;
use crate::engine::args::Args;
use crate::engine::client::Conn;
use crate::engine::db::Value;
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::why::Why;

/// Why, where that hangs on the words or on the connection and on no key.
pub(super) fn why(
    before: &Before,
    engine: &Engine,
    conn: Conn,
    args: Args<'_>,
    error: &Error,
) -> Option<Why> {
    let wire = error.wire();
    let client = engine.client(conn)?;
    let in_multi = client.transaction.open() && client.transaction.refused;
    let is = |start: &[u8]| wire.starts_with(start);
    let name = || String::from_utf8_lossy(&args[0]).to_ascii_uppercase();
    if is(b"ERR unknown command '") {
        let nearest = nearest(&args[0], all().map(|spec| spec.name));
        return Some(Why::Unknown { nearest, in_multi });
    }
    if is(b"ERR unknown subcommand '") {
        let container = lookup(&args[0])?;
        let names = container.subcommands.iter().map(|sub| sub.name);
        let nearest = nearest(&args[1], names);
        let nearest = nearest.map(|sub| format!("{} {sub}", container.name.to_ascii_uppercase()));
        return Some(Why::Unknown { nearest, in_multi });
    }
    match error {
        Error::Arity(full) => {
            let (spec, words) = spec_of(full)?;
            return Some(Why::Arity {
                command: full.replace('|', " ").to_ascii_uppercase(),
                takes: u64::from(spec.arity.unsigned_abs()).saturating_sub(words),
                more: spec.arity < 0,
                given: (args.len() as u64).saturating_sub(words),
                in_multi,
            });
        }
        Error::Subscribed(full) => {
            return Some(Why::Subscribed {
                to: client.subscriptions() as u64,
                command: full.replace('|', " ").to_ascii_uppercase(),
            });
        }
        _ => {}
    }
    if is(b"OOM ") || is(b"EXECABORT Transaction discarded because of: OOM ") {
        let policy = engine.config.changed.get("maxmemory-policy");
        return Some(Why::Full {
            used: engine.counted_memory(),
            max: engine.config.max_memory,
            policy: policy.map_or_else(
                || "noeviction".into(),
                |name| String::from_utf8_lossy(name).into_owned(),
            ),
            volatile: engine.config.policy.volatile,
            in_multi,
        });
    }
    if in_multi {
        return Some(Why::SpoilsExec);
    }
    if is(b"EXECABORT") && before.queued.is_some() {
        return Some(Why::Aborted);
    }
    if is(b"ERR EXEC without MULTI") || is(b"ERR DISCARD without MULTI") {
        return Some(Why::NoMulti { command: name() });
    }
    if is(b"NOSCRIPT") {
        return Some(Why::NoScript);
    }
    if matches!(error, Error::DbIndex) {
        return Some(Why::NoDatabase);
    }
    if matches!(error, Error::InvalidExpire(_)) {
        return Some(Why::BadTtl);
    }
    None
}

/// A command's row by its full name, and how many words that is.
fn spec_of(full: &str) -> Option<(&'static Spec, u64)> {
    match full.split_once('|') {
        Some((container, sub)) => {
            let container = lookup(container.as_bytes())?;
            Some((subcommand(container, sub.as_bytes())?, 2))
        }
        None => Some((lookup(full.as_bytes())?, 1)),
    }
}

/// The name that is nearest to a word, where one is near.
fn nearest(word: &[u8], names: impl Iterator<Item = &'static str>) -> Option<String> {
    let word = word.to_ascii_lowercase();
    let far = match word.len() {
        0..=3 => 1,
        4..=20 => 2,
        _ => return None,
    };
    names
        .map(|name| (distance(&word, name.as_bytes()), name))
        .filter(|(distance, _)| *distance <= far)
        .min()
        .map(|(_, name)| name.to_ascii_uppercase())
}

/// How many letters must be added, left out, changed, or swapped with the next one.
fn distance(one: &[u8], two: &[u8]) -> usize {
    let mut last: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in two.iter().enumerate() {
            let change = row[j] + usize::from(a != b);
            let mut best = change.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == two[j - 1] && one[i - 1] == *b {
                best = best.min(last[j - 1] + 1);
            }
            next.push(best);
        }
        last = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

impl Case<'_> {
    /// Why, where that hangs on what a key holds.
    pub(super) fn failed(&self, error: &Error) -> Option<Why> {
        let wire = error.wire();
        let is = |start: &[u8]| wire.starts_with(start);
        if self.spec.group == "scripting" {
            if is(b"ERR Error compiling") {
                return Some(Why::ScriptBroken);
            }
            let ran = wire.windows(11).any(|part| part == b"user_script");
            return ran.then_some(Why::ScriptFailed);
        }
        if is(b"WRONGTYPE") {
            return self.wrong_type();
        }
        if is(b"NOGROUP") {
            return self.no_group();
        }
        if is(b"BUSYGROUP") {
            return self.busy_group();
        }
        if is(b"BUSYKEY") {
            return Some(Why::TargetThere {
                key: Bytes::from_slice(self.key()?),
                command: self.command(),
            });
        }
        if is(b"ERR The ID specified in XADD is equal or smaller") {
            return self.id_too_small();
        }
        if is(b"ERR The XGROUP subcommand requires the key to exist") {
            return self.missing(self.key()?, None);
        }
        match error {
            Error::NoSuchKey => self.missing(self.key()?, None),
            Error::OutOfRange if self.spec.name == "lset" => self.no_index(),
            Error::Overflow => Some(Why::Overflow {
                key: Bytes::from_slice(self.key()?),
            }),
            Error::Syntax => Some(Why::Syntax {
                command: match self.container.name == self.spec.name {
                    true => self.command(),
                    false => {
                        format!("{} {}", self.container.name, self.spec.name).to_ascii_uppercase()
                    }
                },
            }),
            _ => self.not_number(&wire),
        }
    }

    fn wrong_type(&self) -> Option<Why> {
        let wants = match self.spec.group {
            "string" | "bitmap" | "hyperloglog" => "string",
            "sorted-set" | "geo" => "zset",
            "list" => "list",
            "set" => "set",
            "hash" => "hash",
            "stream" => "stream",
            _ => "",
        };
        let mut held = Vec::new();
        for key in &self.keys {
            if let Some(value) = self.db.value(key) {
                held.push((*key, value.type_name()));
            }
        }
        let other = held.iter().find(|(_, kind)| *kind != wants);
        let hll = held.first().filter(|_| self.spec.group == "hyperloglog");
        let &(key, holds) = other.or(hll)?;
        if holds == wants {
            return Some(Why::NotHll {
                key: Bytes::from_slice(key),
            });
        }
        if wants.is_empty() {
            return None;
        }
        let fits = match holds {
            "string" => "GET",
            "list" => "LRANGE … 0 -1",
            "set" => "SMEMBERS",
            "hash" => "HGETALL",
            "zset" => "ZRANGE … 0 -1 WITHSCORES",
            _ => "XRANGE … - +",
        };
        Some(Why::WrongType {
            key: Bytes::from_slice(key),
            holds: holds.into(),
            command: self.command(),
            wants: wants.into(),
            fits: fits.replace('…', &String::from_utf8_lossy(key)),
        })
    }

    /// A value that is to be counted up is no number.
    fn not_number(&self, wire: &[u8]) -> Option<Why> {
        let (place, text): (&[u8], &[u8]) = match (self.spec.name, self.value()?) {
            ("incr" | "decr" | "incrby" | "decrby" | "incrbyfloat", Value::Str(text)) => {
                (self.key()?, text.as_slice())
            }
            ("hincrby" | "hincrbyfloat", Value::Hash(hash)) => {
                (&self.args[2], hash.get(&self.args[2])?)
            }
            _ => return None,
        };
        let floats = self.spec.name.ends_with("float");
        let told = wire.windows(13).any(|part| part == b"not a valid f")
            || wire.windows(11).any(|part| part == b"not a float")
            || wire.windows(14).any(|part| part == b"not an integer");
        let bad = match floats {
            true => num::parse_f64(text).is_none(),
            false => num::parse_i64(text).is_none(),
        };
        (told && bad).then(|| Why::NotNumber {
            place: quoted(place),
            holds: quoted(text),
            float: num::parse_f64(text).is_some(),
            command: self.command(),
        })
    }
}
