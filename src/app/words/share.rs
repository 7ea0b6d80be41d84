//! Sharing a session, and opening one.

use super::counted;
use crate::app::format;

pub const SHARE: &str = "Share";
pub const SHARE_THIS: &str = "Share this session";
pub const TITLE: &str = "Title";
pub const NOTE: &str = "Note";
pub const NOTE_MEANS: &str = "What to try, or to watch";
pub const HOW_IT_OPENS: &str = "How it opens";
pub const FROM_THE_START: &str = "From the start";
pub const FROM_THE_START_MEANS: &str = " as a script to step through";
pub const AS_IT_STANDS: &str = "As it stands now";
pub const AS_IT_STANDS_MEANS: &str = " with all that was done so far";
pub const LINK: &str = "Link";
pub const THE_LINK: &str = "the link";
pub const SAVE_AS_FILE: &str = "Save as a file";
pub const OPEN_A_SESSION: &str = "Open a session";
pub const OPEN_ANOTHER: &str = "Open another";
pub const OPEN_WHAT: &str = "A link, a file, or what redis-cli printed. It opens as a session of its own; this one is kept.";
pub const LINK_OR_TRANSCRIPT: &str = "Link or transcript";
pub const OPEN_TEXT: &str = "Open this text";
pub const OPEN_FILE: &str = "Open a file";
pub const OR_DROP: &str = "or drop one on the page";
pub const COMMANDS: &str = "Commands";
pub const NOT_NOW: &str = "Not now";
pub const OPENS_AS_NEW: &str = "It opens as a new session. What you have done so far is kept.";
pub const OPENS_AND_LOSES: &str =
    "It opens as a new session. This browser keeps no sessions: what you have done so far goes.";
pub const RUN: &str = "Run";
pub const STEP_THROUGH: &str = "Step through";
pub const A_SHARED_SESSION: &str = "A shared session";
pub const SCRIPT: &str = "Script";
pub const NEXT: &str = "Next";
pub const STOP_HERE: &str = "Stop here";
pub const RUN_THE_REST: &str = "Run the rest";
pub const LEAVE_IT: &str = "Leave it";
pub const THAT_WAS_ALL: &str = "That was all. Go on by yourself.";
pub const GOOD: &str = "Good";

pub const A_TRANSCRIPT: &str = "redis> ZADD board 10 ann\n(integer) 1\nredis> ZREVRANGE board 0 -1";

pub fn too_many(commands: usize) -> String {
    format!(
        "{} commands are too many for a link. Save them as a file.",
        format::count(commands as u64)
    )
}

pub fn long_link(length: usize, cut_from: usize) -> String {
    format!(
        "{} characters: some places cut links of more than {}. A file is never cut.",
        format::count(length as u64),
        format::count(cut_from as u64)
    )
}

pub fn short_link(length: usize, commands: usize) -> String {
    format!(
        "{} characters for {} commands. Nothing is sent anywhere: the link holds it all.",
        format::count(length as u64),
        format::count(commands as u64)
    )
}

/// What a document holds; `length` is the time that it takes, in milliseconds.
pub fn facts(commands: usize, clients: usize, actors: usize, length: u64) -> String {
    let mut facts = format!(
        "{} as {}",
        counted(commands as u64, "command", "commands"),
        counted(clients as u64, "client", "clients")
    );
    if actors > 0 {
        facts += &format!(", {}", counted(actors as u64, "actor", "actors"));
    }
    if length >= 1_000 {
        facts += &format!(", over {}", format::duration(length));
    }
    facts + "."
}

pub fn more(lines: usize) -> String {
    format!("{} more", format::count(lines as u64))
}

pub fn walked(steps: usize, of: usize) -> String {
    format!(
        "{} of {}",
        format::count(steps as u64),
        format::count(of as u64)
    )
}
