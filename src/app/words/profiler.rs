//! The profiler.

use super::{Piece, say, show};
use crate::app::format;

pub const WHOSE_COMMANDS: &str = "Whose commands";
pub const ALL_CLIENTS: &str = "All clients";
pub const KEY: &str = "key";
pub const KEY_DOES: &str = "Only commands on keys like this";
pub const COMMAND: &str = "command";
pub const COMMAND_DOES: &str = "Only commands whose name holds this";
pub const WHAT_IS_LISTED: &str = "What is listed";
pub const EACH: &str = "Each";
pub const BY_COMMAND: &str = "By command";
pub const THE_TOTALS: &str = "the totals";
pub const THE_ROWS: &str = "the rows that are loaded";
pub const PAUSE: &str = "Pause";
pub const WHAT_IS_COUNTED: &str = "What is counted";
pub const LEFT_OUT: &str = "As MONITOR does, this leaves out administrators’ commands, such as CONFIG. EXEC and scripts cost what the commands cost that they run, which are rows of their own.";
pub const COLUMN_WHO: &str = "Who";
pub const COLUMN_COMMAND: &str = "Command";
pub const COLUMN_TOUCHED: &str = "Touched";
pub const COLUMN_COMPARED: &str = "Compared";
pub const COMMANDS: &str = "Commands, newest first";
pub const TOTALS: &str = "What each command cost since the beginning";
pub const COLUMN_CALLS: &str = "Calls";
pub const COLUMN_SHARE: &str = "Share";

pub fn size(commands: u64, paused: bool) -> String {
    format!(
        "{} · {}",
        format::count(commands),
        if paused { "paused" } else { "live" }
    )
}

/// `term` draws the word that is explained.
pub fn touched_means<H>(term: impl Fn(&'static str) -> H) -> Vec<Piece<H>> {
    vec![
        show(term(COLUMN_TOUCHED)),
        say(
            ": how many keys, elements, entries, bytes of bits or registers a command goes through, by its complexity, what its keys held and what it answered.",
        ),
    ]
}

/// `term` draws the word that is explained.
pub fn compared_means<H>(term: impl Fn(&'static str) -> H) -> Vec<Piece<H>> {
    vec![
        show(term(COLUMN_COMPARED)),
        say(
            ": how often a sorted set was asked which of two members comes first, counted as it happens.",
        ),
    ]
}

pub const ERROR: &str = "error";
/// There was none at all.
pub const NO_COMMAND: &str = "No command yet: whatever a client sends comes here.";
