//! The inspector of a stream.

use super::{Piece, counted, say, show, within};
use crate::app::format;
use crate::session::message::Delivery;

/// Before an ID.
pub const FOLLOW: &str = "Follow ";

pub fn follow(id: &str) -> String {
    format!("Follow {id}")
}

pub const DELIVERED_UP_TO_HERE: &str = "has delivered up to here";
pub const TO_CLAIM: &str = "To claim:";

pub fn group(name: &str) -> String {
    format!("Group {name}")
}

pub fn more_consumers(n: usize) -> String {
    format!(
        "and {} more {}",
        format::count(n as u64),
        if n == 1 { "consumer" } else { "consumers" }
    )
}

pub fn pending(entries: usize) -> String {
    format!("{} pending", format::count(entries as u64))
}

/// After their number.
pub const AFTER_PENDING: &str = " pending";

/// What is to come to a group, where that is known.
pub fn lag(lag: Option<i64>) -> String {
    match lag {
        Some(0) => "nothing to come".to_string(),
        Some(lag) if lag > 0 => format!("{} to come", format::count(lag.unsigned_abs())),
        // A count of entries read that was set too high.
        Some(lag) => format!("a lag of {lag}"),
        None => "lag not known".to_string(),
    }
}

pub fn last_delivered(id: &str) -> String {
    format!("last delivered: {id}")
}

pub fn consumer(name: &str, pending: usize, ago: u64) -> String {
    format!(
        "{name}: {} pending, last asked {} ago",
        format::count(pending as u64),
        format::duration(ago)
    )
}

fn its_data_is_gone(gone: bool) -> &'static str {
    if gone { ", its data is gone" } else { "" }
}

pub fn held(id: &str, idle: u64, deliveries: u64, gone: bool) -> String {
    format!(
        "{id}: idle {}, {}{}",
        format::duration(idle),
        delivered(deliveries),
        its_data_is_gone(gone)
    )
}

pub fn held_from(count: usize, id: &str, gone: bool) -> String {
    format!("{count} entries from {id} on{}", its_data_is_gone(gone))
}

pub fn gone(entries: usize) -> String {
    format!("{entries} gone")
}

fn delivered(times: u64) -> String {
    format!("delivered {}", counted(times, "time", "times"))
}

fn entries(n: u64) -> String {
    counted(n, "entry", "entries")
}

pub fn who_claims(group: &str) -> String {
    format!("Who claims in group {group}")
}

pub fn how_long_idle(group: &str) -> String {
    format!("How long an entry must be idle to be claimed in group {group}")
}

pub fn min_idle(ms: u64) -> String {
    match ms {
        0 => "at once".to_string(),
        ms => format!("idle {} s", ms / 1000),
    }
}

pub const AUTOCLAIM: &str = "Autoclaim";

/// After [`AUTOCLAIM`].
pub fn autoclaims_for(consumer: &str, group: &str) -> String {
    format!("for {consumer} in group {group}")
}

pub const SHOW_IN_LOG: &str = "Show in the log";
pub const STOP_FOLLOWING: &str = "Stop following";
pub const NOTHING_IS_KEPT: &str = "Nothing is kept of how it came here.";
pub const TO_COME: &str = "to come";

pub fn life_of(id: &str) -> String {
    format!("The life of {id}")
}

pub fn story_begins<H>(time: H) -> Vec<Piece<H>> {
    vec![
        say("The story that is kept begins at "),
        show(time),
        say(". What came before is no longer known."),
    ]
}

/// `commands` may have been about the entry, and nobody knows.
pub fn unclear(commands: u64) -> String {
    let commands = match commands {
        1 => "One command".to_string(),
        count => format!("{} commands", format::count(count)),
    };
    format!(
        "{commands} on many entries at once may have been about it too: only the first of such entries are kept."
    )
}

pub const DATA_GONE: &str = "data gone";
/// After [`DATA_GONE`].
pub const NOT_IN_LOG: &str = " It is not in the log.";

pub fn step_added<H>(by: H) -> Vec<Piece<H>> {
    vec![say("added by "), show(by)]
}

pub fn step_delivered<H>(to: H, how: &Delivery, group: Option<&str>, by: H) -> Vec<Piece<H>> {
    let how = match how {
        Delivery::New => ": pending",
        Delivery::NoAck => " with NOACK: not pending",
        Delivery::Again => " again, which counts as a delivery",
    };
    vec![
        say("delivered to "),
        show(to),
        say(format!("{how}{}, asked by ", within(group))),
        show(by),
    ]
}

