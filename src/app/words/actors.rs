//! The actors.

use super::{Piece, counted, say, show};

pub const ACTORS: &str = "Actors";
pub const WHAT_A_NEW_ONE_DOES: &str = "What a new actor does";
pub const OWN_TEXT: &str = "a text of your own";
pub const WRITE: &str = "Write";
pub const START: &str = "Start";
pub const RESUME: &str = "Resume";
pub const RESUME_DOES: &str = "It goes on where it stands";
pub const PAUSE: &str = "Pause";
pub const PAUSE_DOES: &str = "It stands still; its connection stays";
pub const CRASH: &str = "Crash";
pub const CRASH_DOES: &str = "It stops at once, without acknowledging, and its connection is cut";
pub const RESTART: &str = "Restart";
pub const RESTART_DOES: &str = "From its first line, on a new connection";
pub const SLOW_MEANS: &str = "How much more time than written it takes";
pub const EDIT: &str = "Edit";
pub const EDIT_DOES: &str = "Write its text anew";
pub const REMOVE: &str = "Remove";
pub const REMOVE_DOES: &str = "It stops, and its card goes";
pub const LESS: &str = "Less";
pub const MORE: &str = "More";
pub const TEXT_OF_AN_ACTOR: &str = "Text of an actor";
pub const NAME: &str = "Name";
pub const TEXT: &str = "Text";
pub const WHAT_CAN_BE_WRITTEN: &str = "What can be written";
pub const KEY_SAVES: &str = "Ctrl-Enter";
pub const START_AGAIN: &str = "Start again with this";
pub const START_IT: &str = "Start it";
pub const CANCEL: &str = "Cancel";

pub const KEY_CANCELS: &str = "Escape";

pub fn ready(name: &str, does: &str) -> String {
    format!("{name}: {does}")
}

pub fn actor(name: &str) -> String {
    format!("Actor {name}")
}

pub fn fault(line: u32, text: &str) -> String {
    format!("Line {line}: {text}")
}

pub fn done(commands: u64, errors: u64, given_up: u64) -> String {
    let done = format!(
        "{}, {}",
        counted(commands, "command", "commands"),
        counted(errors, "error", "errors")
    );
    match given_up {
        0 => done,
        n => format!(
            "{done}, {}",
            counted(n, "round given up", "rounds given up")
        ),
    }
}

/// Before what stands in that line.
pub fn at_line(line: u32) -> String {
    format!(" · line {line}: ")
}

pub fn what_it_says(name: &str) -> String {
    format!("What {name} says")
}

pub fn how_slow(name: &str) -> String {
    format!("How slow {name} is")
}

pub fn slower(times: u32) -> String {
    match times {
        1 => "as written".to_string(),
        n => format!("{n}× slower"),
    }
}

/// What can be written; `code` draws what is typed as it stands.
pub fn language<H>(code: impl Fn(&'static str) -> H) -> Vec<Piece<H>> {
    let text: [(&str, &str); 18] = [
        (
            "One statement a line; what stands further in belongs to the line above. A command in capitals waits for its reply: ",
            "reply = GET k",
        ),
        (", or ", "try GET k"),
        (" where an error is a reply like any other. ", "forever"),
        (", ", "times 10"),
        (", ", "for entry in reply.entries"),
        (", ", "for i in 1..10"),
        (", ", "if reply is nil"),
        (" (", "is not, empty, error, < > <= >=, if 1 in 5"),
        ("), ", "else"),
        (", ", "let n = {n} + 1"),
        (", ", "wait 50ms..200ms"),
        (", ", "message = receive"),
        (", ", "fail 1 in 5"),
        (" (gives the round up), ", "next"),
        (", ", "leave"),
        (", ", "stop"),
        (", ", "crash"),
        (
            ". In words: ",
            "{reply.2.1} {entry.id} {entry.field} {entry.fields} {list.count} {1..100} {ann|bob} {me} {now}",
        ),
    ];
    let mut pieces: Vec<Piece<H>> = text
        .into_iter()
        .flat_map(|(before, typed)| [say(before), show(code(typed))])
        .collect();
    pieces.push(say("."));
    pieces
}
