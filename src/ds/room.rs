//! Memory as it is estimated: by what there is alone, so that a copy is told to be as large as what it was
//! copied from. (What is really held is a matter of how it grew, and a copy is packed anew.)

use super::bytes::Bytes;

/// The slots of a list of this length that grew an element at a time.
pub fn of_list(len: usize) -> usize {
    match len {
        0 => 0,
        _ => len.next_power_of_two().max(4),
    }
}

/// The slots of a hash table of this length: at most seven eighths are in use, and there is a power of two.
pub fn of_table(len: usize) -> usize {
    match len {
        0 => 0,
        1..=7 => len.next_power_of_two().max(4),
        _ => (len * 8 / 7).next_power_of_two() / 8 * 7,
    }
}

/// The bytes that stand on the heap by themselves.
pub fn of_bytes(bytes: &Bytes) -> usize {
    match bytes.len() > bytes.inline_size() {
        true => bytes.len(),
        false => 0,
    }
}

/// A copy of a list with as much room as it has.
pub fn copy<T: Clone>(list: &Vec<T>) -> Vec<T> {
    let mut copy = Vec::with_capacity(list.capacity());
    copy.extend_from_slice(list);
    copy
}
