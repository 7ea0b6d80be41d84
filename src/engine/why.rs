//! Why a reply is what it is: the facts of it, for whoever looks. `app/why.rs` makes the sentence.
//!
//! They are only made while the engine is observed, and no command ever reads them.

use hashlink::LinkedHashMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::client::Conn;
use super::time::Millis;
use crate::ds::bytes::Bytes;

/// How many keys are remembered that are gone; the one that went longest ago is forgotten first.
const GONE_MAX: usize = 256;
/// How many bytes of a value or name a fact quotes.
pub const QUOTED_MAX: usize = 48;

/// How a key went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gone {
    /// How many milliseconds ago.
    pub ago: Millis,
    /// Whose command took it away; `None`: it reached its deadline, or was evicted.
    pub by: Option<Conn>,
    /// The command, in upper case; empty where none did.
    pub command: String,
    /// It was let go because memory was full.
    pub evicted: bool,
}

/// Which of the conditions of EXPIRE and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// Only where there is no TTL.
    Nx,
    /// Only where there is one.
    Xx,
    /// Only a later one.
    Gt,
    /// Only an earlier one.
    Lt,
}

/// The facts behind one reply. Ranks, indexes and cursors are as they stand in the command or reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Why {
    /// The key is not there.
    Missing {
        /// The key.
        key: Bytes,
        /// How it went, where that is remembered.
        gone: Option<Gone>,
        /// As what it counts therefore: "an empty list".
        counts_as: Option<String>,
    },
    /// Some of several were there.
    Part {
        /// How many were.
        there: u64,
        /// Of how many.
        of: u64,
        /// What they are: "keys".
        what: String,
    },
    /// Some of what MGET named is no string.
    NotStrings {
        /// How many are not there.
        missing: u64,
        /// How many hold another type.
        other: u64,
        /// How many were named.
        of: u64,
    },
    /// What was to be made, with NX or by its nature, is there already.
    Refused {
        /// The command.
        command: String,
        /// The key.
        key: Bytes,
        /// Who holds it as a lock, where that is known.
        holder: Option<Conn>,
        /// The TTL that is left, in milliseconds.
        left: Option<Millis>,
    },
    /// What was to be there, with XX, is not.
    OnlyExisting {
        /// The command.
        command: String,
        /// The key.
        key: Bytes,
    },
    /// A compare found another value.
    OtherValue {
        /// The key.
        key: Bytes,
        /// What it holds, shortened.
        holds: Bytes,
        /// Who set it as a lock, where that is known.
        holder: Option<Conn>,
        /// The command.
        command: String,
    },
    /// The key holds another type.
    WrongType {
        /// The key.
        key: Bytes,
        /// What it holds: "list".
        holds: String,
        /// The command.
        command: String,
        /// What the command works on: "string".
        wants: String,
        /// A command that fits.
        fits: String,
    },
    /// A string that is no HyperLogLog.
    NotHll {
        /// The key.
        key: Bytes,
    },
    /// A value that is to be counted up is no number.
    NotNumber {
        /// Where it stands: a key, or a field.
        place: Bytes,
        /// What it is, shortened.
        holds: Bytes,
        /// Whether it is a number with a fraction.
        float: bool,
        /// The command.
        command: String,
    },
    /// The counter would leave 64 bits.
    Overflow {
        /// The key.
        key: Bytes,
    },
    /// Something was made by the command and began at 0.
    BeganAtZero {
        /// What: a key, a field or a member.
        place: Bytes,
        /// What that is: "key", "field" or "member".
        what: String,
        /// The command.
        command: String,
    },
    /// The new value has no TTL, though the old one had.
    TtlCleared {
        /// The key.
        key: Bytes,
        /// What was left of it, in milliseconds.
        left: Millis,
        /// The command.
        command: String,
        /// Whether KEEPTTL would have kept it.
        keepttl: bool,
    },
    /// The key is there, and has no TTL.
    NoTtl {
        /// The key.
        key: Bytes,
        /// Whether it was to lose it.
        persist: bool,
    },
    /// A condition of EXPIRE was not met.
    ExpireRefused {
        /// The key.
        key: Bytes,
        /// The condition.
        condition: Condition,
        /// What is left of the TTL, if there is one.
        left: Option<Millis>,
    },
    /// The new deadline lies in the past, and so the key went.
    ExpiredAtOnce {
        /// The key.
        key: Bytes,
    },
    /// The target of RENAMENX, COPY, MOVE or RESTORE is there already.
    TargetThere {
        /// The target.
        key: Bytes,
        /// The command.
        command: String,
    },
    /// The value went with the command.
    TakenAway {
        /// The key.
        key: Bytes,
    },
    /// A string was filled up with zero bytes.
    Padded {
        /// The key.
        key: Bytes,
        /// Its length before.
        from: u64,
        /// Where the new bytes begin.
        to: u64,
    },
    /// A range of BITCOUNT or BITPOS counts in bytes.
    BytesNotBits {
        /// The command.
        command: String,
        /// The first and last byte, as they were given.
        range: (i64, i64),
    },
    /// A bit past the end.
    PastEnd {
        /// The key.
        key: Bytes,
        /// Its length in bytes.
        len: u64,
        /// The place that was asked for.
        at: u64,
    },
    /// The reply of SETBIT is the bit before.
    BitBefore {
        /// It.
        bit: bool,
    },
    /// An index outside.
    NoIndex {
        /// The key.
        key: Bytes,
        /// The index.
        index: i64,
        /// How many elements there are.
        len: u64,
    },
    /// A range in which nothing stands.
    EmptyRange {
        /// The key.
        key: Bytes,
        /// Why.
        how: EmptyRange,
        /// How many elements the key has.
        len: u64,
    },
    /// A member, field or element that is not in there.
    NotIn {
        /// The key.
        key: Bytes,
        /// What is missing.
        item: Bytes,
        /// What that is: "member", "field" or "element".
        what: String,
    },
    /// All of them were there already.
    AlreadyIn {
        /// The key.
        key: Bytes,
        /// How many.
        count: u64,
        /// What they are: "member".
        what: String,
    },
    /// Fields were overwritten, which does not count.
    Overwritten {
        /// The key.
        key: Bytes,
        /// How many fields were new.
        new: u64,
        /// How many were there.
        old: u64,
    },
    /// What ZADD or GEOADD made of its members.
    Zadd {
        /// How many were added.
        added: u64,
        /// How many have a new score.
        updated: u64,
        /// How many kept their score, which was given again.
        same: u64,
        /// How many were there and so refused by NX.
        nx: u64,
        /// How many were not there and so refused by XX.
        xx: u64,
        /// How many were refused by GT or LT.
        worse: u64,
        /// Whether that was GT.
        gt: bool,
    },
    /// A rank.
    Rank {
        /// It.
        rank: u64,
        /// How many members there are.
        of: u64,
        /// Whether it counts from the highest score.
        highest_first: bool,
    },
    /// What HEXPIRE, HTTL and their kin answer for each field.
    Codes {
        /// The codes of the fields, in the order of the reply, with the fields, as many as are told.
        fields: Vec<(Bytes, i64)>,
        /// Whether the TTL was asked for; otherwise it was to be changed.
        asked: bool,
        /// The key.
        key: Bytes,
        /// The command.
        command: String,
    },
    /// A wait ended because somebody made what it waited for.
    Woken {
        /// By whom, where a command did.
        by: Option<Conn>,
        /// How long it waited, in milliseconds.
        waited: Millis,
    },
    /// A wait ended because its time was over.
    TimedOut {
        /// The keys that it waited for; the first of them.
        keys: Vec<Bytes>,
        /// How long it waited, in milliseconds.
        waited: Millis,
        /// Whether it waited for entries of a stream.
        stream: bool,
    },
    /// A message reached nobody.
    ReachedNobody {
        /// The channel.
        channel: Bytes,
    },
    /// No register of a HyperLogLog grew.
    NoneGrew {
        /// How many elements were given.
        elements: u64,
        /// How many of them it was never shown before, where that is known.
        new: Option<u64>,
    },
    /// An estimate, and what it estimates.
    Estimate {
        /// The estimate.
        estimate: u64,
        /// How many different elements there really were.
        real: u64,
    },
    /// A command went through all keys.
    Keyspace {
        /// How many there are.
        keys: u64,
        /// The command.
        command: String,
        /// How many matched.
        matched: u64,
    },
    /// A command went through a whole large value.
    WholeValue {
        /// The key.
        key: Bytes,
        /// How many elements.
        len: u64,
        /// What steps through it instead.
        instead: String,
    },
    /// One step of SCAN or its kin.
    Scan {
        /// The cursor; 0 at the end.
        cursor: u64,
        /// How many elements came.
        got: u64,
        /// How many were to be looked at.
        count: u64,
        /// Whether only some are wanted: MATCH or TYPE.
        filtered: bool,
        /// The command.
        command: String,
    },
    /// A small value came whole, whatever COUNT said.
    ScanWhole {
        /// The command.
        command: String,
        /// How many elements the value has.
        len: u64,
        /// How it is kept.
        encoding: String,
    },
    /// How a value is kept.
    Encoding {
        /// The name of the form.
        encoding: String,
        /// The type of the value.
        of: String,
    },
    /// The ID of an entry is not above the last.
    IdTooSmall {
        /// The ID that was given.
        given: String,
        /// The last one of the stream.
        last: String,
    },
    /// Nothing was acknowledged.
    NotPending {
        /// The group.
        group: Bytes,
        /// The first ID that is not pending.
        id: String,
        /// How many IDs are not.
        not: u64,
        /// Of how many.
        of: u64,
        /// Whether it was never delivered to the group.
        never: bool,
    },
    /// There is no such group.
    NoGroup {
        /// The key.
        key: Bytes,
        /// The group.
        group: Bytes,
        /// Whether the key itself is missing.
        no_key: bool,
    },
    /// The group is there already.
    BusyGroup {
        /// The group.
        group: Bytes,
        /// Its last-delivered ID.
        cursor: String,
        /// How many entries are pending.
        pending: u64,
    },
    /// A new group begins behind entries that are there.
    GroupAtEnd {
        /// The group.
        group: Bytes,
        /// How many entries it will never be given.
        skipped: u64,
    },
    /// A consumer was deleted with what was pending for it.
    PendingDropped {
        /// The consumer.
        consumer: Bytes,
        /// How many entries.
        count: u64,
    },
    /// Nothing was claimed.
    NotClaimed {
        /// How many IDs were not pending.
        not_pending: u64,
        /// How many were not idle for long enough.
        too_fresh: u64,
        /// The longest time that one of these was idle, in milliseconds.
        idle: Millis,
        /// How long they were to be, in milliseconds.
        min: Millis,
        /// The consumer that has it.
        owner: Bytes,
    },
    /// XAUTOCLAIM claimed nothing.
    NothingIdle {
        /// The group.
        group: Bytes,
        /// How many entries are pending.
        pending: u64,
        /// The longest time that one was idle, in milliseconds.
        idle: Millis,
        /// How long it was to be, in milliseconds.
        min: Millis,
    },
    /// XAUTOCLAIM found pending entries whose data is gone.
    DeletedPending {
        /// How many.
        count: u64,
    },
    /// Nothing new for a group.
    NothingNew {
        /// The group.
        group: Bytes,
        /// Its last-delivered ID.
        cursor: String,
        /// The consumer.
        consumer: Bytes,
        /// How many entries are pending for it.
        pending: u64,
    },
    /// A consumer's history is empty.
    NothingPending {
        /// The group.
        group: Bytes,
        /// The consumer.
        consumer: Bytes,
        /// How many entries the group was not given yet.
        new: u64,
        /// The ID after which it was asked for.
        after: String,
    },
    /// A consumer's history: what it was given before.
    History {
        /// The consumer.
        consumer: Bytes,
        /// How many entries.
        count: u64,
        /// How many of them are no longer in the stream.
        deleted: u64,
    },
    /// XREAD read nothing.
    NothingAfter {
        /// The key.
        key: Bytes,
        /// Whether `$` was given.
        dollar: bool,
        /// How many entries there are.
        len: u64,
        /// The last ID.
        last: String,
    },
    /// EXEC ran nothing.
    Spoiled {
        /// The key that was watched.
        key: Bytes,
        /// Whose command modified it; `None`: it expired, or was evicted.
        by: Option<Conn>,
        /// It was evicted.
        evicted: bool,
        /// The command.
        command: String,
        /// How many milliseconds ago.
        ago: Millis,
        /// Whose transaction it was.
        whose: Conn,
    },
    /// Memory is full.
    Full {
        /// How many bytes count as used.
        used: u64,
        /// How many there may be.
        max: u64,
        /// The policy.
        policy: String,
        /// It only lets keys go that have a deadline.
        volatile: bool,
        /// Whether this spoils a transaction.
        in_multi: bool,
    },
    /// EXEC ran nothing, since a command was refused when it was queued.
    Aborted,
    /// Commands of a transaction failed, and the others stand.
    SomeFailed {
        /// How many failed.
        failed: u64,
        /// Of how many.
        of: u64,
    },
    /// A command was refused in MULTI, which spoils the transaction.
    SpoilsExec,
    /// EXEC or DISCARD without MULTI.
    NoMulti {
        /// The command.
        command: String,
    },
    /// What was queued is forgotten.
    Discarded {
        /// How many commands.
        queued: u64,
        /// How many watched keys.
        watched: u64,
    },
    /// A client that listens may not send this in RESP2.
    Subscribed {
        /// To how many channels and patterns.
        to: u64,
        /// The command.
        command: String,
    },
    /// There is no such command.
    Unknown {
        /// The nearest one, if any is near.
        nearest: Option<String>,
        /// Whether this spoils a transaction.
        in_multi: bool,
    },
    /// Too few or too many words.
    Arity {
        /// The command's full name, in upper case: `XGROUP CREATE`.
        command: String,
        /// How many arguments it takes, at least.
        takes: u64,
        /// Whether it may be more.
        more: bool,
        /// How many were given.
        given: u64,
        /// Whether this spoils a transaction.
        in_multi: bool,
    },
    /// The words do not fit the grammar.
    Syntax {
        /// The command's full name, in upper case.
        command: String,
    },
    /// The server does not know the script.
    NoScript,
    /// A script failed while it ran.
    ScriptFailed,
    /// A script could not be compiled.
    ScriptBroken,
    /// No replica has it.
    NoReplica,
    /// There are sixteen databases.
    NoDatabase,
    /// A TTL that is not above 0.
    BadTtl,
    /// The intersection with a key that is not there.
    EmptyWith {
        /// The key.
        key: Bytes,
    },
    /// None of the sets has a member that all of them have.
    NothingShared {
        /// How many sets.
        sets: u64,
    },
}

