//! The inspector of a lock.

use super::{Piece, say, show};
use crate::app::format;

pub const NEVER_ASKED: &str = "Nobody has asked for it since the page opened.";
pub const WHAT_HAPPENED: &str = "What happened to the lock, newest first";
pub const RELEASED: &str = "released it";
pub const RAN_OUT: &str = "ran out: free again";
pub const EVICTED: &str = "was evicted, since memory was full: free again";

/// How often, where that is more than once.
fn often(times: u32) -> String {
    match times {
        1 => String::new(),
        times => format!(" {} times", format::count(times.into())),
    }
}

pub fn took<H>(token: H) -> Vec<Piece<H>> {
    vec![say("took it, token "), show(token)]
}

/// `bad` marks what went wrong; so in what follows.
pub fn refused<H>(bad: impl Fn(&'static str) -> H, times: u32, left: Option<u64>) -> Vec<Piece<H>> {
    let often = often(times);
    let held = match left {
        Some(left) => format!("{often}, held for another {}", format::duration(left)),
        None => format!("{often}, it is held"),
    };
    vec![show(bad("refused")), say(held)]
}

pub fn extended(times: u32, left: u64) -> String {
    format!(
        "extended it{}: {} left",
        often(times),
        format::duration(left)
    )
}

pub fn made_endless(times: u32) -> String {
    format!("took away its TTL{}", often(times))
}

pub fn found_free<H>(bad: impl Fn(&'static str) -> H) -> Vec<Piece<H>> {
    vec![show(bad("found it free")), say(": no longer its own")]
}

pub fn read_another<H>(bad: impl Fn(&'static str) -> H, holder: H) -> Vec<Piece<H>> {
    vec![show(bad("read the token of")), say(" "), show(holder)]
}

pub fn wrote_over<H>(bad: impl Fn(&'static str) -> H) -> Vec<Piece<H>> {
    vec![show(bad("wrote over")), say(" its token")]
}

pub fn kept<H>(bad: impl Fn(&'static str) -> H) -> Vec<Piece<H>> {
    vec![show(bad("kept")), say(": wrong token")]
}

pub fn deleted<H>(bad: impl Fn(&'static str) -> H) -> Vec<Piece<H>> {
    vec![show(bad("deleted")), say(" it, asking for no token")]
}

pub const FREE: &str = "free";
pub const LOCK: &str = "Lock";

pub const KIND: &str = "lock";

pub fn held_by<H>(who: H) -> Vec<Piece<H>> {
    vec![say("held by "), show(who)]
}

pub fn the_token(token: &str) -> String {
    format!("The token: {token}")
}

pub const A_SCRIPT: &str = "a script";

/// `script` opens the editor and says [`A_SCRIPT`].
pub fn released_by<H>(command: H, script: H) -> Vec<Piece<H>> {
    vec![
        say("Only its token releases it: "),
        show(command),
        say(" (Valkey 9), or "),
        show(script),
        say("."),
    ]
}

/// Before the command that takes it.
pub const WHOEVER_COMES_FIRST: &str = "Whoever comes first takes it: ";

pub fn mistaken<H>(who: H, holder: H) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" still thinks that it holds it: nothing has told it that it is "),
        show(holder),
        say("’s now. Its plain DEL would delete it. "),
    ]
}

pub fn deleted_by_another<H>(by: H, owner: H) -> Vec<Piece<H>> {
    vec![
        show(by),
        say(" deleted the lock of "),
        show(owner),
        say(": DEL asks for no token. "),
    ]
}

pub fn refused_and_kept(refused: u64, kept: u64) -> String {
    format!(
        "{} refused, {} kept for a wrong token",
        format::count(refused),
        format::count(kept)
    )
}

pub fn tried(times: u32) -> String {
    match times {
        1 => "tried once".into(),
        times => format!("tried {} times", format::count(times.into())),
    }
}

pub fn last_tried(ago: u64) -> String {
    format!("last {} ago", format::duration(ago))
}

pub const WHO_WAS_REFUSED: &str = "Who was refused and has not had it since";
pub const STILL_TRYING: &str = "still trying";
pub const NO_TTL: &str = "no TTL";

pub const WITHOUT_TTL: &str = "held without a TTL";

pub fn left(left: u64, of: &str) -> String {
    format!("{} of {of} left", format::duration(left))
}

/// Below what is left.
pub fn of_left(of: &str) -> String {
    format!("of {of} left")
}

pub const NEVER_HAD: &str = "Nobody has had it since the page opened.";
pub const OWNERS_OVER_TIME: &str = "owners over time";
pub const HELD_FOR_IT: &str = "held for it";
pub const ONLY_THINKS_SO: &str = "only thinks so";

pub const NEVER_TWO: &str = "Never two owners at once.";
pub const AXIS_BEGINS: &str = "0 s";

pub fn axis_ends(length: u64, goes_on: bool) -> String {
    format!(
        "{}{}",
        format::duration(length),
        if goes_on { " and on" } else { "" }
    )
}

/// How often there were two before.
pub fn and_before(times: usize) -> String {
    match times {
        1 => ", and one time more".into(),
        n => format!(", and {n} times more"),
    }
}

/// "Two owners for 4.2 s", with "so far" while it lasts; who they were follows.
pub fn owners_for(count: &str, length: u64, lasts: bool) -> String {
    let mut sentence = format!(
        "{count} owners for {}{}:",
        format::duration(length),
        if lasts { " so far" } else { "" }
    );
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

pub fn who_at_once(owners_for: &str, who: &[String]) -> String {
    format!("{owners_for} {}.", who.join(" and "))
}

pub fn owners_in_order(owners: &[String], at_once: &str) -> String {
    format!("Owners, in order: {}. {at_once}", owners.join(", "))
}

pub const OWNERS_COLUMNS: [&str; 7] = [
    "Owner",
    "Token",
    "Took it",
    "Held for it",
    "Ended by",
    "Thought so for",
    "Extended",
];

pub fn so_far(length: &str) -> String {
    format!("{length} so far")
}

pub const HELD_NOW: &str = "held now";
pub const NOT_KNOWN: &str = "not known";
pub const TTL_RAN_OUT: &str = "its TTL ran out";
pub const IT_WAS_EVICTED: &str = "it was evicted, since memory was full";

pub fn released_it(who: &str) -> String {
    format!("{who} released it")
}

pub fn deleted_it(who: &str) -> String {
    format!("{who} deleted it")
}

pub fn wrote_over_it(who: &str) -> String {
    format!("{who} wrote over it")
}
