//! Channels, patterns, and who listens to them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Engine;
use super::client::{Client, Conn};
use super::event::Fact;
use super::reply::{Resp, Writer};
use crate::ds::bytes::Bytes;
use crate::ds::glob;

/// What a subscription is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Topic {
    /// One channel, by its name.
    Channel,
    /// Every channel whose name fits a pattern.
    Pattern,
    /// One shard channel, by its name. A lone server has all shards; they are channels apart.
    Shard,
}

/// Who is subscribed to what, server-wide. Each client also keeps its own list.
#[derive(Clone, Debug, Default)]
pub struct PubSub {
    /// Subscribers of each channel.
    pub channels: BTreeMap<Bytes, BTreeSet<Conn>>,
    /// Subscribers of each pattern.
    pub patterns: BTreeMap<Bytes, BTreeSet<Conn>>,
    /// Subscribers of each shard channel.
    pub shards: BTreeMap<Bytes, BTreeSet<Conn>>,
}

impl PubSub {
    /// Forgets a client that has gone; what it listened to.
    fn drop_client(&mut self, conn: Conn) -> Vec<(Topic, Bytes)> {
        let mut left = Vec::new();
        for topic in [Topic::Channel, Topic::Pattern, Topic::Shard] {
            self.topic(topic).retain(|name, who| {
                if who.remove(&conn) {
                    left.push((topic, name.clone()));
                }
                !who.is_empty()
            });
        }
        left
    }

    /// How many clients are subscribed to something by just this name.
    pub fn subscribers(&self, topic: Topic, name: &[u8]) -> usize {
        self.all(topic).get(name).map_or(0, BTreeSet::len)
    }

    /// The names that have subscribers and fit a pattern (any, where there is none), in order.
    pub fn active(&self, topic: Topic, pattern: Option<&[u8]>) -> impl Iterator<Item = &Bytes> {
        self.all(topic)
            .keys()
            .filter(move |channel| pattern.is_none_or(|p| glob::matches(p, channel)))
    }

    /// Who gets a message to a channel, once for each subscription: first those by name, then those by a
    /// pattern, with the pattern.
    fn receivers(&self, channel: &[u8]) -> Vec<(Conn, Option<Bytes>)> {
        let by_name = self
            .channels
            .get(channel)
            .into_iter()
            .flatten()
            .map(|conn| (*conn, None));
        let patterns = self
            .patterns
            .iter()
            .filter(|(pattern, _)| glob::matches(pattern, channel));
        let by_pattern = patterns
            .flat_map(|(pattern, who)| who.iter().map(move |conn| (*conn, Some(pattern.clone()))));
        by_name.chain(by_pattern).collect()
    }

    fn all(&self, topic: Topic) -> &BTreeMap<Bytes, BTreeSet<Conn>> {
        match topic {
            Topic::Channel => &self.channels,
            Topic::Pattern => &self.patterns,
            Topic::Shard => &self.shards,
        }
    }

    fn topic(&mut self, topic: Topic) -> &mut BTreeMap<Bytes, BTreeSet<Conn>> {
        match topic {
            Topic::Channel => &mut self.channels,
            Topic::Pattern => &mut self.patterns,
            Topic::Shard => &mut self.shards,
        }
    }
}

impl Client {
    /// What it is subscribed to.
    pub fn subscribed(&self, topic: Topic) -> &BTreeSet<Bytes> {
        match topic {
            Topic::Channel => &self.channels,
            Topic::Pattern => &self.patterns,
            Topic::Shard => &self.shards,
        }
    }

    /// How many subscriptions a confirmation counts: shard channels, or all the others.
    pub fn counted_with(&self, topic: Topic) -> usize {
        match topic {
            Topic::Channel | Topic::Pattern => self.channels.len() + self.patterns.len(),
            Topic::Shard => self.shards.len(),
        }
    }

    fn topic(&mut self, topic: Topic) -> &mut BTreeSet<Bytes> {
        match topic {
            Topic::Channel => &mut self.channels,
            Topic::Pattern => &mut self.patterns,
            Topic::Shard => &mut self.shards,
        }
    }
}

/// A pushed message of some words.
fn frame(resp: Resp, words: &[&[u8]]) -> Vec<u8> {
    let mut out = Writer {
        resp,
        ..Writer::default()
    };
    out.push(words.len());
    for word in words {
        out.bulk(word);
    }
    out.bytes
}

impl Engine {
    /// Ends all subscriptions of a client whose connection ended or was reset.
    pub fn unsubscribe_all(&mut self, conn: Conn) {
        for (topic, name) in self.pubsub.drop_client(conn) {
            self.note(Some(conn), 0, &name, || Fact::Unsubscribed {
                topic,
                cut: true,
            });
        }
    }

    /// Subscribes a client, unless it is already; how many of the kind it now has.
    pub fn subscribe(&mut self, conn: Conn, topic: Topic, name: &[u8]) -> usize {
        let Some(client) = self.clients.get_mut(&conn) else {
            return 0;
        };
        let name = Bytes::from_slice(name);
        client.topic(topic).insert(name.clone());
        let count = client.counted_with(topic);
        let all = self.pubsub.topic(topic);
        if all.entry(name.clone()).or_default().insert(conn) {
            self.note(Some(conn), 0, &name, || Fact::Subscribed { topic });
        }
        count
    }

    /// Ends a client's subscription, if it has it; how many of the kind it has left.
    pub fn unsubscribe(&mut self, conn: Conn, topic: Topic, name: &[u8]) -> usize {
        let Some(client) = self.clients.get_mut(&conn) else {
            return 0;
        };
        client.topic(topic).remove(name);
        let count = client.counted_with(topic);
        let all = self.pubsub.topic(topic);
        if let Some(who) = all.get_mut(name)
            && who.remove(&conn)
        {
            if who.is_empty() {
                all.remove(name);
            }
            self.note(Some(conn), 0, name, || Fact::Unsubscribed {
                topic,
                cut: false,
            });
        }
        count
    }

    /// Sends a message to everybody who is subscribed; who got it, once for each subscription.
    pub fn publish(&mut self, channel: &[u8], message: &[u8]) -> Vec<Conn> {
        let receivers = self.pubsub.receivers(channel);
        // The message as those see it who subscribed to the channel itself, written once for each protocol version.
        let mut plain = [const { Vec::new() }; 2];
        for (conn, pattern) in &receivers {
            self.push_to(*conn, |out| match pattern {
                None => {
                    let [two, three] = &mut plain;
                    let written = match out.resp {
                        Resp::Two => two,
                        Resp::Three => three,
                    };
                    if written.is_empty() {
                        *written = frame(out.resp, &[b"message", channel, message]);
                    }
                    out.bytes.extend_from_slice(written);
                }
                Some(pattern) => {
                    let words: &[&[u8]] = &[b"pmessage", pattern, channel, message];
                    out.bytes.extend_from_slice(&frame(out.resp, words));
                }
            });
        }
        receivers.into_iter().map(|(conn, _)| conn).collect()
    }

    /// Sends a message to everybody who is subscribed to a shard channel; who got it.
    pub fn spublish(&mut self, channel: &[u8], message: &[u8]) -> Vec<Conn> {
        let all = self.pubsub.shards.get(channel);
        let receivers: Vec<Conn> = all.into_iter().flatten().copied().collect();
        for conn in &receivers {
            self.push_to(*conn, |out| {
                out.push(3);
                out.bulk(b"smessage");
                out.bulk(channel);
                out.bulk(message);
            });
        }
        receivers
    }
}
