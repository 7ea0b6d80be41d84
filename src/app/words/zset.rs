//! The inspector of a sorted set.

use super::{Piece, counted, say, show};
use crate::app::format;

pub const NO_WAY: &str = "It took no way through the order: the range is empty, or scores differ, and a range by member then goes from one member to the next.";
pub const LOOKING: &str = "Looking for the way…";
pub const CHANGED_SINCE: &str = "The set has changed since: this is the way now.";
pub const WAY_TO_NOW: &str = "The way shown is the one to where it stands now.";
pub const COUNTS_READ: &str = "counts read";
pub const COMPARISONS: &str = "comparisons";
pub const NOT_THERE: &str = "It is not there any more.";
pub const WAY: &str = "way through the order";
pub const LOWEST_AT_LEFT: &str = "lowest scores at the left";
pub const PAST_THE_LAST: &str = "past the last";
pub const TO_SCALE: &str = "What it took, to scale";
pub const THE_SAME_MAGNIFIED: &str = "The same, magnified";

/// Before commands to be typed.
pub const ASK_WHERE: &str =
    "Ask where a member stands, or for a range, and see the way that is taken through the order:";

pub fn last_lookup(what: &str) -> String {
    format!("The last lookup {what}.")
}

/// After the sign of it, as the next one.
pub fn legend_taken(by_count: bool) -> &'static str {
    if by_count {
        " taken"
    } else {
        " taken, or found"
    }
}

pub const LEGEND_COMPARED: &str = " compared";

/// How a way leads to its place: by adding up counts, or by comparing; in one node, or in several.
pub fn explained(by_count: bool, single: bool) -> &'static str {
    match (by_count, single) {
        (true, true) => {
            "A node holds up to 64 members. This set has only one node, and a rank is a place in it."
        }
        (true, false) => {
            "Every node knows how many members are under each of its children. Adding these up from the left leads to a rank, without a look at any member."
        }
        (false, true) => {
            "A node holds up to 64 members. This set has only one node, in which each comparison halves what is left."
        }
        (false, false) => {
            "In every node each comparison halves what is left, and one child remains. The counts of the children passed over on the left add up to the rank."
        }
    }
}

pub const TO_LOWER_END: &str = "To the lower end";
pub const TO_UPPER_END: &str = "To the upper end";

pub fn to(sought: &str) -> String {
    format!("To {sought}")
}

pub fn counts_read(n: usize) -> String {
    format!("{n} counts read")
}

pub fn comparisons(n: usize) -> String {
    match n {
        1 => "1 comparison".into(),
        n => format!("{n} comparisons"),
    }
}

/// Before a number of members.
pub const LEFT_OF_IT: &str = "left of it: ";
/// Before a number of members.
pub const RIGHT_OF_IT: &str = "right of it: ";

pub fn magnified(times: u64) -> String {
    format!("The first two, magnified {} times:", format::count(times))
}

pub const SEARCH_AROUND: &str = "Search around a place: ";

pub fn places_drawn(n: usize, of: usize) -> String {
    format!(
        "{} of {} places are drawn.",
        format::count(n as u64),
        format::count(of as u64)
    )
}

pub fn places(n: usize) -> String {
    format!("{}.", counted(n as u64, "place", "places"))
}

/// `beyond`: it goes round a pole. `changed`: what was found then may not be what lies within.
pub fn searched(area: &str, lit: usize, beyond: bool, changed: bool) -> String {
    format!(
        " The last search was {area}: {} lit.{}{}",
        format::count(lit as u64),
        if beyond {
            " It goes round a pole and has no line on this map."
        } else {
            ""
        },
        if changed {
            " The set has changed since: lit is what lies within now."
        } else {
            ""
        },
    )
}

/// The map as a sentence.
pub fn map(places: &str, searched: &str) -> String {
    format!("Map. {places}{searched}")
}

pub const THE_MAP: &str = "map";

pub const ALL_EQUAL: &str = "All scores are equal: there is no range of them to choose.";
pub const INFINITE: &str = "A score is infinite: sliders have no scale for that.";
pub const LOWEST: &str = "Lowest";
pub const HIGHEST: &str = "Highest";