/// Why a range has nothing in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EmptyRange {
    /// It begins past the last element.
    StartsPast {
        /// Where it begins, as it was given.
        start: i64,
    },
    /// It ends before it begins.
    Backwards,
    /// Its lowest bound is above the highest.
    Swapped {
        /// Whether the higher one comes first in this command.
        higher_first: bool,
    },
    /// Nothing lies between.
    Between {
        /// What was to lie there: "score" or "ID".
        what: String,
    },
}

impl Why {
    /// The name of its kind: of one kind, a run of lines shows only a few.
    pub fn kind(&self) -> std::mem::Discriminant<Self> {
        std::mem::discriminant(self)
    }
}

/// How keys went, as far as it is remembered.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// By database and key; what is remembered longest is the first.
    gone: LinkedHashMap<(usize, Bytes), Left, FxBuildHasher>,
}

#[derive(Clone, Debug)]
struct Left {
    at: Millis,
    by: Option<Conn>,
    command: &'static str,
    evicted: bool,
}

impl Memory {
    /// A key expired, or was evicted.
    pub fn went(&mut self, db: usize, key: &[u8], at: Millis, evicted: bool) {
        let left = Left {
            at,
            by: None,
            command: "",
            evicted,
        };
        self.note(db, key, left);
    }

    /// A command took a key away.
    pub fn gone(&mut self, db: usize, key: &[u8], at: Millis, by: Conn, command: &'static str) {
        let left = Left {
            at,
            by: Some(by),
            command,
            evicted: false,
        };
        self.note(db, key, left);
    }

