//! A hash.

/// A hash.
#[derive(Clone, Debug, Default)]
pub struct Hash;

impl Hash {
    /// How many elements it has.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
