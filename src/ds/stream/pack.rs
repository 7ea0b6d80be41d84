//! How a block packs numbers and byte strings, and how large the reference would make the same node.

use crate::ds::bytes::Bytes;

/// First bytes up to this one are the length of a short string.
const SHORT: u8 = 0xEF;
/// A longer string: a varint length follows.
const LONG: u8 = 0xF0;
// 0xF1..=0xF8: a decimal integer, held as that many little-endian two's complement bytes (1 to 8).

/// Appends `number` in 7-bit groups, lowest first (LEB128): 1 to 10 bytes.
pub(super) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a byte string, as a binary integer where that is shorter.
pub(super) fn put_item(out: &mut Vec<u8>, item: &[u8]) {
    if let Some(number) = canonical_int(item) {
        let width = int_width(number);
        if width < item.len() {
            out.push(LONG + width as u8);
            out.extend(number.to_le_bytes().into_iter().take(width));
            return;
        }
    }
    if item.len() <= SHORT as usize {
        out.push(item.len() as u8);
    } else {
        out.push(LONG);
        put_varint(out, item.len() as u64);
    }
    out.extend_from_slice(item);
}

/// Reads what the functions above wrote. Past the end it reads zeros and empty strings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&byte, rest)) => {
                self.0 = rest;
                byte
            }
            None => 0,
        }
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        head
    }

    pub(super) fn varint(&mut self) -> u64 {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    /// The raw bytes of the next item, and whether they are a binary integer.
    fn raw_item(&mut self) -> (&'a [u8], bool) {
        match self.byte() {
            len @ ..=SHORT => (self.take(len as usize), false),
            LONG => {
                let len = self.varint() as usize;
                (self.take(len), false)
            }
            tag => (self.take((tag - LONG) as usize), true),
        }
    }

    pub(super) fn item(&mut self) -> Bytes {
        let (raw, is_int) = self.raw_item();
        if !is_int {
            return Bytes::from_slice(raw);
        }
        let sign = if raw.last().is_some_and(|top| top & 0x80 != 0) {
            0xFF
        } else {
            0
        };
        let mut wide = [sign; 8];
        for (to, from) in wide.iter_mut().zip(raw) {
            *to = *from;
        }
        Bytes::from_slice(i64::from_le_bytes(wide).to_string().as_bytes())
    }

    pub(super) fn skip_item(&mut self) {
        self.raw_item();
    }
}

/// The integer that `item` spells, if it spells it the one way an integer prints: no `+`, no leading zeros, no `-0`.
fn canonical_int(item: &[u8]) -> Option<i64> {
    match item {
        [b'0'] => return Some(0),
        [b'1'..=b'9', ..] | [b'-', b'1'..=b'9', ..] if item.len() <= 20 => {}
        _ => return None,
    }
    std::str::from_utf8(item).ok()?.parse().ok()
}

/// The fewest bytes that hold `number` in two's complement.
fn int_width(number: i64) -> usize {
    let magnitude = if number < 0 { !number } else { number };
    (64 - magnitude.leading_zeros() as usize) / 8 + 1
}

/// Sizes in bytes of the reference's listpack, the packed list that one stream node is there
/// (<https://github.com/antirez/listpack/blob/master/listpack.md>). Whether a node is full depends on them.
pub(super) mod listpack {
    /// A listpack without elements: its header and end marker.
    pub(in super::super) const EMPTY: usize = 7;

    /// An element that is a number.
    pub(in super::super) fn int(number: i64) -> usize {
        let encoded = match number {
            0..=127 => 1,
            -4096..=4095 => 2,
            -32_768..=32_767 => 3,
            -8_388_608..=8_388_607 => 4,
            -2_147_483_648..=2_147_483_647 => 5,
            _ => 9,
        };
        encoded + 1
    }

    /// An element that is a byte string; one that spells an integer is stored as the integer.
    pub(in super::super) fn item(item: &[u8]) -> usize {
        if let Some(number) = super::canonical_int(item) {
            return int(number);
        }
        let encoded = match item.len() {
            len @ ..64 => 1 + len,
            len @ ..4096 => 2 + len,
            len => 5 + len,
        };
        // Each element is followed by its own length, so that the list can be read backwards.
        encoded
            + match encoded {
                0..=127 => 1,
                128..16_383 => 2,
                16_383..2_097_151 => 3,
                2_097_151..268_435_455 => 4,
                _ => 5,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_are_held_in_binary_where_that_is_shorter() {
        let size = |item: &[u8]| {
            let mut out = Vec::new();
            put_item(&mut out, item);
            out.len()
        };
        assert_eq!(size(b"7"), 2);
        assert_eq!(size(b"127"), 2);
        assert_eq!(size(b"128"), 3);
        assert_eq!(size(b"-128"), 2);
        assert_eq!(size(b"1700000000000"), 7);
        assert_eq!(size(b"-9223372036854775808"), 9);
        assert_eq!(size(b"9223372036854775808"), 20);
        assert_eq!(size(b"007"), 4);
        assert_eq!(size(b""), 1);
    }

    fn any_item() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            any::<i64>().prop_map(|n| n.to_string().into_bytes()),
            (-300i64..300).prop_map(|n| n.to_string().into_bytes()),
            (any::<i64>(), 0u32..63).prop_map(|(n, shift)| (n >> shift).to_string().into_bytes()),
            "[-+]?[0-9]{0,22}".prop_map(String::into_bytes),
        ]
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(items in proptest::collection::vec(any_item(), 0..8), numbers in proptest::collection::vec((any::<u64>(), 0u32..64), 0..8)) {
            let mut out = Vec::new();
            for item in &items {
                put_item(&mut out, item);
            }
            for (number, shift) in &numbers {
                put_varint(&mut out, number >> shift);
            }
            let mut reader = Reader(&out);
            let mut skipper = Reader(&out);
            for item in &items {
                prop_assert_eq!(&reader.item().to_vec(), item);
                skipper.skip_item();
                prop_assert_eq!(reader.0.len(), skipper.0.len());
            }
            for (number, shift) in &numbers {
                prop_assert_eq!(reader.varint(), number >> shift);
            }
            prop_assert!(reader.0.is_empty());
        }
    }
}
