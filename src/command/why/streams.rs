//! Why commands on streams were answered as they were.

use super::{Case, quoted};
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Group, Stream, StreamId};
use crate::engine::db::Value;
use crate::engine::num;
use crate::engine::reply::Reply;
use crate::engine::why::{EmptyRange, Why};

/// How many pending entries are looked through for the one that is idle longest.
const PENDING_MAX: usize = 1_000;

impl<'c> Case<'c> {
    pub(super) fn streams(&self) -> Option<Why> {
        match self.spec.name {
            "xadd" if self.is_null() => Some(Why::OnlyExisting {
                command: self.command(),
                key: Bytes::from_slice(self.key()?),
            }),
            "xread" if self.is_null() => self.xread(),
            "xreadgroup" => self.xreadgroup(),
            "xrange" | "xrevrange" if self.is_empty() => self.xrange(),
            "xack" => self.xack(),
            "xclaim" if self.is_empty() => self.before.unclaimed.clone().or_else(|| {
                let group = &self.args[2];
                let found = self.stream()?.groups.contains_key(group);
                (!found).then(|| self.no_group_named(group)).flatten()
            }),
            "xautoclaim" => self.xautoclaim(),
            "create" if self.container.name == "xgroup" => {
                let skipped = self.stream()?.log.len();
                (self.args.is(4, "$") && skipped > 0).then(|| Why::GroupAtEnd {
                    group: quoted(&self.args[3]),
                    skipped,
                })
            }
            "delconsumer" => {
                let count = u64::try_from(self.int()?).ok()?;
                (count > 0).then(|| Why::PendingDropped {
                    consumer: quoted(&self.args[4]),
                    count,
                })
            }
            _ => None,
        }
    }

