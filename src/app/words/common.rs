//! What several parts of the page say.

use super::{Piece, say, show};
use crate::app::format;

pub const PINNED: &str = "Pinned: it stays when other keys are touched";
pub const PIN_IT: &str = "Pin it, so that it stays when other keys are touched";
pub const CLOSE: &str = "Close";

pub fn pin(what: &str) -> String {
    format!("Pin {what}")
}

pub fn close(what: &str) -> String {
    format!("Close {what}")
}

pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied";
pub const REFUSED: &str = "Refused";

pub const CLIENT: &str = "Client ";
pub const TIME: &str = "time";
pub const TIME_TO_LIVE: &str = "time to live";
pub const LONG_UNACKNOWLEDGED: &str = "not acknowledged for long";
pub const TABLE: &str = "Table";

pub fn table_of(what: &str) -> String {
    format!("the table of {what}")
}

pub fn as_a_table(what: &str) -> String {
    format!("{what} as a table")
}

pub fn type_in_a_console(line: &str) -> String {
    format!("Type in a console: {line}")
}

/// "3 ago", where the time stands as it runs.
pub fn ago<H>(time: H) -> Vec<Piece<H>> {
    vec![show(time), say(" ago")]
}

/// What follows a list that was cut short.
pub fn and_more(n: usize) -> String {
    format!("and {} more", format::count(n as u64))
}

pub const GO: &str = "Go";

pub const LOADING: &str = "Loading";

pub const YES: &str = "yes";
pub const NO: &str = "no";
