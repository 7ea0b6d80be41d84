//! The inspector of a HyperLogLog.

use super::{Piece, common, counted, say, show};
use crate::app::format;

pub const ESTIMATED: &str = "estimated";
pub const TRUTH_UNKNOWN: &str = " · the true count is not known to the page";

/// `off_by` says [`off_by`].
pub fn truth<H>(truth: usize, off_by: H) -> Vec<Piece<H>> {
    vec![
        say(format!(
            " · ▲ true count {} · ",
            format::count(truth as u64)
        )),
        show(off_by),
    ]
}

pub fn off_by<H>(percent: H) -> Vec<Piece<H>> {
    vec![say("off by "), show(percent)]
}

/// The band around the estimate, as a sentence.
pub fn band(one: &str, two: &str, truth: Option<usize>) -> String {
    let truth = truth.map_or_else(String::new, |truth| {
        format!(" True count: {}.", format::count(truth as u64))
    });
    format!("One standard error, 0.81 %, either way: {one}. Two: {two}.{truth}")
}

pub const VALUES: &str = "register values";
pub const VALUES_COLUMNS: [&str; 3] = ["Register value", "Registers", "Which"];

/// The first of `all` registers; none where they need not be named.
pub fn which(first: &[usize], all: usize) -> String {
    let mut named: Vec<_> = first.iter().map(|&at| format::count(at as u64)).collect();
    if !named.is_empty() && named.len() < all {
        named.push(common::and_more(all - named.len()));
    }
    named.join("; ")
}

pub fn at_zero(registers: usize) -> String {
    format!("{} at 0", format::count(registers as u64))
}

pub const VALUE_ZERO: &str = "register value 0";
pub const DENSE: &str = "Dense";
pub const SPARSE: &str = "Sparse";

pub fn bytes_of(bytes: usize, sparse_max: usize) -> String {
    format!(
        "{} of {} bytes, then it turns dense (12,304)",
        format::count(bytes as u64),
        format::count(sparse_max as u64)
    )
}

pub fn bytes_dense(bytes: usize) -> String {
    format!(
        "{} bytes: six bits for each register, whatever it counts",
        format::count(bytes as u64)
    )
}

pub const THIS: &str = "This";
pub const AS_A_SET: &str = "As a SET";

pub fn bytes_as_set(bytes: usize, exact: bool) -> String {
    let known = if exact {
        "what MEMORY USAGE would say here of the same elements, added one at a time"
    } else {
        "what MEMORY USAGE would say here; after a merge by the average length of the elements"
    };
    format!("{}: {known}", format::bytes(bytes as u64))
}

pub const ANY_TEXT: &str = "any text";
pub const FOLLOW: &str = "Follow";
pub const FOLLOW_AN_ELEMENT: &str = "Follow an element";
pub const NOTHING_FOLLOWED: &str = "Type an element, or show it one with PFADD.";

pub fn hashed<H>(element: H, hash: H) -> Vec<Piece<H>> {
    vec![
        say("MurmurHash64A of "),
        show(element),
        say(": 64 bits, "),
        show(hash),
    ]
}

pub fn hash_in_bits(bits: &str) -> String {
    format!("The hash in bits: {bits}")
}

pub fn index<H>(bits: H, register: H) -> Vec<Piece<H>> {
    vec![
        say("The last 14 bits, "),
        show(bits),
        say(", choose register "),
        show(register),
        say("."),
    ]
}

/// `zeros` are those before the first one-bit; of 50 bits, all may be zeros.
pub fn rank<H>(zeros: u32, place: H) -> Vec<Piece<H>> {
    let run = match zeros {
        0 => "no zero".into(),
        1 => "1 zero".into(),
        n => format!("{n} zeros"),
    };
    let found = if zeros >= 50 {
        "and no one-bit at all"
    } else {
        "then the first one-bit"
    };
    vec![
        say(format!(
            "From there to the left: {run}, {found}. Its place, "
        )),
        show(place),
        say(", is what the register is offered."),
    ]
}

pub const POINT: &str = "Point at a register, or use the arrow keys.";
pub const REGISTER_MAP: &str = "Register map";

pub fn holds(register: usize, value: u8) -> String {
    format!("Register {} holds {value}.", format::count(register as u64))
}

pub fn holds_both(register: usize, here: u8, there: u8) -> String {
    format!(
        "Register {}: {here} here, {there} there.",
        format::count(register as u64)
    )
}

/// Before a command that makes one.
pub const NO_OTHER: &str = "There is no other HyperLogLog. Make one: ";

pub const MERGE_WITH: &str = "Merge with";
pub const CHOOSE_A_KEY: &str = "choose a key";
pub const A_MERGE_TAKES: &str = "A merge takes, for each register, the greater of two.";

pub fn of_both(truth: Option<usize>, here: u64, there: u64) -> String {
    let truth = truth.map_or_else(String::new, |truth| {
        format!(" · true count {}", format::count(truth as u64))
    });
    format!(
        "estimated of both together{truth}; {} here, {} there. Nothing is changed.",
        format::count(here),
        format::count(there)
    )
}

pub const REGISTERS_OF_BOTH: &str = "registers of both";
pub const WHERE_THEY_COME_FROM: &str = "Where the registers of the merge come from";

pub fn from_this(registers: &str) -> String {
    format!("{registers} from this one")
}

pub fn from_other(registers: &str) -> String {
    format!("{registers} from the other")
}

pub fn same_in_both(registers: &str) -> String {
    format!("{registers} the same in both")
}

pub fn zero_in_both(registers: &str) -> String {
    format!("{registers} at 0 in both")
}

pub const MERGE_COLUMNS: [&str; 4] = ["Register", "This", "Other", "Merged"];

pub const KIND: &str = "HyperLogLog";

pub fn form(dense: bool) -> &'static str {
    if dense { "dense" } else { "sparse" }
}

pub fn what_it_counts(key: &str) -> String {
    format!("What {key} counts")
}

pub const BESIDE_THE_REGISTERS: &str = "What stands beside the registers";
pub const COUNT: &str = "Count";
pub const ELEMENT: &str = "Element";
pub const MERGE: &str = "Merge";
pub const COUNT_ANOTHER: &str = "Count another visitor: ";

pub fn counted_elements<H>(who: H, elements: usize, grew: bool, dense: bool) -> Vec<Piece<H>> {
    let elements = counted(elements as u64, "element", "elements");
    let effect = if grew {
        "; a register grew, so the estimate may have moved."
    } else {
        "; no register grew: they were counted before, or hid behind others."
    };
    let size = if dense {
        " It stays at 12 KB whatever it counts."
    } else {
        " It never passes 12 KB, whatever it counts."
    };
    vec![
        show(who),
        say(format!(" showed it {elements}{effect}{size}")),
    ]
}