/// `cut`: the command that is proposed reads no more than 100.
pub fn between(members: usize, cut: bool) -> String {
    let count = format::count(members as u64);
    match (members, cut) {
        (1, _) => "1 member lies between them.".to_owned(),
        (_, true) => format!("{count} members lie between them; the command reads the first 100."),
        (_, false) => format!("{count} members lie between them."),
    }
}

pub const WHAT_IS_SHOWN: &str = "What is shown";
pub const RANKS: &str = "Ranks";
pub const SCORE_RANGE: &str = "Score range";
pub const HOW: &str = "How";
pub const MAP: &str = "Map";
pub const RANKS_IN_VIEW: &str = "the ranks in view";
pub const MEMBERS: &str = "Members, highest score first";
pub const HOW_IT_IS_FOUND: &str = "How it is found";
pub const PLACES: &str = "Places";
pub const SHOW: &str = "Show";
pub const SHOW_IT: &str = "Show it";
pub const TIED: &str = "The same score as a neighbour: ordered by the bytes of the members";
pub const TIE: &str = "tie: ordered by bytes";
pub const CHANGE_A_SCORE: &str = "Change a score and watch the ranks: ";

pub fn members(n: usize) -> String {
    counted(n as u64, "member", "members")
}

pub const KIND: &str = "sorted set";
pub const COLUMNS: [&str; 5] = ["Rank", "Movement", "Member", "Bar", "Score"];
pub const COPIED_COLUMNS: [&str; 3] = ["Rank", "Member", "Score"];

fn among(comparisons: u32, of: usize) -> String {
    format!(
        "{} among {} members",
        self::comparisons(comparisons as usize),
        format::count(of as u64)
    )
}

/// What was read last, after who did; as the next ones.
pub fn read_places(area: &str, found: usize, examined: usize, of: usize) -> String {
    format!(
        "searched {area}: {} found, after a look at {} of {} members.",
        format::count(found as u64),
        format::count(examined as u64),
        format::count(of as u64)
    )
}

pub fn read_rank(what: &str, comparisons: u32, of: usize) -> String {
    format!("{what}: {}.", among(comparisons, of))
}

pub fn read_by_rank(what: &str) -> String {
    format!("{what}. Ranks are found by adding up counts; no members were compared.")
}

pub fn read_range(what: &str, comparisons: u32, of: usize) -> String {
    format!("{what}: {} found both ends.", among(comparisons, of))
}

/// After a member.
pub const IN_THE_RANGE: &str = ", in the range";
/// Before how many places it moved.
pub const UP: &str = "up";
/// Before how many places it moved.
pub const DOWN: &str = "down";
pub const NEW: &str = "new";

/// Ranks count from 0, and are said from 1.
fn place(rank: usize) -> String {
    format::ordinal(rank as u64 + 1)
}

pub fn moved<H>(
    who: H,
    member: H,
    [from, to]: [usize; 2],
    comparisons: u32,
    of: usize,
) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" moved "),
        show(member),
        say(format!(
            " from {} to {}: {}.",
            place(from),
            place(to),
            among(comparisons, of)
        )),
    ]
}

pub fn score_set<H>(
    who: H,
    member: H,
    score: f64,
    rank: usize,
    comparisons: u32,
    of: usize,
) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" set "),
        show(member),
        say(format!(
            " to {}; it stays {}: {}.",
            format::score(score),
            place(rank),
            among(comparisons, of)
        )),
    ]
}

/// `member` is the last of several.
pub fn members_added<H>(
    who: H,
    member: H,
    rank: usize,
    comparisons: u32,
    of: usize,
) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" added members; the last, "),
        show(member),
        say(format!(
            ", came in {}: {}.",
            place(rank),
            among(comparisons, of)
        )),
    ]
}

pub fn member_added<H>(
    who: H,
    member: H,
    rank: usize,
    comparisons: u32,
    of: usize,
) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" added "),
        show(member),
        say(format!(
            ", which came in {}: {}.",
            place(rank),
            among(comparisons, of)
        )),
    ]
}

pub fn members_removed<H>(who: H, count: u64) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(format!(" removed {}.", counted(count, "member", "members"))),
    ]
}
