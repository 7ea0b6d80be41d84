//! The timeline, and the history behind its button.

use super::{Piece, say, show};
use crate::app::format;

pub const HISTORY: &str = "History";
pub const GO_TO_AN_INPUT: &str = "Go to an input";
pub const NAME_THIS: &str = "name this moment";
pub const A_NAME: &str = "A name for this moment";
pub const NAME_IT: &str = "Name it";
pub const TAKE_NAME_AWAY: &str = "Take the name away";
pub const NAMED_MOMENTS: &str = "Moments with a name";
pub const OTHER_BRANCHES: &str = "Other branches";
pub const WHAT_HAPPENED: &str = "What happened";
pub const NOTHING_HAPPENED: &str = "Nothing yet: type a command in a console.";
pub const WHAT_HAPPENED_TABLE: &str = "what happened";
pub const WHAT_HAPPENED_COLUMNS: [&str; 3] = ["Time", "Client", "What"];
pub const WHAT_HAPPENED_ORDER: &str = "What happened, newest first";
pub const GO_ON_WITH_IT: &str = "Go on with it";
pub const DROP: &str = "Drop";
pub const THE_START: &str = "the start";
pub const WHERE_IT_STANDS: &str = "where it stands";
pub const THE_END: &str = "the end";
pub const COMPARE_TWO: &str = "Compare two moments";
pub const ONE_MOMENT: &str = "One moment";
pub const THE_OTHER_MOMENT: &str = "The other moment";
pub const COMPARE: &str = "Compare";
pub const WHAT_DIFFERS: &str = "What differs";
pub const THE_DIFFERENCES: &str = "what differs";
pub const CLOSE_DIFFERENCES: &str = "Close what differs";

pub fn input_at(input: usize, of: usize, at: &str) -> String {
    format!(
        "Input {} of {}, at {at}",
        format::count(input as u64),
        format::count(of as u64)
    )
}

/// A client's wait, or its time as a listener.
pub fn span(listening: bool, until: Option<&str>) -> String {
    let did = if listening { "listened" } else { "waited" };
    match until {
        Some(until) => format!("{did} until {until}"),
        None => format!("{did} from then on"),
    }
}

pub fn go_to(name: &str) -> String {
    format!("Go to {name}")
}

pub fn branch(name: &str, inputs: usize, end: &str) -> String {
    let inputs = format!(
        "{} more {}",
        format::count(inputs as u64),
        if inputs == 1 { "input" } else { "inputs" }
    );
    format!("{name}: {inputs} after that, up to {end}")
}

pub fn go_on_with(branch: &str) -> String {
    format!("Go on with {branch}")
}

pub fn drop_branch(branch: &str) -> String {
    format!("Drop {branch}")
}

/// Between [`ONE_MOMENT`] and [`THE_OTHER_MOMENT`].
pub const WITH: &str = "with";

pub fn differs_between(earlier: &str, later: &str, nothing: bool) -> String {
    match nothing {
        true => format!("Nothing differs between {earlier} and {later}."),
        false => format!("What differs between {earlier} and {later}:"),
    }
}

pub const TIMELINE: &str = "Timeline";
pub const FORK_HERE: &str = "Fork here";
pub const BACK_TO_NOW: &str = "Back to now";
pub const WAITS_FOR_SCRIPT: &str = "waits for the end of the script";
pub const EXPIRED_KEYS: &str = "Keys that expired";
pub const MOMENT: &str = "Moment of the session";
pub const UNDO_DOES: &str = "Back to before the last input (Ctrl-Z, .undo)";
pub const UNDO: &str = "Undo";
pub const REDO_DOES: &str = "On to the next input (Ctrl-Shift-Z, .redo)";
pub const REDO: &str = "Redo";
pub const NOBODY_ELSE: &str = "nobody else runs in here";

pub fn input_of(input: usize, of: usize) -> String {
    format!(
        "input {} of {}",
        format::count(input as u64),
        format::count(of as u64)
    )
}

pub fn you_look_at<H>(moment: H) -> Vec<Piece<H>> {
    vec![
        say("You look at "),
        show(moment),
        say(". What you type goes on from here, as a new branch."),
    ]
}

pub const SUBSCRIBED: &str = "subscribed";
pub const BLOCKED: &str = "blocked";

pub fn expired(key: &str) -> String {
    format!("{key} expired")
}

pub fn commands(n: usize) -> String {
    format!("{} commands", format::count(n as u64))
}

pub fn script_of(letter: &str, calls: usize) -> String {
    let calls = format!("{calls} {}", if calls == 1 { "call" } else { "calls" });
    format!("The script of {letter}, {calls}: nobody else runs in here")
}

pub const HOW_MUCH: &str = "How much the timeline shows";
pub const SHORTER: &str = "A shorter time";
pub const LONGER: &str = "A longer time";
pub const WHOLE: &str = "Whole";
pub const WHOLE_DOES: &str = "The whole session (0)";

pub fn shorter_does(shown: &str) -> String {
    format!("A shorter time (+); it shows {shown}")
}

pub fn longer_does(shown: &str) -> String {
    format!("A longer time (-); it shows {shown}")
}
