//! What differs between two moments.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::message::{Bytes, Conn, Kind, Millis};
use crate::ds::stream::{Stream, StreamId};
use crate::engine::Engine;
use crate::engine::db::{Entry, Value, Witness};

/// How many keys are told of.
const KEYS_MAX: usize = 200;
/// How many differences within a key are told of.
const PARTS_MAX: usize = 50;
/// How many bytes of a text are told.
const TEXT_MAX: usize = 128;

/// What differs between two moments. A pair is always the earlier and the later one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Differences {
    /// The keys that are not what they were, in order.
    pub keys: Vec<KeyDifference>,
    /// How many more there are.
    pub more: usize,
}

/// A key that is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyDifference {
    /// The database.
    pub db: usize,
    /// The key.
    pub key: Bytes,
    /// What it is, and how many bytes or elements it has; `None`: it is not there.
    pub is: [Option<(Kind, u64)>; 2],
    /// What differs, where it is there at both moments and of the same type.
    pub parts: Vec<Part>,
    /// How many more differences there are.
    pub more: usize,
}

/// A difference within a key. What is `None` is not there at that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// The bytes of a string, or as many as are shown.
    Text([Bytes; 2]),
    /// A member of a sorted set, with its score.
    Member(Bytes, [Option<f64>; 2]),
    /// A member of a set, and whether it is there.
    Item(Bytes, [bool; 2]),
    /// A field of a hash, with its value.
    Field(Bytes, [Option<Bytes>; 2]),
    /// The element of a list at an index.
    Element(usize, [Option<Bytes>; 2]),
    /// An entry of a stream, and whether it is there.
    Entry(String, [bool; 2]),
    /// A group of a stream, with the last ID that it delivered.
    Group(Bytes, [Option<String>; 2]),
    /// An entry that waits to be acknowledged in a group, with the consumer that has it.
    Owner(Bytes, String, [Option<Bytes>; 2]),
    /// Who holds a lock.
    Holder([Option<Conn>; 2]),
    /// When the key expires.
    Deadline([Option<Millis>; 2]),
}

/// Compares two moments. O(what they hold).
pub fn compare(earlier: &Engine, later: &Engine) -> Differences {
    let mut found = Differences::default();
    for (number, (one, other)) in earlier.dbs.iter().zip(&later.dbs).enumerate() {
        let keys: BTreeSet<&Bytes> = one.iter().chain(other.iter()).map(|(key, _)| key).collect();
        for key in keys {
            let entries = [one.entry(key), other.entry(key)];
            let mut parts = Parts::default();
            let both = match entries {
                [Some(one), Some(other)] => Some((one, other)),
                _ => None,
            };
            let alike = both.is_some_and(|(one, other)| parts.entry(one, other));
            if alike && parts.found.is_empty() {
                continue;
            }
            if found.keys.len() == KEYS_MAX {
                found.more += 1;
                continue;
            }
            found.keys.push(KeyDifference {
                db: number,
                key: key.clone(),
                is: entries.map(|entry| entry.map(|e| (Kind::of(e), e.value.size()))),
                parts: parts.found,
                more: parts.more,
            });
        }
    }
    found
}

#[derive(Debug, Default)]
struct Parts {
    found: Vec<Part>,
    more: usize,
}

impl Parts {
    fn add(&mut self, part: Part) {
        match self.found.len() < PARTS_MAX {
            true => self.found.push(part),
            false => self.more += 1,
        }
    }

    /// Looks for what differs; false: the types do.
    fn entry(&mut self, one: &Entry, other: &Entry) -> bool {
        let holders = [holder(one), holder(other)];
        if holders[0] != holders[1] {
            self.add(Part::Holder(holders));
        }
        match (&one.value, &other.value) {
            (Value::Str(a), Value::Str(b)) => self.text(a, b),
            (Value::Zset(a), Value::Zset(b)) => self.each(
                a.iter()
                    .map(|(member, score)| (Bytes::from_slice(member), score)),
                b.iter()
                    .map(|(member, score)| (Bytes::from_slice(member), score)),
                |member| a.score(member),
                |member| b.score(member),
                |member, scores| Part::Member(shown(member), scores),
            ),
            (Value::Set(a), Value::Set(b)) => self.each(
                a.iter().map(|item| (item, true)),
                b.iter().map(|item| (item, true)),
                |item| a.contains(item).then_some(true),
                |item| b.contains(item).then_some(true),
                |item, there| Part::Item(shown(item), there.map(|t| t.is_some())),
            ),
            (Value::Hash(a), Value::Hash(b)) => self.each(
                a.iter()
                    .map(|(field, value, _)| (Bytes::from_slice(field), value)),
                b.iter()
                    .map(|(field, value, _)| (Bytes::from_slice(field), value)),
                |field| a.get(field),
                |field| b.get(field),
                |field, values| Part::Field(shown(field), values.map(|v| v.map(shown))),
            ),
            (Value::List(a), Value::List(b)) => {
                let (mut a, mut b) = (a.iter(), b.iter());
                for index in 0.. {
                    let both = [a.next(), b.next()];
                    if both == [None, None] {
                        break;
                    }
                    if both[0] != both[1] {
                        self.add(Part::Element(index, both.map(|v| v.map(|v| shown(v)))));
                    }
                }
            }
            (Value::Stream(a), Value::Stream(b)) => self.stream(a, b),
            _ => return false,
        }
        let deadlines = [one.deadline(), other.deadline()];
        if deadlines[0] != deadlines[1] {
            self.add(Part::Deadline(deadlines));
        }
        true
    }

