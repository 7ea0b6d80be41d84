//! The timeline, and the history behind its button.

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
