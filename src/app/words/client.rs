//! The head of a client's console, and its menu.

use crate::app::format;

pub const SHOW_REPLIES: &str = "Show replies as redis-cli prints them";
pub const SHOW_RAW: &str = "Show the raw bytes that go both ways";
pub const GRIP_DOES: &str = "Drag, or press an arrow key, to move this console";
pub const MENU_DOES: &str = "Name, colour, place, disconnect, close";
pub const NOT_CONNECTED: &str = "not connected";
pub const STILL_CONNECTING: &str = "connecting…";
pub const STOP: &str = "Stop";
pub const OWN_SCRIPT_STANDS: &str = "its script stands still";
pub const CONNECT: &str = "Connect";
pub const CONNECTING: &str = "connecting";
pub const RUNNING: &str = "running";
pub const NAME: &str = "Name";
pub const COLOUR: &str = "Colour";
pub const MOVE_UP: &str = "Move up";
pub const MOVE_DOWN: &str = "Move down";
pub const DISCONNECT: &str = "Disconnect";
pub const DISCONNECT_DOES: &str = "Cut its connection; the console stays";
pub const CLOSE_DOES: &str = "Cut its connection and remove its console";
pub const CLOSE: &str = "Close";
pub const CLIENTS: &str = "Clients";
pub const SAY_WHY: &str = "Say why, under replies (in all consoles)";

pub fn grip(letter: &str, place: usize, of: usize) -> String {
    format!("Client {letter}, place {place} of {of}: arrow keys move it")
}

pub fn raw_bytes_of(letter: &str) -> String {
    format!("Raw bytes of {letter}")
}

pub fn what_to_do_with(letter: &str) -> String {
    format!("What to do with client {letter}")
}

/// A client without a name, by its ID.
pub fn nameless(id: u64) -> String {
    format!("client {id}")
}

pub fn who(db: usize, name: &str) -> String {
    format!("db {db} · {name}")
}

pub fn waits_for_script(letter: &str) -> String {
    format!("waits for the script of {letter}")
}

pub fn queued(commands: usize) -> String {
    format!("MULTI · {commands} queued")
}

pub fn listens(channels: usize, patterns: usize) -> String {
    let plural = |n: usize, one: &str, many: &str| {
        (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }))
    };
    let parts = [
        plural(channels, "channel", "channels"),
        plural(patterns, "pattern", "patterns"),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

pub fn to_go(lines: usize, left: Option<u32>) -> String {
    // In the little room of a console's head.
    let left = left.map_or_else(String::new, |left| format!(" · {}", format::seconds(left)));
    format!("{} to go{left}", format::count(lines as u64))
}

pub const READY: &str = "ready";

pub fn colour(number: usize) -> String {
    format!("Colour {number}")
}

pub fn colour_swap(number: usize, letter: &str) -> String {
    format!("Colour {number}, swap with {letter}")
}

/// What is copied: see [`COPY`](super::common::COPY).
pub const THE_TRANSCRIPT: &str = "the transcript";
