//! The inspector of a string.

use super::{Piece, counted, say, show};
use crate::app::format;
use crate::session::message::BitField;

pub const EARLIER_BITS: &str = "Earlier bits";
pub const LATER_BITS: &str = "Later bits";
pub const OFFSET: &str = "offset";
pub const OFFSET_OF_A_BIT: &str = "Offset of a bit";
pub const THE_BITS: &str = "the bits";
pub const BIT_ZERO: &str = "Bit 0 is the highest bit of the first byte. What SETBIT, GETBIT or BITFIELD touches is outlined.";

pub fn bits_shown(first: u64, last: u64, of: u64) -> String {
    format!(
        "bits {} to {} of {}",
        format::count(first),
        format::count(last),
        format::count(of)
    )
}

pub fn set_in_view(set: u64, of: u64) -> String {
    format!(
        "{} of the {} in view are set. ",
        format::count(set),
        format::count(of)
    )
}

pub const BITCOUNT_OF_THESE: &str = "BITCOUNT of these";

pub fn set_in_all(set: Option<u64>, of: u64) -> String {
    match set {
        Some(set) => format!(
            "{} of all {} are set. ",
            format::count(set),
            format::count(of)
        ),
        None => "All of them are too many to be counted at each change. ".to_string(),
    }
}

pub fn first_set(at: Option<u64>, looked_at_all: bool) -> String {
    first("The first that is set", at, looked_at_all)
}

pub fn first_not_set(at: Option<u64>, looked_at_all: bool) -> String {
    first("The first that is not set", at, looked_at_all)
}

fn first(what: &str, at: Option<u64>, looked_at_all: bool) -> String {
    match at {
        Some(at) => format!("{what} is bit {}. ", format::count(at)),
        None if looked_at_all => format!("{what}: there is none. "),
        None => format!("{what} is none of the first 33,554,432. "),
    }
}

/// After who touched the field.
pub fn touched_bits<H>(field: &BitField, value: H) -> Vec<Piece<H>> {
    let place = format::count(field.offset);
    let place = match (field.bits, field.signed) {
        (1, _) => format!(" at bit {place}"),
        (bits, true) => format!(" as i{bits} at bit {place}"),
        (bits, false) => format!(" as u{bits} at bit {place}"),
    };
    let did = if field.written { " wrote " } else { " read " };
    vec![say(did), show(value), say(place)]
}

pub fn bits_drawn(bits: u64, from: u64, set: u64) -> String {
    format!(
        "{} bits from bit {}, {} of them set",
        format::count(bits),
        format::count(from),
        format::count(set)
    )
}

pub const BITS_COLUMNS: [&str; 4] = ["From bit", "Bits", "Hex", "Last touched"];

pub fn touched_from(field: &BitField) -> String {
    let did = if field.written { "written" } else { "read" };
    format!("{did} from {}", field.offset)
}

pub const JSON_TOO_LONG: &str =
    "Too long to be laid out here: JSON is read where all of it is in view.";

pub fn not_json(line: usize, column: usize, why: &str) -> String {
    format!("Not JSON. At line {line}, column {column}: {why}.")
}

pub fn json_members(n: usize) -> String {
    counted(n as u64, "member", "members")
}

pub fn json_elements(n: usize) -> String {
    counted(n as u64, "element", "elements")
}

pub const NUMBER: &str = "Number";
pub const JSON: &str = "JSON";
pub const TEXT: &str = "Text";
pub const BITS: &str = "Bits";
pub const EMPTY: &str = "An empty string.";
pub const VIEWS: &str = "Views of the string";
pub const THE_VALUE: &str = "the value";
pub const VALUE: &str = "Value";
pub const SHOW_MORE: &str = "Show more";
pub const SMALLEST: &str = "smallest";
pub const LARGEST: &str = "largest";
pub const ROOM_FOR_INCR: &str = "room for INCR";
pub const NO_WHOLE_NUMBER: &str =
    "No whole number of 64 bits as INCR writes them: INCR refuses it, INCRBYFLOAT takes it.";
pub const NO_NUMBER: &str = "No number: INCR and INCRBYFLOAT refuse it.";
pub const WHOLE_NUMBER: &str =
    "A whole number of 64 bits. INCR beyond the limits is an error, and changes nothing.";
pub const NO_EXPIRY: &str = "It does not expire. ";

pub const KIND: &str = "string";

pub fn the_first(bytes: usize, of: usize) -> String {
    format!(
        "The first {} of {} bytes. ",
        format::count(bytes as u64),
        format::count(of as u64)
    )
}

pub fn bytes(n: usize) -> String {
    counted(n as u64, "byte", "bytes")
}

/// What it takes with all that belongs to it.
pub fn in_all(bytes: usize) -> String {
    format!("{} in all", format::bytes(bytes as u64))
}

pub fn number_added<H>(who: H, by: H, from: &str, to: &str) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" added "),
        show(by),
        say(format!(": {from} → {to}. ")),
    ]
}

pub fn number_made<H>(who: H, by: H, to: &str) -> Vec<Piece<H>> {
    vec![
        show(who),
        say(" added "),
        show(by),
        say(format!(
            " to a key that was not there, which counts as 0: {to}. "
        )),
    ]
}
