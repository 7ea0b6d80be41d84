//! From an element to its register and its run of zeros.

use super::{INDEX_BITS, REGISTERS};

/// The reference's seed; another one would give other registers.
const SEED: u64 = 0xadc8_3b19;

/// Austin Appleby's MurmurHash64A (MurmurHash2 for 64-bit machines), little endian, with the reference's seed.
pub(super) fn murmur64a(data: &[u8]) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const R: u32 = 47;
    let mut h = SEED ^ (data.len() as u64).wrapping_mul(M);
    let (blocks, tail) = data.as_chunks::<8>();
    for block in blocks {
        let mut k = u64::from_le_bytes(*block).wrapping_mul(M);
        k ^= k >> R;
        h = (h ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    if !tail.is_empty() {
        let last = tail
            .iter()
            .rev()
            .fold(0, |sum, &byte| (sum << 8) | u64::from(byte));
        h = (h ^ last).wrapping_mul(M);
    }
    h ^= h >> R;
    h = h.wrapping_mul(M);
    h ^ (h >> R)
}

/// Which register an element falls in (0..16,384) and the rank it offers it (1..=51): one more than the run of zero
/// bits that follow the register's 14 bits, counted from the low end.
pub fn hash_parts(element: &[u8]) -> (usize, u8) {
    parts(hash(element))
}

/// An element's hash, of 64 bits.
pub fn hash(element: &[u8]) -> u64 {
    murmur64a(element)
}

/// What [`hash_parts`] makes of a hash.
pub fn parts(hash: u64) -> (usize, u8) {
    let register = (hash % REGISTERS as u64) as usize;
    // A one above the 50 bits that are left ends the longest run.
    let rest = (hash >> INDEX_BITS) | (1 << (64 - INDEX_BITS));
    (register, rest.trailing_zeros() as u8 + 1)
}
