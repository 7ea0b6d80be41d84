//! Ways into replies.

use super::Way;
use crate::engine::reply::Reply;

/// What lies at the end of a way into a reply; nil where the way leads nowhere.
pub(super) fn walk(reply: &Reply, steps: &[Way]) -> Reply {
    let mut at = reply.clone();
    for step in steps {
        at = match step {
            Way::Nth(n) => nth(&at, *n),
            Way::Count => Reply::Int(items(&at).map_or(0, |items| items.len() as i64)),
            Way::Named(name) => named(&at, name.as_bytes()),
        };
    }
    at
}

/// The elements of a list; none of nil.
pub(super) fn items(reply: &Reply) -> Option<Vec<Reply>> {
    match reply {
        Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => Some(items.clone()),
        Reply::Map(pairs) => Some(
            pairs
                .iter()
                .map(|(k, v)| Reply::Array(vec![k.clone(), v.clone()]))
                .collect(),
        ),
        Reply::Null => Some(Vec::new()),
        _ => None,
    }
}

/// The bytes of what is one word.
pub(super) fn word(reply: &Reply) -> Option<Vec<u8>> {
    Some(match reply {
        Reply::Bulk(bytes) => bytes.clone(),
        Reply::Simple(text)
        | Reply::Error(text)
        | Reply::Double(text)
        | Reply::Verbatim(text)
        | Reply::BigNumber(text) => text.clone().into_bytes(),
        Reply::Int(n) => n.to_string().into_bytes(),
        Reply::Bool(b) => b.to_string().into_bytes(),
        _ => return None,
    })
}

fn nth(reply: &Reply, n: usize) -> Reply {
    match reply {
        Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => items.get(n).cloned(),
        Reply::Map(pairs) => pairs
            .get(n)
            .map(|(k, v)| Reply::Array(vec![k.clone(), v.clone()])),
        _ => None,
    }
    .unwrap_or(Reply::Null)
}

/// A field of an entry, of a map, or of a list in which names and values take turns.
fn named(reply: &Reply, name: &[u8]) -> Reply {
    let is = |key: &Reply| word(key).is_some_and(|key| key == name);
    match reply {
        Reply::Map(pairs) => pairs
            .iter()
            .find(|(key, _)| is(key))
            .map(|(_, value)| value.clone()),
        Reply::Array(items) => match items.as_slice() {
            [_, fields @ Reply::Array(_)] => Some(named(fields, name)),
            items => items
                .chunks_exact(2)
                .find(|pair| pair.first().is_some_and(is))
                .and_then(|pair| pair.get(1))
                .cloned(),
        },
        _ => None,
    }
    .unwrap_or(Reply::Null)
}
