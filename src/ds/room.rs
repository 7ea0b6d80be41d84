//! Memory as it is estimated: by what there is alone, so that a copy is told to be as large as what it was
//! copied from. (What is really held is a matter of how it grew, and a copy is packed anew.)

use smallvec::{Array, SmallVec};

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
pub fn of_bytes<A: Array>(bytes: &SmallVec<A>) -> usize {
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

/// What follows is about the reference: how many bytes it would take of its allocator for a value, about. It
/// is the same wherever this runs, and known in O(1), since a limit on memory goes by it.
///
/// Measured on Valkey 9.1: an allocation is a multiple of 16 and 8 bytes more.
pub const fn allocated(bytes: usize) -> usize {
    match bytes {
        0..=24 => 24,
        _ => (bytes - 8).next_multiple_of(16) + 8,
    }
}

/// Bytes of a string without an allocation of its own: its header, what it says, and a zero.
pub const fn string(len: usize) -> usize {
    let header = match len {
        0..32 => 1,
        32..256 => 3,
        256..65_536 => 5,
        _ => 9,
    };
    header + len + 1
}

/// Bytes of a hash table of so many elements, without them: seven stand in a bucket of 64 bytes.
pub const fn buckets(len: usize) -> usize {
    56 + 64 * len.div_ceil(7).next_power_of_two()
}
