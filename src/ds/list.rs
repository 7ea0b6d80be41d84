//! A list.

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List;

impl List {
    /// How many elements it has.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
