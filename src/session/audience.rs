//! Who listens to channels and patterns, who did, and what each got and missed; and who published.

use std::collections::{BTreeMap, BTreeSet};

use super::message::{Bytes, Conn, Event, Fact, Millis, SeatView, SenderView, Topic};
use crate::ds::glob;

/// How many seats are kept; of those whose listener is away, the one longest left goes first.
const SEATS_MAX: usize = 256;
/// How many publishers, each with a channel, are kept; whoever published longest ago goes first.
const SENDERS_MAX: usize = 64;

/// One subscription that there is or was.
#[derive(Clone, Debug, Default)]
struct Seat {
    away: Option<(Millis, bool)>,
    /// How many messages had been published when it last went, and when it came back.
    absence: Option<(u64, Option<u64>)>,
    got: u64,
    missed: u64,
}

/// What is counted of one publisher to one channel.
#[derive(Clone, Debug, Default)]
struct Sender {
    sent: u64,
    lost: u64,
    last: u64,
}

/// What is remembered of subscriptions.
#[derive(Clone, Debug, Default)]
pub struct Audience {
    seats: BTreeMap<(Conn, Topic, Bytes), Seat>,
    senders: BTreeMap<(Conn, bool, Bytes), Sender>,
    published: u64,
}

impl Audience {
    /// Notes a fact about a channel or pattern; false: it is about something else.
    pub fn note(&mut self, event: &Event) -> bool {
        let Some(conn) = event.conn else {
            return false;
        };
        match &event.fact {
            Fact::Subscribed { topic } => self.sit((conn, *topic, event.key.clone())),
            Fact::Unsubscribed { topic, cut } => {
                if let Some(seat) = self.seats.get_mut(&(conn, *topic, event.key.clone())) {
                    seat.away = Some((event.at, *cut));
                    seat.absence = Some((self.published, None));
                }
            }
            Fact::Published {
                receivers, shard, ..
            } => self.publish(conn, *shard, &event.key, receivers),
            _ => return false,
        }
        true
    }

    fn sit(&mut self, place: (Conn, Topic, Bytes)) {
        if self.seats.len() >= SEATS_MAX && !self.seats.contains_key(&place) {
            let away = self.seats.iter().filter_map(|(p, s)| Some((s.away?.0, p)));
            let longest = away.min().map(|(_, place)| place.clone());
            match longest {
                Some(place) => self.seats.remove(&place),
                None => return,
            };
        }
        let seat = self.seats.entry(place).or_default();
        seat.away = None;
        if let Some((_, back @ None)) = &mut seat.absence {
            *back = Some(self.published);
        }
    }

    fn publish(&mut self, conn: Conn, shard: bool, channel: &Bytes, receivers: &[Conn]) {
        self.published += 1;
        let place = (conn, shard, channel.clone());
        if self.senders.len() >= SENDERS_MAX && !self.senders.contains_key(&place) {
            let longest = self.senders.iter().min_by_key(|(_, sender)| sender.last);
            let longest = longest.map(|(place, _)| place.clone());
            longest.map(|place| self.senders.remove(&place));
        }
        let sender = self.senders.entry(place).or_default();
        sender.sent += 1;
        sender.lost += u64::from(receivers.is_empty());
        sender.last = self.published;
        for ((listener, topic, name), seat) in &mut self.seats {
            if !fits(*topic, name, shard, channel) {
                continue;
            }
            if seat.away.is_none() {
                seat.got += 1;
            } else if !receivers.contains(listener) {
                seat.missed += 1;
            }
        }
    }

    /// Who missed some of the last messages when it was last away, and how many of those that are looked for.
    pub fn missed(
        &self,
        messages: &[Event],
        wanted: impl Fn(&Bytes) -> bool,
    ) -> Vec<(Conn, usize)> {
        let first = self.published - (messages.len() as u64).min(self.published);
        let mut by_client: BTreeMap<Conn, BTreeSet<u64>> = BTreeMap::new();
        for ((conn, topic, name), seat) in &self.seats {
            let Some((from, to)) = seat.absence else {
                continue;
            };
            for (number, event) in (first..).zip(messages) {
                let Fact::Published {
                    message,
                    receivers,
                    shard,
                } = &event.fact
                else {
                    continue;
                };
                if number >= from
                    && to.is_none_or(|to| number < to)
                    && !receivers.contains(conn)
                    && fits(*topic, name, *shard, &event.key)
                    && wanted(message)
                {
                    by_client.entry(*conn).or_default().insert(number);
                }
            }
        }
        let counts = by_client.into_iter();
        counts.map(|(conn, missed)| (conn, missed.len())).collect()
    }

    /// The seats, by client.
    pub fn seats(&self) -> Vec<SeatView> {
        let seats = self.seats.iter();
        seats
            .map(|((conn, topic, name), seat)| SeatView {
                conn: *conn,
                topic: *topic,
                name: name.clone(),
                away: seat.away,
                got: seat.got,
                missed: seat.missed,
            })
            .collect()
    }

    /// The publishers, by client.
    pub fn senders(&self) -> Vec<SenderView> {
        let senders = self.senders.iter();
        senders
            .map(|((conn, shard, channel), sender)| SenderView {
                conn: *conn,
                shard: *shard,
                channel: channel.clone(),
                sent: sender.sent,
                lost: sender.lost,
            })
            .collect()
    }

    /// About how many bytes a copy comes to hold.
    pub fn memory_bytes(&self) -> usize {
        (self.seats.len() + self.senders.len()) * 128
    }
}

fn fits(topic: Topic, name: &Bytes, shard: bool, channel: &Bytes) -> bool {
    match topic {
        Topic::Channel => !shard && name == channel,
        Topic::Pattern => !shard && glob::matches(name, channel),
        Topic::Shard => shard && name == channel,
    }
}
