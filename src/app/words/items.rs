//! The inspectors of lists, sets and hashes.

use super::{Piece, counted, say, show};
use crate::app::format;

pub const MEMBERS: &str = "Members";
pub const VIEWS: &str = "Views of the set";
pub const WITH_ANOTHER: &str = "With another set";
pub const MEMBERS_IN_VIEW: &str = "the members in view";
pub const HEAD: &str = "Head";
pub const TAIL: &str = "Tail";
pub const ROWS_IN_VIEW: &str = "the rows in view";
pub const COMPARISON: &str = "Comparison";
pub const IS_IT_A_MEMBER: &str = "Is it a member? One look, however large the set: ";
pub const A_FIELD_CAN_EXPIRE: &str = "A field can expire by itself: ";
pub const BOTH_ENDS_ARE_QUICK: &str = "Both ends are quick; take one from the tail: ";

/// What the page says of one of the three.
pub struct Items {
    pub kind: &'static str,
    one: &'static str,
    many: &'static str,
    pub label: &'static str,
    pub columns: &'static [&'static str],
}

impl Items {
    pub fn sized(&self, n: usize) -> String {
        counted(n as u64, self.one, self.many)
    }
}

pub const SET: Items = Items {
    kind: "set",
    one: "member",
    many: "members",
    label: MEMBERS,
    columns: &["Member"],
};
pub const HASH: Items = Items {
    kind: "hash",
    one: "field",
    many: "fields",
    label: "Fields with their values",
    columns: &["Field", "Value", "Expires"],
};
pub const LIST: Items = Items {
    kind: "list",
    one: "element",
    many: "elements",
    label: "Elements, from the head",
    columns: &["Index", "From the tail", "Element", "End"],
};

/// The columns of what is copied.
pub const SET_COLUMNS: [&str; 1] = ["Member"];
pub const HASH_COLUMNS: [&str; 3] = ["Field", "Value", "Expires at (ms)"];
pub const LIST_COLUMNS: [&str; 2] = ["Index", "Element"];

pub const AT_HEAD: &str = "head";
pub const AT_TAIL: &str = "tail";
pub const HEAD_AND_TAIL: &str = "head, tail";
/// After who did.
pub const PUSHED: &str = " pushed ";

pub fn in_nodes(n: usize) -> String {
    format!(" in {}", counted(n as u64, "node", "nodes"))
}

fn end(head: bool) -> &'static str {
    if head { "head" } else { "tail" }
}

fn elements(n: usize) -> String {
    counted(n as u64, "element", "elements")
}

pub fn put<H>(who: H, count: usize, head: bool) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(format!(" put {} at the {}", elements(count), end(head))),
    ]
}

/// `last` is named where it was the only one.
pub fn took<H>(who: H, count: usize, last: &str, head: bool) -> Vec<Piece<H>> {
    let what = if count == 1 {
        last.to_string()
    } else {
        elements(count)
    };
    vec![
        show(who),
        say(format!(" took {what} from the {}", end(head))),
    ]
}

/// The first `names` of `count` fields.
pub fn fields_expired<H>(mut names: Vec<String>, count: usize, time: H) -> Vec<Piece<H>> {
    if count > names.len() {
        names.push(format!("{} more", count - names.len()));
    }
    vec![
        say(format!("{} expired ", names.join(", "))),
        show(time),
        say(" ago"),
    ]
}

pub const NO_OTHER_SET: &str = "There is no other set in this database. Make one: ";
pub const THE_OTHER_SET: &str = "The other set";
pub const CHOOSE_A_SET: &str = "choose a set";
pub const ONLY_HERE: &str = "only here";
pub const IN_BOTH: &str = "in both";
pub const ONLY_THERE: &str = "only there";
pub const ALL_OF_THEM: &str = "All of them: ";
pub const THE_OVERLAP: &str = "the overlap";

/// Before the other set.
pub const WITH: &str = "with";

pub fn is_missing(key: &str) -> String {
    format!("{key} is not there, which counts as an empty set.")
}

pub fn is_no_set(key: &str, kind: &str) -> String {
    format!("{key} is a {kind}: a set cannot be joined with it.")
}

pub fn too_many(members: usize) -> String {
    format!(
        "The smaller of the two has {} members, too many to look up at each change. Ask once: ",
        format::count(members as u64)
    )
}

pub fn looked_up(members: usize) -> String {
    format!(
        "Exact: {} of the smaller set looked up in the other.",
        counted(members as u64, "member", "members")
    )
}

pub fn circles([here, both, there]: [&str; 3], [one, other]: [&str; 2]) -> String {
    format!("Two circles: {here} only in {one}, {both} in both, {there} only in {other}")
}

pub const OVERLAP_COLUMNS: [&str; 2] = ["Part", "Members"];

pub fn only_in(key: &str) -> String {
    format!("only in {key}")
}

pub fn overlap<H>(this: H, [here, both, there]: [&str; 3], other: H) -> Vec<Piece<H>> {
    vec![
        show(this),
        say(format!(
            " {here} only here · {both} in both · {there} only there "
        )),
        show(other),
    ]
}

pub fn scale(to_scale: bool) -> &'static str {
    if to_scale {
        " · areas to scale"
    } else {
        " · areas not to scale, or the smaller would not be seen"
    }
}
