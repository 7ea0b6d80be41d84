//! Channels and patterns: who listens now, who did, and which streams hold the same messages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ds::bytes::Bytes;
use crate::ds::stream::{Stream, StreamId};
use crate::engine::Engine;
use crate::engine::client::Conn;
use crate::engine::pubsub::Topic;
use crate::engine::time::Millis;

/// How many of a stream's last entries are compared with messages.
const COMPARED: usize = 64;

/// Somebody who listens to one channel or pattern, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatView {
    /// Who.
    pub conn: Conn,
    /// What kind of name it is.
    pub topic: Topic,
    /// The channel or pattern.
    pub name: Bytes,
    /// Since when it has not listened, and whether its connection ended; `None`: it listens.
    pub away: Option<(Millis, bool)>,
    /// How many messages it got by this subscription.
    pub got: u64,
    /// How many messages came while it was away and reached it by no other subscription either.
    pub missed: u64,
}

/// Somebody who published to a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderView {
    /// Who.
    pub conn: Conn,
    /// Whether it is a shard channel.
    pub shard: bool,
    /// The channel.
    pub channel: Bytes,
    /// How many messages.
    pub sent: u64,
    /// How many of them reached nobody.
    pub lost: u64,
}

/// A stream whose last entries hold the same as messages did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptView {
    /// Its key.
    pub key: Bytes,
    /// How many of the messages it holds.
    pub messages: usize,
    /// How many entries hold one of them.
    pub entries: usize,
    /// The ID after which XREAD finds them.
    pub after: String,
    /// Who missed some of those messages when it was last away, and how many.
    pub readers: Vec<(Conn, usize)>,
}

/// Channels and patterns with their subscribers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PubSubView {
    /// Each channel and who listens.
    pub channels: Vec<(Bytes, Vec<Conn>)>,
    /// Each pattern and who listens.
    pub patterns: Vec<(Bytes, Vec<Conn>)>,
    /// Each shard channel and who listens.
    pub shards: Vec<(Bytes, Vec<Conn>)>,
    /// Who listens or did, as far as it is kept.
    pub seats: Vec<SeatView>,
    /// Who published, as far as it is kept.
    pub senders: Vec<SenderView>,
    /// Streams that hold some of the last messages too.
    pub kept: Vec<KeptView>,
}

/// Every channel and pattern with its subscribers.
pub fn pubsub(engine: &Engine) -> PubSubView {
    let list = |map: &BTreeMap<Bytes, BTreeSet<Conn>>| {
        map.iter()
            .map(|(name, who)| (name.clone(), who.iter().copied().collect()))
            .collect()
    };
    PubSubView {
        channels: list(&engine.pubsub.channels),
        patterns: list(&engine.pubsub.patterns),
        shards: list(&engine.pubsub.shards),
        ..PubSubView::default()
    }
}

/// What the last entries of a stream hold of messages, and which: `None` where that is nothing.
pub fn kept<'a>(
    key: &Bytes,
    stream: &Stream,
    messages: &BTreeSet<&'a [u8]>,
) -> Option<(KeptView, BTreeSet<&'a [u8]>)> {
    let (mut found, mut entries, mut first) = (BTreeSet::new(), 0, None);
    let last = stream.log.rev_range(StreamId::MIN, StreamId::MAX);
    for entry in last.take(COMPARED) {
        let mut holds = false;
        for (_, value) in entry.fields() {
            if let Some(message) = messages.get(value.as_slice()) {
                found.insert(*message);
                holds = true;
            }
        }
        if holds {
            entries += 1;
            first = Some(entry.id());
        }
    }
    let view = KeptView {
        key: key.clone(),
        messages: 0,
        entries,
        after: first?.prev().unwrap_or_default().to_string(),
        readers: Vec::new(),
    };
    Some((view, found))
}
