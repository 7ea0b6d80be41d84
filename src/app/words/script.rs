//! The script editor.

use super::{Piece, say, show};
use crate::app::format;

pub const ADD: &str = "Add";
pub const REMOVE: &str = "Remove";

pub fn add_to(list: &str) -> String {
    format!("Add to {list}")
}

pub fn remove_field(field: &str) -> String {
    format!("Remove {field}")
}

pub const TEXT_THAT_STANDS: &str = "Text of the script that stands";
pub const TEXT: &str = "Script, in Lua. Tab indents; Escape, then Tab leaves";
pub const WHERE_IT_STANDS: &str = "Where the script stands";
pub const WHAT_IT_IS_HANDED: &str = "What the script is handed";
pub const TO_BEGIN_WITH: &str = "To begin with";
pub const LOADED: &str = "Loaded: by its SHA-1";
pub const YOUR_OWN_ABOUT: &str = "Your own script.";
pub const OR: &str = "Or";
pub const RUN_TO_END_DOES: &str = "Let it go on to its end";
pub const NEXT_CALL_DOES: &str = "Let it call its command and stand at the next (Ctrl-Enter)";
pub const RUN_DOES: &str = "Type EVAL in the client's console (Ctrl-Enter)";
pub const STEP_DOES: &str = "Type EVAL, and stand still before each command that the script calls";
pub const READY_MADE: &str = "Ready-made scripts";
pub const YOUR_OWN: &str = "Your own script";
pub const AS_CLIENT: &str = "as client ";
pub const LOAD_DOES: &str = "Type SCRIPT LOAD: from then on its SHA-1 is enough to run it";
pub const LOAD: &str = "Load";
pub const NEXT_CALL: &str = "Next call";
pub const STEP: &str = "Step";
pub const RUN_TO_END: &str = "Run to end";
pub const RUN: &str = "Run";
pub const REPLY: &str = "Reply";

pub const TITLE: &str = "Script";

pub fn nobody_runs_until<H>(who: H) -> Vec<Piece<H>> {
    vec![
        say("nobody else runs until the script of "),
        show(who),
        say(" ends"),
    ]
}

pub const RUN_WHOLE: &str = "Lua 5.1, run whole: nobody else runs in between";

pub fn busy(client: &str) -> String {
    format!("Client {client} is busy: choose another")
}

/// Between who ran it and what came of it.
pub const GOT: &str = "got";

pub const ABOUT_TO_CALL: &str = "About to call";
pub const LAST_REPLY: &str = "Last reply";
pub const THE_SCRIPT_ITSELF: &str = "the script itself";
pub const NO_LOCALS: &str = "no locals yet";

pub fn stands_at<H>(who: H, line: H, call: u64) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" stands at line "),
        show(line),
        say(format!(", before its {} call", format::ordinal(call))),
    ]
}

pub fn not_seen<H>(name: H) -> Vec<Piece<H>> {
    vec![
        say("This page has not seen the text of "),
        show(name),
        say("."),
    ]
}

/// After a function's name.
pub fn at_line(line: u32) -> String {
    format!(" · line {line}")
}

pub fn inputs_wait(n: u64) -> String {
    match n {
        0 => "Nothing waits for its end. The clock stands too.".into(),
        1 => "1 input waits for its end. The clock stands too.".into(),
        n => format!(
            "{} inputs wait for its end. The clock stands too.",
            format::count(n)
        ),
    }
}

pub fn stands_said(client: &str, line: u32, call: &str, waiting: &str) -> String {
    format!("The script of client {client} stands at line {line}, about to call {call}. {waiting}")
}

pub fn got_said(client: &str, reply: &str) -> String {
    format!("Client {client} got {reply}")
}

pub const OPEN_EDITOR: &str = "Open the script editor";
