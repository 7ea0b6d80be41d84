//! Values as JavaScript has them: of replies, by their types in RESP3, and of what the keys hold.

use js_sys::{Array, BigInt, Error, Map, Number, Reflect, Set, Uint8Array};
use keyglass::ds::stream::StreamId;
use keyglass::engine::Engine;
use keyglass::engine::db::Value;
use keyglass::session::message::{Millis, Reply};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

/// A reply. `bytes`: strings as `Uint8Array`s.
pub fn reply(reply: &Reply, bytes: bool) -> JsValue {
    let list = |items: &[Reply]| -> Array { items.iter().map(|i| self::reply(i, bytes)).collect() };
    match reply {
        Reply::Null => JsValue::NULL,
        Reply::Simple(text) | Reply::Verbatim(text) => text.into(),
        Reply::Error(text) => error(text),
        Reply::Bool(yes) => (*yes).into(),
        Reply::Bulk(text) if bytes => Uint8Array::from(text.as_slice()).into(),
        Reply::Bulk(text) => String::from_utf8_lossy(text).as_ref().into(),
        // What a number cannot hold exactly is a bigint.
        Reply::Int(n) if n.unsigned_abs() <= Number::MAX_SAFE_INTEGER as u64 => (*n as f64).into(),
        Reply::Int(n) => BigInt::from(*n).into(),
        // Rust reads what the wire says of numbers, `inf` and `nan` too.
        Reply::Double(text) => text.parse::<f64>().map_or(JsValue::NULL, JsValue::from),
        Reply::BigNumber(text) => BigInt::new(&text.into()).map_or(JsValue::NULL, JsValue::from),
        Reply::Array(items) | Reply::Push(items) => list(items).into(),
        Reply::Set(items) => Set::new(&list(items)).into(),
        Reply::Map(pairs) => {
            let map = Map::new();
            for (key, value) in pairs {
                map.set(&self::reply(key, bytes), &self::reply(value, bytes));
            }
            map.into()
        }
    }
}

/// The error that a reply is: a `ReplyError` whose `code` is its first word.
pub fn error(text: &str) -> JsValue {
    let error = named("ReplyError", text);
    let code = text.split(' ').next().unwrap_or_default();
    // A fresh object refuses nothing.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}

/// An error of a kind.
pub fn named(name: &str, text: &str) -> Error {
    let error = Error::new(text);
    error.set_name(name);
    error
}

/// The words of a command in an array: strings, numbers, bigints and bytes.
pub fn words(array: &Array) -> Option<Vec<Vec<u8>>> {
    let word = |word: JsValue| {
        if let Some(bytes) = word.dyn_ref::<Uint8Array>() {
            return Some(bytes.to_vec());
        }
        if let Some(text) = word.as_string() {
            return Some(text.into_bytes());
        }
        if let Some(number) = word.as_f64() {
            return Some(
                String::from(Number::from(number).to_string_with_radix(10).ok()?).into_bytes(),
            );
        }
        let big = word.dyn_ref::<BigInt>()?;
        Some(String::from(big.to_string(10).ok()?).into_bytes())
    };
    array.iter().map(word).collect()
}

/// Bytes that are a string where they are UTF-8, and else a `Uint8Array`.
pub struct Text<'a>(pub &'a [u8]);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0) {
            Ok(text) => to.serialize_str(text),
            Err(_) => to.serialize_bytes(self.0),
        }
    }
}

/// All that the keys hold at a moment.
#[derive(Serialize)]
pub struct Snapshot<'a> {
    now: Millis,
    keys: Vec<Key<'a>>,
}

#[derive(Serialize)]
struct Key<'a> {
    db: usize,
    key: Text<'a>,
    #[serde(rename = "type")]
    kind: &'static str,
    /// How many milliseconds are left to it.
    ttl: Option<Millis>,
    value: Held<'a>,
}

struct Held<'a>(&'a Value);

impl Serialize for Held<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Str(text) => Text(text).serialize(to),
            Value::List(list) => to.collect_seq(list.iter().map(|item| Text(item))),
            Value::Set(set) => {
                let members: Vec<_> = set.iter().collect();
                to.collect_seq(members.iter().map(|member| Text(member)))
            }
            Value::Hash(hash) => to.collect_map(hash.iter().map(|(f, v, _)| (Text(f), Text(v)))),
            Value::Zset(set) => {
                to.collect_map(set.iter().map(|(member, score)| (Text(member), score)))
            }
            Value::Stream(stream) => {
                let entries = stream.log.range(StreamId::MIN, StreamId::MAX);
                to.collect_seq(entries.map(|entry| {
                    let fields: Vec<_> = entry.fields().collect();
                    (entry.id().to_string(), Fields(fields))
                }))
            }
        }
    }
}

struct Fields(Vec<(keyglass::ds::bytes::Bytes, keyglass::ds::bytes::Bytes)>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // A field may be there twice, so that this is no map.
        to.collect_seq(
            self.0
                .iter()
                .map(|(field, value)| (Text(field), Text(value))),
        )
    }
}

/// What the keys of a server hold now, in the order in which they were made as far as that is known.
pub fn snapshot(engine: &Engine) -> Snapshot<'_> {
    let now = engine.now;
    let dbs = engine.dbs.iter().enumerate();
    let keys = dbs.flat_map(|(db, keys)| {
        keys.iter().map(move |(key, entry)| Key {
            db,
            key: Text(key),
            kind: entry.value.type_name(),
            ttl: entry.deadline().map(|when| when.saturating_sub(now)),
            value: Held(&entry.value),
        })
    });
    Snapshot {
        now,
        keys: keys.collect(),
    }
}
