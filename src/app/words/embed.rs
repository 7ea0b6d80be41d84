//! Keyglass as a part of another page.

pub const RUN_ALL: &str = "Run all";
pub const STEP: &str = "Step";
pub const RESET: &str = "Reset";
pub const OPEN: &str = "Open in Keyglass";
pub const COMMANDS: &str = "Commands and replies";
pub const ACTS: &str = "What to run";
pub const NOTHING_YET: &str = "What the commands change is shown here.";
pub const A_SESSION: &str = "A Keyglass session";

/// The check passed, or did not: said to a screen reader before what it is about.
pub const PASSED: &str = "Done: ";
pub const NOT_YET: &str = "Not yet: ";

pub const NO_CLIENT: &str = "There is no such client.";
pub const TOO_MANY: &str = "Too many commands wait for their replies.";
pub const OTHER_VERSION: &str = "This page speaks version 1 of the protocol.";
pub const ONE_LINE: &str = "A line is needed, and only one.";
pub const NO_SCHEME: &str = "A scheme is light, dark or system.";
pub const UNKNOWN_TYPE: &str = "There is no such request.";

pub fn no_token(name: &str) -> String {
    format!("{name} is nothing that a theme has, or its value is none for it.")
}

pub fn no_check(text: &str) -> String {
    format!("{text:?} is no check: one reads like ZREVRANK board ann = 0.")
}

pub fn setup_failed(line: &str, reply: &str) -> String {
    format!("The setup {line} failed: {reply}")
}

/// How many of the author's commands have run.
pub fn ran(done: usize, of: usize) -> String {
    format!("{done} of {of} run")
}
