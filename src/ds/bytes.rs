//! The byte string that keys, members and fields are made of.

use smallvec::SmallVec;

/// A binary-safe string: up to 16 bytes are held in place, longer ones on the heap.
pub type Bytes = SmallVec<[u8; 16]>;
