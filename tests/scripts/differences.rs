//! What the engine answers otherwise than Valkey 9.1, each with its reason. `docs/compatibility.md` has this list.

use crate::case::Case;
use crate::frame::Frame;

/// A difference that is known and accepted.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    /// What differs.
    pub name: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Brings two replies closer together where the difference is the known one, and leaves any other. The
    /// second is the reference's.
    pub apply: fn(&Case, &mut Frame, &mut Frame),
}

/// Every difference that is let pass.
pub const KNOWN: &[Difference] = &[Difference {
    name: "order of FUNCTION LIST",
    reason: "the reference's order is that of its hash table, which is seeded at start",
    apply: |_, ours, theirs| [ours, theirs].into_iter().for_each(sort_functions),
}];

/// Sorts lists of what begins with its name: libraries and functions.
pub fn sort_functions(frame: &mut Frame) {
    let Some(items) = frame.items_mut() else {
        return;
    };
    items.iter_mut().for_each(sort_functions);
    let first = |item: &Frame| {
        item.items()
            .first()
            .and_then(Frame::text)
            .map(<[u8]>::to_vec)
    };
    let named = |item: &Frame| matches!(first(item).as_deref(), Some(b"name" | b"library_name"));
    if items.len() > 1 && items.iter().all(named) {
        items.sort_by_key(ToString::to_string);
    }
}

/// Writes every address that a text shows of a Lua value as one and the same.
pub fn without_addresses(frame: &mut Frame) {
    match frame {
        Frame::List(_, items) => items.iter_mut().for_each(without_addresses),
        Frame::Text(_, text) => {
            let mut at = 0;
            while let Some(found) = text[at..].windows(4).position(|w| w == b": 0x") {
                let from = at + found + 4;
                let digits = text[from..]
                    .iter()
                    .take_while(|b| b.is_ascii_hexdigit())
                    .count();
                text.drain(from..from + digits);
                at = from;
            }
        }
        _ => {}
    }
}
