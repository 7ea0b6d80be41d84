//! Windows on strings: their first bytes, or some of their bits.

use serde::{Deserialize, Serialize};

use super::{LockView, Look, TextView};
use crate::ds::bits;
use crate::engine::db::{Entry, Witness};

/// The most bytes of a string that its window holds.
const TEXT_MAX: usize = 4096;
/// The most bytes of a string that cross, where more was asked for.
pub const WHOLE_MAX: usize = 64 * 1024;
/// The most bits that one window holds.
pub const BITS_MAX: u64 = 16_384;
/// In the first so many bytes of a string bits are counted and looked for; in more, nobody waits for that.
const COUNTED_MAX: usize = 4 * 1024 * 1024;

/// Some of a string's bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BitsView {
    /// The first bit in view, a multiple of 8.
    pub start: u64,
    /// The bits in view, eight to a byte, the first one the highest.
    pub bytes: Vec<u8>,
    /// How many of them are set.
    pub ones_in_view: u64,
    /// How many of all bits are set; `None`: they are too many to count each time.
    pub ones: Option<u64>,
    /// The first bit that is set, as far as it was looked for.
    pub first_one: Option<u64>,
    /// The first bit that is not, as far as it was looked for; the one after the last where all are set.
    pub first_zero: Option<u64>,
}

pub(super) fn view(key: &[u8], text: &[u8], entry: &Entry, look: &Look) -> TextView {
    let most = match look {
        Look::Whole => WHOLE_MAX,
        _ => TEXT_MAX,
    };
    TextView {
        len: text.len(),
        head: text.get(..most).unwrap_or(text).to_vec(),
        encoding: entry.text_encoding(key, text).to_string(),
        memory: entry.usage(key),
        bits: match look {
            Look::Bits { start, count } => Some(bits_view(text, *start, *count)),
            _ => None,
        },
        lock: match entry.witness.as_deref() {
            Some(&Witness::Lock { holder, since, ttl }) => Some(LockView { holder, since, ttl }),
            _ => None,
        },
    }
}

fn bits_view(text: &[u8], start: u64, count: u64) -> BitsView {
    let count = (count.min(BITS_MAX) / 8) as usize;
    // A window that would reach past the end ends there.
    let first = usize::try_from(start / 8)
        .unwrap_or(usize::MAX)
        .min(text.len().saturating_sub(count));
    let bytes = text
        .get(first..first.saturating_add(count).min(text.len()))
        .unwrap_or_default();
    let looked = text.get(..COUNTED_MAX).unwrap_or(text);
    let end = looked.len() as u64 * 8;
    let whole = looked.len() == text.len();
    BitsView {
        start: first as u64 * 8,
        bytes: bytes.to_vec(),
        ones_in_view: bits::count(bytes, 0, bytes.len() as u64 * 8),
        ones: whole.then(|| bits::count(looked, 0, end)),
        first_one: bits::position(looked, true, 0, end),
        first_zero: bits::position(looked, false, 0, end).or(whole.then_some(end)),
    }
}