    fn stream(&self) -> Option<&'c Stream> {
        self.stream_of(self.key()?)
    }

    fn stream_of(&self, key: &[u8]) -> Option<&'c Stream> {
        match self.db.value(key)? {
            Value::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    /// The one stream that XREAD or XREADGROUP names, and after which ID.
    fn only_stream(&self) -> Option<(&'c [u8], &'c [u8])> {
        let args = self.args;
        let at = (1..args.len()).find(|&at| args.is(at, "STREAMS"))?;
        match args.from(at + 1) {
            [key, id] => Some((key, id)),
            _ => None,
        }
    }

    fn xread(&self) -> Option<Why> {
        let (key, id) = self.only_stream()?;
        let Some(stream) = self.stream_of(key) else {
            return self.missing(key, Some("an empty stream"));
        };
        Some(Why::NothingAfter {
            key: Bytes::from_slice(key),
            dollar: id == b"$",
            len: stream.log.len(),
            last: text(stream.log.last_id()),
        })
    }

    fn xreadgroup(&self) -> Option<Why> {
        let (key, id) = self.only_stream()?;
        let at = (1..self.args.len()).find(|&at| self.args.is(at, "GROUP"))?;
        let (group_name, consumer) = (&self.args[at + 1], &self.args[at + 2]);
        let stream = self.stream_of(key)?;
        let group = stream.groups.get(group_name)?;
        let pending = group
            .find_consumer(consumer)
            .and_then(|id| group.consumer(id))
            .map_or(0, |consumer| consumer.pending_len() as u64);
        if self.is_null() && id == b">" {
            return Some(Why::NothingNew {
                group: quoted(group_name),
                cursor: text(group.last_delivered()),
                consumer: quoted(consumer),
                pending,
            });
        }
        if id == b">" {
            return None;
        }
        let entries = match self.reply {
            Reply::Array(streams) => match streams.first()? {
                Reply::Array(stream) => stream.get(1)?,
                _ => return None,
            },
            Reply::Map(streams) => &streams.first()?.1,
            _ => return None,
        };
        let Reply::Array(entries) = entries else {
            return None;
        };
        if entries.is_empty() {
            return Some(Why::NothingPending {
                group: quoted(group_name),
                consumer: quoted(consumer),
                new: new_for(stream, group),
                after: String::from_utf8_lossy(&quoted(id)).into_owned(),
            });
        }
        let gone =
            |entry: &&Reply| matches!(entry, Reply::Array(two) if two.get(1) == Some(&Reply::Null));
        Some(Why::History {
            consumer: quoted(consumer),
            count: entries.len() as u64,
            deleted: entries.iter().filter(gone).count() as u64,
        })
    }

    fn xrange(&self) -> Option<Why> {
        let stream = self.stream()?;
        let higher_first = self.spec.name == "xrevrange";
        if self.has(4, "COUNT") {
            return None;
        }
        let (low, high) = match higher_first {
            true => (&self.args[3], &self.args[2]),
            false => (&self.args[2], &self.args[3]),
        };
        let bound = |word: &[u8], seq: u64| match word {
            b"-" => Some(StreamId::MIN),
            b"+" => Some(StreamId::MAX),
            word => StreamId::parse(word.strip_prefix(b"(").unwrap_or(word), seq),
        };
        let swapped = bound(low, 0)? > bound(high, u64::MAX)?;
        Some(Why::EmptyRange {
            key: Bytes::from_slice(self.key()?),
            how: match swapped {
                true => EmptyRange::Swapped { higher_first },
                false => EmptyRange::Between { what: "ID".into() },
            },
            len: stream.log.len(),
        })
    }

    fn xack(&self) -> Option<Why> {
        let ids = self.args.from(3);
        let done = self.int()? as u64;
        let of = ids.len() as u64;
        if done >= of {
            return None;
        }
        let Some(stream) = self.stream() else {
            return self.missing(self.key()?, Some("an empty stream"));
        };
        let Some(group) = stream.groups.get(&self.args[2]) else {
            return self.no_group_named(&self.args[2]);
        };
        if done > 0 {
            return Some(Why::Part {
                there: done,
                of,
                what: "IDs".into(),
            });
        }
        let id = StreamId::parse(ids.first()?, 0)?;
        Some(Why::NotPending {
            group: quoted(&self.args[2]),
            id: text(id),
            not: of,
            of,
            never: id > group.last_delivered(),
        })
    }

    fn xautoclaim(&self) -> Option<Why> {
        let [_, Reply::Array(claimed), rest @ ..] = self.items()? else {
            return None;
        };
        if let Some(Reply::Array(deleted)) = rest.first()
            && !deleted.is_empty()
        {
            return Some(Why::DeletedPending {
                count: deleted.len() as u64,
            });
        }
        let group = self.stream()?.groups.get(&self.args[2])?;
        let min = num::parse_i64(&self.args[4])?.max(0) as u64;
        if !claimed.is_empty() || group.pending_len() > PENDING_MAX {
            return None;
        }
        let now = self.now();
        let idle = group
            .pending_range(StreamId::MIN, StreamId::MAX)
            .map(|(_, pending)| now.saturating_sub(pending.delivered_at))
            .max()
            .unwrap_or(0);
        (group.pending_len() == 0 || idle < min).then(|| Why::NothingIdle {
            group: quoted(&self.args[2]),
            pending: group.pending_len() as u64,
            idle,
            min,
        })
    }

    pub(super) fn no_group(&self) -> Option<Why> {
        let at = match self.spec.name {
            "xreadgroup" => (1..self.args.len()).find(|&at| self.args.is(at, "GROUP"))? + 1,
            _ if self.container.name == "xgroup" => 3,
            "consumers" => 3,
            _ => 2,
        };
        self.no_group_named(&self.args[at])
    }

    fn no_group_named(&self, name: &[u8]) -> Option<Why> {
        let lacks = |key: &&&[u8]| {
            self.stream_of(key)
                .is_none_or(|stream| !stream.groups.contains_key(name))
        };
        let key = *self.keys.iter().find(lacks)?;
        Some(Why::NoGroup {
            key: Bytes::from_slice(key),
            group: quoted(name),
            no_key: !self.db.contains(key),
        })
    }

    pub(super) fn busy_group(&self) -> Option<Why> {
        let name = &self.args[3];
        let group = self.stream()?.groups.get(name)?;
        Some(Why::BusyGroup {
            group: quoted(name),
            cursor: text(group.last_delivered()),
            pending: group.pending_len() as u64,
        })
    }

    pub(super) fn id_too_small(&self) -> Option<Why> {
        let mut at = 2;
        while let Some(word) = self.args.get(at) {
            at += match word.to_ascii_lowercase().as_slice() {
                b"nomkstream" | b"keepref" | b"delref" | b"acked" => 1,
                b"maxlen" | b"minid" => {
                    let sign = self.args.is(at + 1, "~") || self.args.is(at + 1, "=");
                    2 + usize::from(sign)
                }
                b"limit" => 2,
                _ => break,
            };
        }
        Some(Why::IdTooSmall {
            given: String::from_utf8_lossy(&quoted(&self.args[at])).into_owned(),
            last: text(self.stream()?.log.last_id()),
        })
    }
}

/// How many entries a group was not given yet.
fn new_for(stream: &Stream, group: &Group) -> u64 {
    let first_new = group.last_delivered().next();
    first_new.map_or(0, |id| stream.log.len() - stream.log.index_of(id))
}

fn text(id: StreamId) -> String {
    String::from_utf8_lossy(&id.to_bytes()).into_owned()
}