pub fn step_claimed<H>(from: Option<H>, to: H, group: Option<&str>, by: H) -> Vec<Piece<H>> {
    let mut pieces = vec![say("claimed")];
    if let Some(from) = from {
        pieces.extend([say(" from "), show(from)]);
    }
    pieces.extend([
        say(" for "),
        show(to),
        say(format!("{} by ", within(group))),
        show(by),
    ]);
    pieces
}

pub fn step_acknowledged<H>(by: H, group: Option<&str>) -> Vec<Piece<H>> {
    vec![
        say("acknowledged by "),
        show(by),
        say(format!("{}: no longer pending", within(group))),
    ]
}

pub fn step_dropped<H>(trimmed: bool, by: H) -> Vec<Piece<H>> {
    let how = if trimmed {
        "trimmed off the log by "
    } else {
        "deleted from the log by "
    };
    vec![say(how), show(by)]
}

pub fn step_pending_gone<H>(by: H, group: Option<&str>) -> Vec<Piece<H>> {
    vec![
        say("claimed by "),
        show(by),
        say(format!(
            "{}, who found its data gone: no longer pending",
            within(group)
        )),
    ]
}

/// It went with its consumer, or with its group.
pub fn step_unassigned<H>(consumer: Option<H>, group: Option<&str>, by: H) -> Vec<Piece<H>> {
    let mut pieces = match consumer {
        Some(consumer) => vec![say("went with its consumer "), show(consumer)],
        None => vec![say("went with its group")],
    };
    pieces.extend([
        say(format!("{}, deleted by ", within(group))),
        show(by),
        say(": no longer pending"),
    ]);
    pieces
}

pub const BEHIND_CURSOR: &str = "behind the cursor, not pending";
pub const BEHIND_CURSOR_MEANS: &str = "The group's cursor is past it, and it is not pending: acknowledged, read with NOACK, or passed over";

pub fn standing_pending<H>(consumer: H, idle: H, deliveries: u64) -> Vec<Piece<H>> {
    vec![
        say("pending for "),
        show(consumer),
        say(", idle "),
        show(idle),
        say(format!(", {}", delivered(deliveries))),
    ]
}

pub const ACK: &str = "Ack";

/// After [`ACK`].
pub fn id_in(id: &str, group: &str) -> String {
    format!("{id} in {group}")
}

pub const ENTRIES: &str = "Entries; Enter follows one";

/// After an ID, as the following.
pub fn after_pending_for(consumer: &str) -> String {
    format!(", pending for {consumer}")
}

pub fn after_pending_in(groups: usize) -> String {
    match groups {
        1 => ", pending in 1 group".into(),
        count => format!(", pending in {count} groups"),
    }
}

pub const AFTER_PAST: &str = ", delivered and not pending";
pub const AFTER_TO_COME: &str = ", not delivered yet";

pub fn deleted_ids(ids: &str) -> String {
    format!("deleted: {ids}")
}

pub const ENTRIES_AND_GROUPS: &str = "Entries and consumer groups";
pub const NO_ENTRIES: &str = "No entries. ";
pub const OLDER: &str = "Older";
pub const NEWER: &str = "Newer";
pub const NO_GROUP: &str = "No group shares these entries among workers yet: ";

pub const CLAIM: &str = "Claim";

/// After [`CLAIM`].
pub fn id_for(id: &str, consumer: &str) -> String {
    format!("{id} for {consumer}")
}

pub fn size(len: u64, dropped: u64) -> String {
    match dropped {
        0 => entries(len),
        dropped => format!("{} · {} dropped", entries(len), format::count(dropped)),
    }
}

pub const KIND: &str = "stream";
pub const LOG: &str = "log";

pub fn dropped_before(n: u64, id: &str) -> String {
    format!("{} dropped before {id}", format::count(n))
}

pub fn shown(first: u64, last: u64, of: u64) -> String {
    format!(
        "{}–{} of {}",
        format::count(first),
        format::count(last),
        format::count(of)
    )
}

pub const NONE_ADDED: &str = "None was ever added.";
pub const ALL_STILL_HERE: &str = "Every entry ever added is still here.";

/// `trim`: how many the last trim dropped, and the first ID that it left.
pub fn gone_of(gone: u64, added: u64, trim: Option<(u64, &str)>) -> String {
    let all = format!(
        "{} of {} entries ever added are gone",
        format::count(gone),
        format::count(added)
    );
    match trim {
        Some((count, before)) => format!(
            "{all}; the last trim dropped {} and left none before {before}.",
            format::count(count)
        ),
        None => format!("{all}."),
    }
}

