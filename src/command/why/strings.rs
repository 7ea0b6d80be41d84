//! Why commands on strings, bits and HyperLogLogs were answered as they were.

use super::{Case, holder};
use crate::ds::bytes::Bytes;
use crate::engine::db::{Value, Witness};
use crate::engine::num;
use crate::engine::reply::Reply;
use crate::engine::why::Why;

impl Case<'_> {
    pub(super) fn strings(&self) -> Option<Why> {
        match self.spec.name {
            "set" => self.set(),
            "setnx" | "msetnx" if self.int() == Some(0) => {
                let key = self.keys.iter().find(|key| self.db.contains(key))?;
                self.refused(key)
            }
            "get" | "getdel" | "getex" | "strlen" | "substr" | "getrange" | "getset"
                if self.before.there =>
            {
                let taken = self.spec.name == "getdel" && matches!(self.reply, Reply::Bulk(_));
                taken.then(|| Why::TakenAway {
                    key: Bytes::from_slice(self.key().unwrap_or_default()),
                })
            }
            "mget" => self.mget(),
            "incr" | "decr" | "incrby" | "decrby" | "incrbyfloat" => {
                (!self.before.there && self.is_there()).then(|| Why::BeganAtZero {
                    place: Bytes::from_slice(self.key().unwrap_or_default()),
                    what: "key".into(),
                    command: self.command(),
                })
            }
            "setrange" => {
                let at = u64::try_from(num::parse_i64(&self.args[2])?).ok()?;
                let from = self.before.size;
                (at > from && !self.args[3].is_empty()).then(|| Why::Padded {
                    key: Bytes::from_slice(self.key().unwrap_or_default()),
                    from,
                    to: at,
                })
            }
            "delifeq" if self.int() == Some(0) => self.other_value(),
            "delex" if self.int() == Some(0) => match self.has(2, "IFEQ") {
                true => self.other_value(),
                false => self.missing(self.key()?, None),
            },
            "bitcount" | "bitpos" => self.bit_range(),
            "getbit" => {
                let at = num::parse_i64(&self.args[2])?;
                let len = self.value()?.size();
                (at as u64 / 8 >= len).then(|| Why::PastEnd {
                    key: Bytes::from_slice(self.key().unwrap_or_default()),
                    len,
                    at: at as u64,
                })
            }
            "setbit" => Some(Why::BitBefore {
                bit: self.int()? == 1,
            }),
            "pfadd" if self.int() == Some(0) => {
                let elements = self.args.from(2).len() as u64;
                (elements > 0).then_some(Why::NoneGrew {
                    elements,
                    new: self.before.unseen,
                })
            }
            "pfcount" if self.keys.len() == 1 => {
                let Some(Witness::Uniques(seen)) = self.entry()?.witness.as_deref() else {
                    return None;
                };
                let (estimate, real) = (u64::try_from(self.int()?).ok()?, seen.len() as u64);
                (estimate != real).then_some(Why::Estimate { estimate, real })
            }
            _ => None,
        }
    }

    fn set(&self) -> Option<Why> {
        // With GET the reply is the old value.
        if !self.is_null() || self.has(3, "GET") {
            return None;
        }
        let key = self.key()?;
        if self.has(3, "NX") {
            return self.refused(key);
        }
        if self.has(3, "XX") && !self.is_there() {
            return Some(Why::OnlyExisting {
                command: "SET".into(),
                key: Bytes::from_slice(key),
            });
        }
        if self.has(3, "IFEQ") {
            return self.other_value();
        }
        None
    }

    /// What is to be made is there already.
    fn refused(&self, key: &[u8]) -> Option<Why> {
        let entry = self.db.entry(key)?;
        Some(Why::Refused {
            command: self.command(),
            key: Bytes::from_slice(key),
            holder: holder(entry),
            left: self.left(key),
        })
    }

    fn mget(&self) -> Option<Why> {
        let value = |key: &&[u8]| self.db.value(key);
        let of = self.keys.len() as u64;
        let missing = self.keys.iter().filter(|key| value(key).is_none()).count() as u64;
        let strings = self.keys.iter().filter_map(value);
        let strings = strings.filter(|v| matches!(v, Value::Str(_))).count() as u64;
        let other = of - missing - strings;
        match (missing, other) {
            (0, 0) => None,
            (_, 0) if of == 1 => self.missing(self.key()?, None),
            (_, 0) => Some(Why::Part {
                there: strings,
                of,
                what: "keys".into(),
            }),
            _ => Some(Why::NotStrings { missing, other, of }),
        }
    }

    fn bit_range(&self) -> Option<Why> {
        let at = if self.spec.name == "bitcount" { 2 } else { 3 };
        if !self.is_there() || self.has(at, "BIT") {
            return None;
        }
        let first = num::parse_i64(self.args.get(at)?)?;
        let last = self.args.get(at + 1).map_or(Some(-1), num::parse_i64)?;
        Some(Why::BytesNotBits {
            command: self.command(),
            range: (first, last),
        })
    }
}