    fn note(&mut self, db: usize, key: &[u8], left: Left) {
        self.gone.insert((db, Bytes::from_slice(key)), left);
        if self.gone.len() > GONE_MAX {
            self.gone.pop_front();
        }
    }

    /// A key is there.
    pub fn there(&mut self, db: usize, key: &[u8]) {
        if !self.gone.is_empty() {
            self.gone.remove(&(db, Bytes::from_slice(key)));
        }
    }

    /// Databases changed places: nothing is known of any key.
    pub fn forget(&mut self) {
        self.gone.clear();
    }

    /// How a key that is not there went, where that is remembered.
    pub fn of(&self, db: usize, key: &[u8], now: Millis) -> Option<Gone> {
        let left = self.gone.get(&(db, Bytes::from_slice(key)))?;
        Some(Gone {
            ago: now.saturating_sub(left.at),
            by: left.by,
            command: left.command.to_ascii_uppercase(),
            evicted: left.evicted,
        })
    }
}

/// A wait that is over, or may be: since when, and who made what it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Woken {
    /// Since when it waits.
    pub since: Millis,
    /// Whose command it was.
    pub by: Option<Conn>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_that_went_longest_ago_is_forgotten_first() {
        let mut memory = Memory::default();
        let name = |n: usize| format!("key:{n}").into_bytes();
        for n in 0..GONE_MAX {
            memory.went(0, &name(n), n as Millis, false);
        }
        memory.went(0, &name(0), 1_000, true); // it was there again meanwhile
        memory.went(1, &name(0), 1_000, false);
        let known = |db, n: usize| memory.of(db, &name(n), 1_000).map(|gone| gone.ago);
        assert_eq!(known(0, 0), Some(0));
        assert_eq!(known(0, 1), None);
        assert_eq!(known(0, 2), Some(998));
        assert_eq!(known(1, 0), Some(0));
    }
}
