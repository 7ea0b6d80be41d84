//! Typed facts that inspectors show: what a command did, and why.

use serde::{Deserialize, Serialize};

use super::client::Conn;
use super::pubsub::Topic;
use super::sought::Sought;
use super::time::Millis;
use super::view::Kind;
use crate::ds::bytes::Bytes;
use crate::ds::geo::{Place, Shape};
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
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
    /// A member's rank was asked for, and it has one.
    RankRead {
        /// The member.
        member: Bytes,
        /// Its rank.
        rank: usize,
        /// Comparisons made to find it.
        comparisons: u32,
        /// Members in the set.
        of: usize,
        /// The entry's version then.
        version: u64,
    },
    /// Members of a sorted set were read by rank, score or bytes, or counted.
    RangeRead {
        /// What was looked for; `None`: members were looked at one by one.
        sought: Option<Sought>,
        /// They were only counted.
        counted: bool,
        /// The rank of the first in view.
        start: usize,
        /// How many there are.
        count: usize,
        /// Comparisons made to find both ends.
        comparisons: u32,
        /// Members in the set.
        of: usize,
        /// The entry's version then.
        version: u64,
    },
    /// Places were searched for.
    PlacesSearched {
        /// Where.
        area: Area,
        /// The first of those that were found, in the reply's order.
        first: Vec<Bytes>,
        /// How many were found.
        found: usize,
        /// How many members the search looked at.
        examined: usize,
        /// Members in the set.
        of: usize,
        /// The entry's version then.
        version: u64,
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
        /// How often this client was refused since the lock last changed, this time counted.
        times: u32,
        /// When it was refused first.
        since: Millis,
    },
    /// A lock's deadline was moved.
    LockExtended {
        /// How long it is held from now on, in milliseconds; `None`: for ever.
        left: Option<Millis>,
        /// How often this client has done so one time after the other.
        times: u32,
    },
    /// A client that took a lock looked at it and found it free or another's: it can know that it has lost it.
    LockMissed {
        /// Who holds it; `None`: nobody.
        holder: Option<Conn>,
    },
    /// A lock's token was written over, and it is a lock no longer.
    LockOverwritten,
    /// A lock was deleted by a compare that matched, which a script that reads it first counts as.
    LockReleased,
    /// A compare, by a command or a script, left a key alone because the token was another.
    WrongToken {
        /// Who holds it, where that is known.
        holder: Option<Conn>,
    },
    /// A key was deleted outright.
    Deleted,
    /// A key reached its deadline.
    Expired,
    /// A key was let go because memory was full.
    Evicted,
    /// A key went, for whatever reason; what else is noted of it then says why. Without more it was emptied.
    Gone {
        /// What it was.
        kind: Kind,
        /// How many elements it had, or bytes.
        size: u64,
        /// Where it is now, if it was renamed or moved: the database and the key.
        to: Option<(usize, Bytes)>,
    },
    /// Elements were put at an end of a list.
    Pushed {
        /// At the head; otherwise at the tail.
        head: bool,
        /// How many.
        count: usize,
    },
    /// Elements were taken from an end of a list.
    Popped {
        /// From the head; otherwise from the tail.
        head: bool,
        /// How many.
        count: usize,
        /// The last of them.
        last: Bytes,
    },
    /// A number was added to a string.
    NumberAdded {
        /// The number.
        by: String,
        /// What it was before; `None`: there was no such key, which counts as 0.
        from: Option<String>,
        /// What it is now.
        to: String,
    },
    /// Bits of a string were read or written: the first numbers that one command named.
    BitsTouched {
        /// The numbers; a bit is one of width 1.
        fields: Vec<BitField>,
    },
    /// Fields of a hash expired.
    FieldsExpired {
        /// How many.
        count: usize,
        /// The first of them.
        fields: Vec<Bytes>,
    },
    /// A HyperLogLog was shown elements.
    Counted {
        /// How many elements.
        elements: usize,
        /// Whether any register grew.
        grew: bool,
        /// The last element, and what its register held before it; `None`: there was none, or it is long.
        last: Option<(Bytes, u8)>,
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

/// Where places are searched for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// What distances are measured from.
    pub centre: Place,
    /// What lies within, in metres around the centre.
    pub shape: Shape,
}

impl Fact {
    /// Whether only the last fact of its kind says something: what was read, and changed nothing.
    pub fn is_reading(&self) -> bool {
        matches!(
            self,
            Self::RankRead { .. } | Self::RangeRead { .. } | Self::PlacesSearched { .. }
        )
    }
}

/// How many fields one fact names at most.
pub const FIELDS_MAX: usize = 16;

/// A number among the bits of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BitField {
    /// Its first bit.
    pub offset: u64,
    /// How many bits it has, 1 to 64.
    pub bits: u32,
    /// Whether its first bit is a sign.
    pub signed: bool,
    /// Whether it was written; otherwise it was read.
    pub written: bool,
    /// Its value afterwards.
    pub value: i64,
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
