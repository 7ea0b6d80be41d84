//! Why commands on keys of any type were answered as they were.

use super::{Case, distinct, quoted};
use crate::ds::bytes::Bytes;
use crate::engine::num;
use crate::engine::reply::Reply;
use crate::engine::why::{Condition, Why};

impl Case<'_> {
    pub(super) fn generic(&self) -> Option<Why> {
        match self.spec.name {
            "ttl" | "pttl" | "expiretime" | "pexpiretime" => match self.int()? {
                -1 => self.no_ttl(false),
                -2 => self.missing(self.key()?, None),
                _ => None,
            },
            "persist" if self.int() == Some(0) => self.no_ttl(true),
            "expire" | "pexpire" | "expireat" | "pexpireat" => self.expire(),
            "del" | "unlink" | "exists" | "touch" => self.some_keys(),
            "keys" => {
                let keys = self.db.len() as u64;
                (keys > 0).then(|| Why::Keyspace {
                    keys,
                    command: self.command(),
                    matched: self.items().map_or(0, <[Reply]>::len) as u64,
                })
            }
            "scan" => self.scan(self.db.len() as u64),
            "renamenx" | "copy" | "move" if self.int() == Some(0) => {
                let source = self.key()?;
                self.missing(source, None).or_else(|| {
                    let target = match self.spec.name {
                        "move" => source,
                        _ => &self.args[2],
                    };
                    Some(Why::TargetThere {
                        key: Bytes::from_slice(target),
                        command: self.command(),
                    })
                })
            }
            "encoding" => match (self.reply, self.value()) {
                (Reply::Bulk(name), Some(value)) => Some(Why::Encoding {
                    encoding: String::from_utf8_lossy(name).into_owned(),
                    of: value.type_name().into(),
                }),
                _ => None,
            },
            "wait" if self.int() == Some(0) => {
                let wanted = num::parse_i64(&self.args[1])?;
                (wanted > 0).then_some(Why::NoReplica)
            }
            "delifeq" if self.int() == Some(0) => self.other_value(),
            _ => None,
        }
    }

    fn no_ttl(&self, persist: bool) -> Option<Why> {
        let key = self.key()?;
        self.missing(key, None).or_else(|| {
            self.entry()?.deadline().is_none().then(|| Why::NoTtl {
                key: Bytes::from_slice(key),
                persist,
            })
        })
    }

    fn expire(&self) -> Option<Why> {
        let key = self.key()?;
        match self.int()? {
            0 if !self.is_there() => self.missing(key, None),
            0 => {
                let condition = match () {
                    () if self.has(3, "NX") => Condition::Nx,
                    () if self.has(3, "GT") => Condition::Gt,
                    () if self.has(3, "LT") => Condition::Lt,
                    () if self.has(3, "XX") => Condition::Xx,
                    () => return None,
                };
                let left = self.left(key);
                // XX may stand beside another.
                let condition = match left {
                    None if self.has(3, "XX") => Condition::Xx,
                    _ => condition,
                };
                Some(Why::ExpireRefused {
                    key: Bytes::from_slice(key),
                    condition,
                    left,
                })
            }
            _ if self.before.there && !self.is_there() => Some(Why::ExpiredAtOnce {
                key: Bytes::from_slice(key),
            }),
            _ => None,
        }
    }

    fn some_keys(&self) -> Option<Why> {
        let there = u64::try_from(self.int()?).ok()?;
        let of = self.keys.len() as u64;
        if of == 1 && there == 0 {
            return self.missing(self.key()?, None);
        }
        (there < of && distinct(&self.keys)).then(|| Why::Part {
            there,
            of,
            what: "keys".into(),
        })
    }

    /// One step of SCAN or its kin, through so many elements.
    pub(super) fn scan(&self, of: u64) -> Option<Why> {
        let [Reply::Bulk(cursor), Reply::Array(items)] = self.items()? else {
            return None;
        };
        let cursor: u64 = std::str::from_utf8(cursor).ok()?.parse().ok()?;
        let from = if self.spec.name == "scan" { 2 } else { 3 };
        let asked = (from..self.args.len()).find(|&at| self.args.is(at, "COUNT"));
        let count = asked.and_then(|at| num::parse_i64(&self.args[at + 1]));
        let each = match self.spec.name {
            "zscan" => 2,
            "hscan" if !self.has(3, "NOVALUES") => 2,
            _ => 1,
        };
        let got = items.len() as u64 / each;
        let filtered = self.has(from, "MATCH") || self.has(from, "TYPE");
        if of == 0 {
            return None;
        }
        if self.spec.name != "scan" && cursor == 0 && got == of {
            let asked = count.filter(|count| (*count as u64) < got)?;
            let encoding = self.encoding()?;
            return (asked > 0 && encoding != "hashtable" && encoding != "skiplist").then(|| {
                Why::ScanWhole {
                    command: self.command(),
                    len: got,
                    encoding: encoding.into(),
                }
            });
        }
        let begins = self.args.is(from - 1, "0");
        // What came in one step, all of it, needs no word.
        if cursor == 0 && begins && !filtered {
            return None;
        }
        Some(Why::Scan {
            cursor,
            got,
            count: count.unwrap_or(10).max(0) as u64,
            filtered,
            command: self.command(),
        })
    }

    /// A compare found another value.
    pub(super) fn other_value(&self) -> Option<Why> {
        let key = self.key()?;
        if !self.is_there() {
            return self.missing(key, None);
        }
        let entry = self.entry()?;
        match &entry.value {
            crate::engine::db::Value::Str(text) => Some(Why::OtherValue {
                key: Bytes::from_slice(key),
                holds: quoted(text),
                holder: super::holder(entry),
                command: self.command(),
            }),
            _ => None,
        }
    }
}
