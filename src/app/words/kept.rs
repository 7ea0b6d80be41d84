//! Sessions that are kept.

use crate::app::format;

pub const STOP: &str = "Stop";
pub const CONTINUE: &str = "Continue";
pub const NOT_NOW: &str = "Not now";
pub const BACK: &str = "Your session is back, to the last command.";
pub const START_FRESH: &str = "Start fresh";
pub const GOOD: &str = "Good";
pub const FRESH: &str = "A new session. The one before is kept.";
pub const BRING_IT_BACK: &str = "Bring it back";
pub const SESSIONS: &str = "Sessions";
pub const KEPT_SESSIONS: &str = "Kept sessions";
pub const THIS_ONE: &str = "this one";
pub const IN_ANOTHER_TAB: &str = "in another tab";
pub const OPEN: &str = "Open";
pub const DELETE: &str = "Delete";

pub fn offered(summary: &str) -> String {
    format!("A session is kept: {summary}")
}

pub fn coming(inputs: &str) -> String {
    format!("Bringing the session back: {inputs} inputs…")
}

pub fn come(inputs: &str, of: &str, left: Option<u32>) -> String {
    format!("{inputs} of {of}{}", super::time_left(left))
}

pub fn of_later_version(when: &str) -> String {
    format!("{when}, made by a later version of this page")
}

pub fn summary(when: &str, commands: usize, keys: &[String]) -> String {
    let keys = match keys.len() {
        0 => "no keys".into(),
        _ => keys.join(", "),
    };
    format!(
        "{when}, {} commands, {}",
        format::count(commands as u64),
        format::shortened(&keys, 60)
    )
}

pub fn saved(sessions: usize) -> String {
    format!(
        "Each command is saved in this browser as it is typed. The last {sessions} sessions are kept."
    )
}

pub const KEEPS_NONE: &str = "This browser keeps no sessions for this page.";

pub fn open_of(when: &str) -> String {
    format!("Open the session of {when}")
}

pub fn delete_of(when: &str) -> String {
    format!("Delete the session of {when}")
}

pub const CANNOT_BE_READ: &str = "That session is open in another tab, or cannot be read.";
pub const STORAGE_FULL: &str = "the browser's storage is full.";
pub const STORAGE_REFUSED: &str = "the browser allows this page no storage.";

pub fn storage_answered(text: &str) -> String {
    format!("the browser's storage answered: {text}.")
}
