//! Why commands on lists, sets and hashes were answered as they were.

use super::{Case, distinct, quoted};
use crate::ds::bytes::Bytes;
use crate::engine::db::Value;
use crate::engine::num;
use crate::engine::reply::Reply;
use crate::engine::why::{EmptyRange, Why};

/// How many fields with an unusual code are told.
const CODES_SHOWN: usize = 3;

impl Case<'_> {
    pub(super) fn elements(&self) -> Option<Why> {
        match self.spec.name {
            "lpushx" | "rpushx" if self.int() == Some(0) => Some(Why::OnlyExisting {
                command: self.command(),
                key: Bytes::from_slice(self.key()?),
            }),
            "lindex" if self.is_null() => self.no_index(),
            "lrange" if self.is_empty() => self.empty_range(2),
            "lpos" if self.is_null() => self.not_in(&self.args[2], "element"),
            "lrem" if self.int() == Some(0) => self.not_in(&self.args[3], "element"),
            "linsert" if self.int() == Some(-1) => self.not_in(&self.args[3], "element"),
            "sadd" => self.added("member"),
            "srem" => self.removed("member"),
            "sismember" if self.int() == Some(0) => self.not_in(&self.args[2], "member"),
            "smove" if self.int() == Some(0) => self.not_in(&self.args[3], "member"),
            "sinter" | "sintercard" | "sinterstore" => self.shared(),
            "sscan" | "hscan" => self.scan(self.value()?.size()),
            "hset" | "hmset" => self.hset(),
            "hsetnx" if self.int() == Some(0) => Some(Why::AlreadyIn {
                key: Bytes::from_slice(self.key()?),
                count: 1,
                what: "field".into(),
            }),
            "hget" if self.is_null() => self.not_in(&self.args[2], "field"),
            "hexists" if self.int() == Some(0) => self.not_in(&self.args[2], "field"),
            "hdel" => self.removed("field"),
            "hincrby" | "hincrbyfloat" if !self.before.item => Some(Why::BeganAtZero {
                place: quoted(&self.args[2]),
                what: "field".into(),
                command: self.command(),
            }),
            "hexpire" | "hpexpire" | "hexpireat" | "hpexpireat" | "hpersist" => self.codes(false),
            "httl" | "hpttl" | "hexpiretime" | "hpexpiretime" => self.codes(true),
            _ => None,
        }
    }

    pub(super) fn no_index(&self) -> Option<Why> {
        Some(Why::NoIndex {
            key: Bytes::from_slice(self.key()?),
            index: num::parse_i64(&self.args[2])?,
            len: self.value()?.size(),
        })
    }

    /// A range of indexes or ranks, the first of which stands at a word, in which nothing is.
    pub(super) fn empty_range(&self, at: usize) -> Option<Why> {
        let len = self.value()?.size();
        let (start, end) = (
            num::parse_i64(&self.args[at])?,
            num::parse_i64(&self.args[at + 1])?,
        );
        let from_end = |index: i64| {
            if index < 0 {
                index.saturating_add(len as i64)
            } else {
                index
            }
        };
        let how = match from_end(start).max(0) {
            first if first >= len as i64 => EmptyRange::StartsPast { start },
            first if first > from_end(end) => EmptyRange::Backwards,
            _ => return None,
        };
        Some(Why::EmptyRange {
            key: Bytes::from_slice(self.key()?),
            how,
            len,
        })
    }

    /// Some of what was to be added was there.
    fn added(&self, what: &str) -> Option<Why> {
        let given = self.args.from(2);
        let there = (given.len() as u64).checked_sub(u64::try_from(self.int()?).ok()?)?;
        (there > 0 && distinct(given)).then(|| Why::AlreadyIn {
            key: Bytes::from_slice(self.key().unwrap_or_default()),
            count: there,
            what: what.into(),
        })
    }

    /// Some of what was to be removed was not there.
    pub(super) fn removed(&self, what: &str) -> Option<Why> {
        let given = self.args.from(2);
        let (there, of) = (u64::try_from(self.int()?).ok()?, given.len() as u64);
        match (there, of) {
            _ if there >= of || !distinct(given) => None,
            (0, 1) => self.not_in(given[0], what),
            (0, _) if !self.before.there => None,
            _ => Some(Why::Part {
                there,
                of,
                what: format!("{what}s"),
            }),
        }
    }

    fn shared(&self) -> Option<Why> {
        let (sources, none) = match self.spec.name {
            "sinterstore" => (self.keys.get(1..)?, self.int() == Some(0)),
            "sintercard" => (self.keys.as_slice(), self.int() == Some(0)),
            _ => (self.keys.as_slice(), self.is_empty()),
        };
        if !none {
            return None;
        }
        // A key that was the target too is no longer what it was.
        if self.spec.name == "sinterstore" && sources.contains(&self.keys[0]) {
            return None;
        }
        match sources.iter().find(|key| !self.db.contains(key)) {
            Some(key) => Some(Why::EmptyWith {
                key: Bytes::from_slice(key),
            }),
            None => (sources.len() > 1).then_some(Why::NothingShared {
                sets: sources.len() as u64,
            }),
        }
    }

    fn hset(&self) -> Option<Why> {
        let fields: Vec<&[u8]> = self.args.from(2).iter().step_by(2).copied().collect();
        let new = u64::try_from(self.int()?).ok()?;
        let old = (fields.len() as u64).checked_sub(new)?;
        (old > 0 && distinct(&fields)).then(|| Why::Overwritten {
            key: Bytes::from_slice(self.key().unwrap_or_default()),
            new,
            old,
        })
    }

    fn codes(&self, asked: bool) -> Option<Why> {
        let at = (2..self.args.len()).find(|&at| self.args.is(at, "FIELDS"))?;
        let names = self.args.from(at + 2);
        let plain = |code: i64| if asked { code >= 0 } else { code == 1 };
        let code = |(name, reply): (&&[u8], &Reply)| match reply {
            Reply::Int(code) if !plain(*code) => Some((quoted(name), *code)),
            _ => None,
        };
        let fields: Vec<_> = names
            .iter()
            .zip(self.items()?)
            .filter_map(code)
            .take(CODES_SHOWN)
            .collect();
        if fields.is_empty() {
            return None;
        }
        if !self.before.there {
            return self.missing(self.key()?, None);
        }
        Some(Why::Codes {
            fields,
            asked,
            key: Bytes::from_slice(self.key()?),
            command: self.command(),
        })
    }

    /// The name of the form in which the value is kept.
    pub(super) fn encoding(&self) -> Option<&'static str> {
        match self.value()? {
            Value::Set(set) => Some(set.encoding()),
            Value::Hash(hash) => Some(hash.encoding()),
            Value::Zset(zset) => Some(match zset.encoding() {
                crate::ds::zset::Encoding::Skiplist => "skiplist",
                _ => "listpack",
            }),
            _ => None,
        }
    }
}
