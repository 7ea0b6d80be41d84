//! A client's console.

use crate::app::format;

pub const CUT: &str = "disconnected · a command connects again";
pub const OWN_SCRIPT_STANDS: &str = "its script stands still · Ctrl-C leaves it";
pub const WAITING: &str = "waiting for an entry · Ctrl-C stops waiting";
pub const READING: &str = "reading messages · Ctrl-C leaves";
pub const TYPE_A_COMMAND: &str = "type a command, Tab completes it";

pub fn client(letter: &str) -> String {
    format!("Client {letter}")
}

pub fn replies_to(letter: &str) -> String {
    format!("Replies to client {letter}")
}

pub fn show_earlier(blocks: usize) -> String {
    format!("Show {blocks} earlier")
}

pub fn command_for(letter: &str) -> String {
    format!("Command for client {letter}")
}

/// Which of the completions is chosen.
pub fn proposal(place: usize, of: usize) -> String {
    format!("   {place} of {of}")
}

pub fn waiting_for_script(letter: &str) -> String {
    format!("waiting for the script of {letter} to end")
}

pub const EARLIER_BYTES: &str = "Show earlier bytes";
pub const NO_BYTES: &str = "Nothing went over this connection yet.";
pub const SENT: &str = "sent ";
pub const RECEIVED: &str = "received ";

pub fn raw_bytes_of(letter: &str) -> String {
    format!("Raw bytes of client {letter}")
}

/// In the prompt, as redis-cli has it.
pub const IN_MULTI: &str = "(TX)";
pub const SEARCH: &str = "(i-search)";
pub const SEARCH_FAILED: &str = "(failed-i-search)";

/// How many lines of a long reply are not shown.
pub fn more_lines(n: usize) -> String {
    format!("{} more lines", format::count(n as u64))
}