pub const PENDING_COLUMNS: [&str; 4] = ["ID", "Consumer", "Delivered at (ms)", "Deliveries"];

pub fn pending_in_view(group: &str) -> String {
    format!("what is pending in {group}")
}

pub const LOG_COLUMNS: [&str; 2] = ["ID", "Fields"];

pub fn before(id: &str) -> String {
    format!("before {id}")
}

pub const DROPPED: &str = "dropped";
pub const DELETED: &str = "deleted";
pub const NOT_PENDING: &str = "not pending";
/// More than are counted.
pub const PENDING_MANY: &str = "1,000 or more pending";

pub fn pending_for(consumer: &str, deliveries: u64) -> String {
    format!("pending for {consumer}, {}", delivered(deliveries))
}

pub fn unacknowledged<H>(consumer: H, time: H, command: H) -> Vec<Piece<H>> {
    vec![
        show(consumer),
        say(" has not acknowledged for "),
        show(time),
        say(". Its entries stay pending until someone claims them: "),
        show(command),
    ]
}

pub fn entry_added<H>(who: H, id: H) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" added "),
        show(id),
        say(". It stays in the log when it has been read."),
    ]
}

pub fn entries_removed<H>(who: H, count: u64) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(format!(" removed {} from the log.", entries(count))),
    ]
}

pub fn delivered_to<H>(who: H, count: u64, consumer: H, how: &Delivery) -> Vec<Piece<H>> {
    let (again, then) = match how {
        Delivery::NoAck => ("", " with NOACK: not pending."),
        Delivery::Again => (" again", ": still pending."),
        Delivery::New => ("", ": pending until acknowledged."),
    };
    vec![
        show(who),
        say(format!(" was given {}{again} as ", entries(count))),
        show(consumer),
        say(then),
    ]
}

pub fn acknowledged<H>(who: H, count: u64) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(format!(
            " acknowledged {}: no longer pending.",
            entries(count)
        )),
    ]
}

pub fn claimed<H>(who: H, count: u64, consumer: H) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(format!(" claimed {} for ", entries(count))),
        show(consumer),
        say("."),
    ]
}

pub fn found_gone<H>(who: H, count: u64) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(format!(
            " found the data of {} gone: no longer pending.",
            entries(count)
        )),
    ]
}

pub fn consumer_deleted<H>(who: H, consumer: H, pending: u64) -> Vec<Piece<H>> {
    let then = match pending {
        0 => ".".to_string(),
        count => format!(
            " and the {} pending for it: nobody will be given them again.",
            entries(count)
        ),
    };
    vec![show(who), say(" deleted "), show(consumer), say(then)]
}

pub fn group_destroyed<H>(who: H, group: &str) -> Vec<Piece<H>> {
    vec![show(who), say(format!(" destroyed the group {group}."))]
}

pub fn expired<H>(who: H) -> Vec<Piece<H>> {
    vec![show(who), say(" let the stream expire.")]
}

pub fn evicted<H>(who: H) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" took the stream: memory was full, and it was evicted."),
    ]
}

pub fn deleted<H>(who: H) -> Vec<Piece<H>> {
    vec![show(who), say(" deleted the stream.")]
}

pub const NOTHING_PENDING_NOR_TO_COME: &str = "Nothing is pending and nothing to come.";
pub const NOTHING_PENDING: &str = "Nothing is pending. Read as a worker: ";
pub const COLUMN_PENDING: &str = "Pending";
pub const COLUMN_CONSUMER: &str = "Consumer";
pub const COLUMN_IDLE: &str = "Idle";
pub const COLUMN_DELIVERIES: &str = "Deliveries";
pub const COLUMN_ACT: &str = "Act";

pub fn pending_of(group: &str) -> String {
    format!("Pending entries of group {group}")
}

pub fn more_by_id(n: usize) -> String {
    format!("and {} more, by ID", format::count(n as u64))
}

pub const DATA_GONE_BY: &str = "XDEL or a trim dropped its data";

/// `before`: how many from before the log's first entry are like that, of which 1,000 are counted.
pub fn data_gone_means(before: usize) -> String {
    let others = match before {
        0 | 1 => String::new(),
        1000.. => "At least 1,000 are like that. ".to_string(),
        count => format!("{count} from before the log's first entry are like that. "),
    };
    format!(
        "Data gone: XDEL or a trim dropped the entry while it was pending, and nobody can read it any more. {others}\
         XACK takes it off the list. So does claiming it, which returns nothing of it."
    )
}
