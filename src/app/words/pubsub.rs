//! The inspector of channels.

use super::{Piece, say, show};
use crate::app::format;

pub const SUBSCRIPTIONS_AND_MESSAGES: &str = "Subscriptions and messages";
pub const NOBODY_SUBSCRIBED: &str = "Nobody is subscribed. ";
pub const NO_MESSAGE: &str = "No message yet. ";
pub const MESSAGES: &str = "Messages, newest first";
pub const LOST: &str = "lost: reached nobody";
pub const STREAMS_THAT_HOLD: &str = "Streams that hold the same";
pub const NOT_KEPT_FOR_AWAY: &str = ": a message goes to whoever listens at that moment, and nothing is kept for those who are away.";
pub const NOTHING_IS_KEPT: &str =
    "A message goes to whoever listens at that moment. Nothing is kept.";
pub const EACH_REACHED: &str =
    "Each reached whoever was listening at that moment. Nothing is kept for those who come later.";

pub const TITLE: &str = "Channels";

/// Neither number is grouped.
pub fn size(channels: usize, patterns: usize) -> String {
    let channel = if channels == 1 { "channel" } else { "channels" };
    let pattern = if patterns == 1 { "pattern" } else { "patterns" };
    format!("{channels} {channel} · {patterns} {pattern}")
}

/// Between who and the channel.
pub const PUBLISHED_TO: &str = " published to ";

/// Before who they are.
pub fn reached(receivers: usize) -> String {
    format!("reached {receivers} ")
}

/// Before a command that adds to one.
pub const NO_STREAM_HOLDS: &str = "No stream that was added to holds what these said. One would keep it for whoever comes later: ";

fn messages(n: usize) -> String {
    match n {
        1 => "message".into(),
        n => format!("{} messages", format::count(n as u64)),
    }
}

/// After a stream's key.
pub fn holds(held: usize, all: usize) -> String {
    if held == all {
        format!(" holds all of the last {}. ", messages(all))
    } else {
        format!(
            " holds {} of the last {}. ",
            format::count(held as u64),
            messages(all)
        )
    }
}

/// Before the command that reads them.
pub const ANYBODY_CAN_READ: &str = "Anybody can still read them there: ";
/// After who [`missed`] how many, and before the command that reads them.
pub const OF_THOSE: &str = " of those, and can still read them: ";

pub fn missed<H>(who: H, count: u64) -> Vec<Piece<H>> {
    vec![show(who), say(format!(" missed {}", format::count(count)))]
}

pub fn more_missed(clients: usize) -> String {
    format!(" and {clients} more clients missed some")
}

pub fn lost_of(lost: usize, all: usize) -> String {
    format!(
        "{lost} of {} reached nobody and {} lost.",
        messages(all),
        if lost == 1 { "is" } else { "are" }
    )
}

pub const SUBSCRIPTIONS: &str = "subscriptions";
pub const WHO_LISTENS: &str = "Who listens to what";
pub const WHO_LISTENS_AT_LENGTH: &str = "Clients against channels and patterns";

pub const COLUMN_CLIENT: &str = "Client";
pub const COLUMNS: [&str; 8] = [
    "Client", "Of", "Name", "Listens", "Got", "Missed", "Sent", "Lost",
];
pub const SHARD: &str = "shard";
pub const CHANNEL: &str = "channel";
pub const PATTERN: &str = "pattern";
pub const SHARD_CHANNEL: &str = "shard channel";

pub fn more_columns(n: usize) -> String {
    format!("and {n} more channels and patterns")
}

pub fn more_clients(n: usize) -> String {
    format!("and {n} more clients")
}

/// It listens no more: its connection was cut, or it left.
pub const CUT: &str = "cut";
pub const LEFT: &str = "left";
/// Before what it [`got`].
pub const LISTENS: &str = "listens, ";

pub fn got(n: u64) -> String {
    format!("got {}", format::count(n))
}

pub fn cell_missed(n: u64) -> String {
    format!("missed {}", format::count(n))
}

pub fn cell_sent(n: u64) -> String {
    format!("sent {}", format::count(n))
}

pub fn cell_lost(n: u64) -> String {
    format!("{} lost", format::count(n))
}
