//! A hash for the names of commands, which every command is looked up and counted by.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by names of commands.
pub type NameMap<K, V> = HashMap<K, V, BuildHasherDefault<NameHasher>>;

/// Hashes names by their length and three of their letters, which tell most commands apart: names are few, short and
/// known beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub struct NameHasher(u32);

impl Hasher for NameHasher {
    #[inline]
    fn write(&mut self, name: &[u8]) {
        let letter = |at: usize| name.get(at).copied().unwrap_or(0);
        let (length, last) = (name.len(), name.len().saturating_sub(1));
        let letters = [length as u8, letter(0), letter(length / 2), letter(last)];
        // Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4).
        self.0 = (self.0.rotate_left(5) ^ u32::from_le_bytes(letters)).wrapping_mul(0x9e37_79b1);
    }

    // What marks the end of a name, or says its length, tells nothing more.
    #[inline]
    fn write_u8(&mut self, _: u8) {}

    #[inline]
    fn write_usize(&mut self, _: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        u64::from(self.0 ^ self.0 >> 15)
    }
}