    fn text(&mut self, one: &[u8], other: &[u8]) {
        if one == other {
            return;
        }
        // Where long texts part is what is worth seeing.
        let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
        let from = match one.len().max(other.len()) > TEXT_MAX {
            true => same.saturating_sub(TEXT_MAX / 4),
            false => 0,
        };
        let both = [one, other].map(|text| shown(text.get(from..).unwrap_or_default()));
        self.add(Part::Text(both));
    }

    /// What is named in one and is something else in the other.
    fn each<V: PartialEq + Copy>(
        &mut self,
        one: impl Iterator<Item = (Bytes, V)>,
        other: impl Iterator<Item = (Bytes, V)>,
        of_one: impl Fn(&[u8]) -> Option<V>,
        of_other: impl Fn(&[u8]) -> Option<V>,
        part: impl Fn(&[u8], [Option<V>; 2]) -> Part,
    ) {
        for (name, value) in one {
            let after = of_other(&name);
            if after != Some(value) {
                self.add(part(&name, [Some(value), after]));
            }
        }
        for (name, value) in other {
            if of_one(&name).is_none() {
                self.add(part(&name, [None, Some(value)]));
            }
        }
    }

    fn stream(&mut self, one: &Stream, other: &Stream) {
        let ids = |stream: &Stream| -> BTreeSet<StreamId> {
            let entries = stream.log.range(StreamId::MIN, StreamId::MAX);
            entries.map(|entry| entry.id()).collect()
        };
        let (a, b) = (ids(one), ids(other));
        for id in a.symmetric_difference(&b) {
            let there = [a.contains(id), b.contains(id)];
            self.add(Part::Entry(id.to_string(), there));
        }
        let names: BTreeSet<_> = one.groups.keys().chain(other.groups.keys()).collect();
        for name in names {
            let groups = [one.groups.get(name), other.groups.get(name)];
            let last = groups.map(|group| group.map(|g| g.last_delivered()));
            if last[0] != last[1] {
                let last = last.map(|id| id.map(|id| id.to_string()));
                self.add(Part::Group(name.clone(), last));
            }
            let pending = groups.into_iter().flatten().flat_map(|group| {
                let all = group.pending_range(StreamId::MIN, StreamId::MAX);
                all.map(|(id, _)| id)
            });
            for id in pending.collect::<BTreeSet<_>>() {
                let owners = groups.map(|group| {
                    let group = group?;
                    let pending = group.pending(id)?;
                    Some(shown(group.consumer_name(pending.consumer)))
                });
                if owners[0] != owners[1] {
                    self.add(Part::Owner(name.clone(), id.to_string(), owners));
                }
            }
        }
    }
}

fn holder(entry: &Entry) -> Option<Conn> {
    match entry.witness.as_deref() {
        Some(Witness::Lock { holder, .. }) => Some(*holder),
        Some(Witness::Made { .. } | Witness::Uniques(_) | Witness::Places) | None => None,
    }
}

