//! The words of one command, and the readings that every family shares.

use std::ops::Index;

use super::error::Error;
use super::num;

/// The arguments of one command; `args[0]` is its name as typed. Indexing past the end gives an
/// empty word: arity is checked before a handler runs, so a handler never sees that.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a>(pub &'a [&'a [u8]]);

impl<'a> Args<'a> {
    /// How many words there are, the command's name among them.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no word at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words from `start` on.
    pub fn from(&self, start: usize) -> &'a [&'a [u8]] {
        self.0.get(start..).unwrap_or_default()
    }

    /// The word at `index` if there is one.
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        self.0.get(index).copied()
    }

    /// Whether the word at `index` is `word`, in any case.
    pub fn is(&self, index: usize, word: &str) -> bool {
        self.get(index)
            .is_some_and(|w| w.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The word at `index` as a signed integer.
    pub fn int(&self, index: usize) -> Result<i64, Error> {
        num::parse_i64(self.get(index).unwrap_or_default()).ok_or(Error::NotInteger)
    }

    /// The word at `index` as a signed integer of 32 bits.
    pub fn int32(&self, index: usize) -> Result<i32, Error> {
        i32::try_from(self.int(index)?).map_err(|_| Error::NotInt32)
    }

    /// The word at `index` as a double.
    pub fn float(&self, index: usize) -> Result<f64, Error> {
        num::parse_f64(self.get(index).unwrap_or_default()).ok_or(Error::NotFloat)
    }
}

impl Index<usize> for Args<'_> {
    type Output = [u8];

    fn index(&self, index: usize) -> &[u8] {
        self.0.get(index).copied().unwrap_or_default()
    }
}
