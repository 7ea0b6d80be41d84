//! Names of commands, which every command is looked up and counted by.

use std::hash::{Hash, Hasher};

/// A number by which most names of commands differ, in whatever case they are written: of their length and three of
/// their letters.
#[inline]
pub fn fingerprint(name: &[u8]) -> u32 {
    // The bit that tells small letters from capitals is set in all.
    let letter = |at: usize| name.get(at).copied().unwrap_or(0) | 0x20;
    let (length, last) = (name.len(), name.len().saturating_sub(1));
    let letters = [length as u8, letter(0), letter(length / 2), letter(last)];
    // Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4), of which the upper bits are the good ones.
    let mixed = u32::from_le_bytes(letters).wrapping_mul(0x9e37_79b1);
    mixed ^ mixed >> 16
}

/// A command by its container's name and its own, which are the same where it has none.
#[derive(Clone, Copy, Debug, Eq, PartialOrd, Ord)]
pub struct Place(pub &'static str, pub &'static str);

impl Place {
    /// `container|name`, or the plain name.
    pub fn full_name(self) -> String {
        match self.0 == self.1 {
            true => self.0.to_string(),
            false => format!("{}|{}", self.0, self.1),
        }
    }
}

impl PartialEq for Place {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        // Both mostly come from the same row of the table.
        (std::ptr::eq(self.0, other.0) && std::ptr::eq(self.1, other.1))
            || (self.0 == other.0 && self.1 == other.1)
    }
}

impl Hash for Place {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let container = fingerprint(self.0.as_bytes());
        state.write_u32(container.rotate_left(5) ^ fingerprint(self.1.as_bytes()));
    }
}