fn shown(text: &[u8]) -> Bytes {
    Bytes::from_slice(text.get(..TEXT_MAX).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::resp::{encode_command, split_words};
    use crate::session::message::{Input, What};
    use crate::session::moment::Moment;

    fn moment(lines: &[(Conn, &str)]) -> Moment {
        let mut moment = Moment::first(1, 1000, None);
        let mut input = |conn, what| {
            let input = Input {
                at: 1000,
                conn,
                what,
            };
            moment.input(&input, &mut |_, _, _| {});
        };
        for conn in 0..2 {
            input(conn, What::Connect);
        }
        for (conn, line) in lines {
            let words = split_words(line.as_bytes()).unwrap();
            input(*conn, What::Bytes(encode_command(&words)));
        }
        moment
    }

    fn parts(one: &[(Conn, &str)], other: &[(Conn, &str)]) -> Vec<Part> {
        let found = compare(&moment(one).engine, &moment(other).engine);
        assert_eq!(found.more, 0);
        found.keys.into_iter().flat_map(|key| key.parts).collect()
    }

    fn bytes(text: &str) -> Bytes {
        Bytes::from_slice(text.as_bytes())
    }

    #[test]
    fn a_lock_changes_hands() {
        let taken = |conn| [(conn, "SET lock t NX PX 500")];
        assert_eq!(parts(&taken(0), &taken(0)), []);
        assert_eq!(
            parts(&taken(0), &taken(1)),
            [Part::Holder([Some(0), Some(1)])]
        );
        assert_eq!(
            parts(&taken(0), &[(0, "SET lock u NX PX 700")]),
            [
                Part::Text([bytes("t"), bytes("u")]),
                Part::Deadline([Some(1500), Some(1700)])
            ]
        );
    }

    #[test]
    fn members_fields_and_elements_come_go_and_change() {
        let found = parts(
            &[
                (0, "ZADD z 1 a 2 b"),
                (0, "SADD s x y"),
                (0, "HSET h f 1 g 2"),
                (0, "RPUSH l 1 2"),
            ],
            &[
                (0, "ZADD z 1 a 5 b 3 c"),
                (0, "SADD s y z"),
                (0, "HSET h g 3"),
                (0, "RPUSH l 1 3 4"),
            ],
        );
        assert_eq!(
            found,
            [
                Part::Field(bytes("f"), [Some(bytes("1")), None]),
                Part::Field(bytes("g"), [Some(bytes("2")), Some(bytes("3"))]),
                Part::Element(1, [Some(bytes("2")), Some(bytes("3"))]),
                Part::Element(2, [None, Some(bytes("4"))]),
                Part::Item(bytes("x"), [true, false]),
                Part::Item(bytes("z"), [false, true]),
                Part::Member(bytes("b"), [Some(2.0), Some(5.0)]),
                Part::Member(bytes("c"), [None, Some(3.0)]),
            ]
        );
    }

    #[test]
    fn entries_have_owners() {
        let before = [
            (0, "XADD s 1-1 a b"),
            (0, "XGROUP CREATE s g 0"),
            (0, "XREADGROUP GROUP g ann STREAMS s >"),
        ];
        let mut after = before.to_vec();
        after.extend([
            (0, "XADD s 2-1 a b"),
            (0, "XREADGROUP GROUP g bob STREAMS s >"),
            (0, "XCLAIM s g bob 0 1-1"),
        ]);
        let two = |a: Option<&str>, b: Option<&str>| [a, b].map(|t| t.map(bytes));
        assert_eq!(
            parts(&before, &after),
            [
                Part::Entry("2-1".into(), [false, true]),
                Part::Group(bytes("g"), [Some("1-1".into()), Some("2-1".into())]),
                Part::Owner(bytes("g"), "1-1".into(), two(Some("ann"), Some("bob"))),
                Part::Owner(bytes("g"), "2-1".into(), two(None, Some("bob"))),
            ]
        );
    }

    #[test]
    fn keys_come_and_go_and_change_their_type_and_only_so_much_is_told() {
        let found = compare(
            &moment(&[(0, "SET a 1"), (0, "SET b 1")]).engine,
            &moment(&[(0, "RPUSH b 1"), (0, "SELECT 3"), (0, "SET c 12")]).engine,
        );
        let is: Vec<_> = found
            .keys
            .iter()
            .map(|k| (k.db, k.key.clone(), k.is))
            .collect();
        assert_eq!(
            is,
            [
                (0, bytes("a"), [Some((Kind::Text, 1)), None]),
                (
                    0,
                    bytes("b"),
                    [Some((Kind::Text, 1)), Some((Kind::List, 1))]
                ),
                (3, bytes("c"), [None, Some((Kind::Text, 2))]),
            ]
        );
        let many: Vec<String> = (0..KEYS_MAX + 5).map(|n| format!("SET k{n} 1")).collect();
        let many: Vec<(Conn, &str)> = many.iter().map(|line| (0, line.as_str())).collect();
        let found = compare(&moment(&[]).engine, &moment(&many).engine);
        assert_eq!((found.keys.len(), found.more), (KEYS_MAX, 5));
        let long = format!("SET k {}", "x".repeat(500));
        let texts = parts(&[(0, &long)], &[(0, "SET k y")]);
        assert!(matches!(&texts[..], [Part::Text([a, _])] if a.len() == TEXT_MAX));
        let items: String = (0..PARTS_MAX + 3).map(|n| format!(" m{n}")).collect();
        let found = compare(
            &moment(&[(0, "SADD s y")]).engine,
            &moment(&[(0, &format!("SADD s y{items}"))]).engine,
        );
        assert_eq!(
            (found.keys[0].parts.len(), found.keys[0].more),
            (PARTS_MAX, 3)
        );
    }
}
