//! Typed facts that inspectors show: what a command did, and why.

use serde::{Deserialize, Serialize};

use super::client::Conn;
use super::pubsub::Topic;
use super::time::Millis;
use crate::ds::bytes::Bytes;
use crate::ds::stream::StreamId;

/// How many IDs a fact about entries lists at most.
const IDS_MAX: usize = 32;

/// One fact about one key or channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened.
    pub at: Millis,
    /// Whose command did it; `None` when time did.
    pub conn: Option<Conn>,
    /// The database; 0 for a channel.
    pub db: usize,
    /// The key, or the channel.
    pub key: Bytes,
    /// What happened.
    pub fact: Fact,
}

/// What happened. Ranks are counted from 0 at the highest score, as leaderboards count them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    /// A member joined a sorted set.
    MemberAdded {
        /// The member.
        member: Bytes,
        /// Its score.
        score: f64,
        /// Its rank from the highest score.
        rank: usize,
        /// Comparisons made to find its place.
        comparisons: u32,
        /// Members in the set afterwards.
        of: usize,
    },
    /// A member's score changed; its rank may have.
    MemberMoved {
        /// The member.
        member: Bytes,
        /// Its new score.
        score: f64,
        /// Its rank before.
        from: usize,
        /// Its rank now.
        to: usize,
        /// Comparisons made to find its new place.
        comparisons: u32,
        /// Members in the set afterwards.
        of: usize,
    },
    /// Members left a sorted set.
    MembersRemoved {
        /// How many.
        count: usize,
    },
    /// An entry was added to a stream.
    EntryAdded {
        /// Its ID, as text.
        id: String,
    },
    /// Entries left a stream by XDEL, XTRIM or a cap.
    EntriesRemoved {
        /// How many.
        count: u64,
        /// Which, where they were named one by one.
        ids: Ids,
        /// The ID before which no entry is left, where they were trimmed.
        before: Option<StreamId>,
    },
    /// A group gave entries to a consumer.
    Delivered {
        /// The group.
        group: Bytes,
        /// The consumer.
        consumer: Bytes,
        /// How many entries.
        count: usize,
        /// Which: a run of the log, unless they were given again.
        ids: Ids,
        /// How they were given.
        how: Delivery,
    },
    /// Entries were acknowledged.
    Acknowledged {
        /// The group.
        group: Bytes,
        /// How many entries.
        count: usize,
        /// Which.
        ids: Ids,
    },
    /// Pending entries changed hands.
    Claimed {
        /// The group.
        group: Bytes,
        /// Who has them now.
        consumer: Bytes,
        /// How many entries.
        count: usize,
        /// Which.
        ids: Ids,
        /// Who had each of those that are listed; empty where it was nobody.
        from: Vec<Bytes>,
    },
    /// Who claimed pending entries found that their data is gone, which took them off the group's list.
    PendingGone {
        /// The group.
        group: Bytes,
        /// Which.
        ids: Ids,
    },
    /// A consumer was deleted, and what was pending for it went with it.
    ConsumerDeleted {
        /// The group.
        group: Bytes,
        /// The consumer.
        consumer: Bytes,
        /// How many pending entries it had.
        pending: usize,
    },
    /// A group was destroyed, and what was pending in it went with it.
    GroupDestroyed {
        /// The group.
        group: Bytes,
    },
    /// A string was set with NX and a TTL: somebody took a lock.
    LockTaken {
        /// The token.
        token: Bytes,
        /// The TTL in milliseconds.
        ttl: Millis,
    },
    /// `SET … NX` was refused because the key exists.
    LockRefused {
        /// Who holds it, where that is known.
        holder: Option<Conn>,
        /// How long it is still held, in milliseconds.
        left: Option<Millis>,
    },
    /// A lock was deleted by a compare that matched.
    LockReleased,
    /// A compare-and-delete kept a key because the token was another.
    WrongToken {
        /// Who holds it, where that is known.
        holder: Option<Conn>,
    },
    /// A key was deleted outright.
    Deleted,
    /// A key reached its deadline.
    Expired,
    /// A HyperLogLog was shown elements.
    Counted {
        /// How many elements.
        elements: usize,
        /// Whether any register grew.
        grew: bool,
    },
    /// A message was published to the channel in `key`.
    Published {
        /// The message.
        message: Bytes,
        /// The clients it reached by channel and by pattern; one client may stand here twice.
        receivers: Vec<Conn>,
        /// Whether it was published to a shard channel.
        shard: bool,
    },
    /// A client listens to the channel or pattern in `key`.
    Subscribed {
        /// What kind of name that is.
        topic: Topic,
    },
    /// A client no longer listens to the channel or pattern in `key`.
    Unsubscribed {
        /// What kind of name that is.
        topic: Topic,
        /// Whether its connection ended or was reset.
        cut: bool,
    },
}

/// How a group gave entries to a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// As new ones, pending until they are acknowledged.
    New,
    /// As new ones, with NOACK: they are not pending.
    NoAck,
    /// The consumer asked again for what was pending for it.
    Again,
}

/// Which entries a fact is about: those that it has room for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    /// How many there are in all.
    pub count: usize,
    /// The first of them, in the order of the command.
    pub listed: Vec<StreamId>,
    /// The smallest of all.
    pub least: StreamId,
    /// The greatest of all.
    pub greatest: StreamId,
}

impl Ids {
    /// Adds one.
    pub fn push(&mut self, id: StreamId) {
        self.least = if self.count == 0 {
            id
        } else {
            self.least.min(id)
        };
        self.greatest = self.greatest.max(id);
        self.count += 1;
        if self.listed.len() < IDS_MAX {
            self.listed.push(id);
        }
    }

    /// Whether an ID is one of them; `None` where there are more than are listed, and it may be.
    pub fn contains(&self, id: StreamId) -> Option<bool> {
        if self.count == 0 || id < self.least || id > self.greatest {
            return Some(false);
        }
        if self.listed.contains(&id) {
            return Some(true);
        }
        (self.count == self.listed.len()).then_some(false)
    }
}

impl FromIterator<StreamId> for Ids {
    fn from_iter<T: IntoIterator<Item = StreamId>>(from: T) -> Self {
        let mut ids = Self::default();
        from.into_iter().for_each(|id| ids.push(id));
        ids
    }
}

impl Fact {
    /// The entries that it lists.
    pub fn ids_mut(&mut self) -> Option<&mut Ids> {
        match self {
            Self::EntriesRemoved { ids, .. }
            | Self::Delivered { ids, .. }
            | Self::Acknowledged { ids, .. }
            | Self::Claimed { ids, .. }
            | Self::PendingGone { ids, .. } => Some(ids),
            _ => None,
        }
    }
}
