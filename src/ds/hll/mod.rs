//! HyperLogLog: how many distinct elements were seen, in at most 12,304 bytes, give or take 0.81 %.
//!
//! The value is a plain string, the same bytes the reference server keeps, so `GET` shows them and `SET` can bring them
//! back. Sixteen bytes of header, then the registers in one of two encodings:
//!
//! ```text
//! "HYLL"  E  0 0 0  C C C C C C C C   E: 0 dense, 1 sparse   C: the last estimate, little endian
//! ```
//!
//! The top bit of the last `C` byte says that the estimate is out of date. See `sparse` and `dense` for the registers.
//!
//! The idea is Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog: the analysis of a near-optimal cardinality estimation
//! algorithm" (2007); the 64-bit hash and the sparse form follow Heule, Nunkesser and Hall, "HyperLogLog in Practice"
//! (2013); the estimate is Ertl's (see `estimate`).

mod dense;
mod estimate;
mod hash;
mod shown;
mod sparse;

pub use hash::{hash, hash_parts, parts};
pub use shown::Shown;
pub use sparse::Op;

/// How many registers there are; 14 bits of the hash choose one.
pub const REGISTERS: usize = 1 << INDEX_BITS;

const INDEX_BITS: usize = 14;
const MAGIC: &[u8; 4] = b"HYLL";
const HEADER: usize = 16;
const ENCODING_AT: usize = 4;
const DENSE: u8 = 0;
const SPARSE: u8 = 1;
/// Where the byte with the out-of-date bit is.
const STALE_AT: usize = 15;
const STALE: u8 = 0x80;

/// How many registers hold each value 0..=63; the elements add up to 16,384.
pub type Histogram = [u32; 64];

/// How the registers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Six bits for each register: 12,304 bytes, any of them found at once.
    Dense,
    /// Runs of equal registers: from 18 to 3,000 bytes, searched from the start.
    Sparse,
}

/// Why a string cannot be used as a HyperLogLog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HllError {
    /// The header is not one: not a HyperLogLog at all.
    NotHll,
    /// The header is fine, but the sparse registers do not add up.
    Corrupt,
}

/// What [`count`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The estimate.
    pub estimate: u64,
    /// Whether it had to be computed and was written into the value's header.
    pub refreshed: bool,
}

/// An empty value: sparse, 18 bytes, its estimate (0) up to date.
pub fn new() -> Vec<u8> {
    let mut value = Vec::with_capacity(HEADER + sparse::EMPTY.len());
    value.extend_from_slice(MAGIC);
    value.push(SPARSE);
    value.resize(HEADER, 0);
    value.extend_from_slice(&sparse::EMPTY);
    value
}

/// How the value is encoded; `NotHll` when its header or its length says it is no HyperLogLog. Looks at the header
/// only: a sparse body may still turn out corrupt.
pub fn encoding(value: &[u8]) -> Result<Encoding, HllError> {
    match value.get(ENCODING_AT) {
        Some(&DENSE) if value.starts_with(MAGIC) && value.len() == dense::SIZE => {
            Ok(Encoding::Dense)
        }
        Some(&SPARSE) if value.starts_with(MAGIC) && value.len() >= HEADER => Ok(Encoding::Sparse),
        _ => Err(HllError::NotHll),
    }
}

/// The encoding and the bytes after the header.
fn open(value: &[u8]) -> Result<(Encoding, &[u8]), HllError> {
    Ok((encoding(value)?, value.get(HEADER..).unwrap_or_default()))
}

/// Adds an element: whether its register grew, in which case the kept estimate goes out of date. A sparse value that
/// would pass `sparse_max` bytes becomes dense. O(1) when dense, O(bytes) when sparse.
pub fn add(value: &mut Vec<u8>, element: &[u8], sparse_max: usize) -> Result<bool, HllError> {
    let (register, rank) = hash_parts(element);
    raise(value, register, rank, sparse_max)
}

/// Raises one register to `rank`; whether it was lower.
fn raise(
    value: &mut Vec<u8>,
    register: usize,
    rank: u8,
    sparse_max: usize,
) -> Result<bool, HllError> {
    match encoding(value)? {
        Encoding::Sparse => sparse::raise(value, register, rank, sparse_max),
        Encoding::Dense => {
            let raised = dense::raise(value.get_mut(HEADER..).unwrap_or_default(), register, rank);
            if raised {
                invalidate(value);
            }
            Ok(raised)
        }
    }
}

/// Marks the kept estimate as out of date (the reference also does so for a value it has just made).
pub fn invalidate(value: &mut [u8]) {
    if let Some(byte) = value.get_mut(STALE_AT) {
        *byte |= STALE;
    }
}

/// The estimate kept in the header, unless it is out of date.
pub fn cached(value: &[u8]) -> Option<u64> {
    let kept: [u8; 8] = value.get(HEADER - 8..HEADER)?.try_into().ok()?;
    (kept[7] & STALE == 0).then(|| u64::from_le_bytes(kept))
}

/// The estimate: the kept one when it is up to date, O(1), else a new one, which is then kept.
pub fn count(value: &mut [u8]) -> Result<Count, HllError> {
    encoding(value)?;
    if let Some(estimate) = cached(value) {
        return Ok(Count {
            estimate,
            refreshed: false,
        });
    }
    let estimate = estimate(value)?;
    if let Some(kept) = value.get_mut(HEADER - 8..HEADER) {
        kept.copy_from_slice(&estimate.to_le_bytes());
    }
    Ok(Count {
        estimate,
        refreshed: true,
    })
}

/// The estimate from the registers, whatever is kept; the value stays as it is.
pub fn estimate(value: &[u8]) -> Result<u64, HllError> {
    Ok(estimate::estimate(&histogram(value)?))
}

/// The estimate of the union of several values.
pub fn count_many<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Result<u64, HllError> {
    let mut union = Union::new();
    for value in values {
        union.absorb(value)?;
    }
    Ok(union.estimate())
}

/// Makes `dest` the union of itself and the sources, as [`Union`] says. On an error `dest` stays as it was.
pub fn merge<'v>(
    dest: &mut Vec<u8>,
    sources: impl IntoIterator<Item = &'v [u8]>,
    sparse_max: usize,
) -> Result<(), HllError> {
    let mut union = Union::new();
    union.absorb(dest)?;
    for source in sources {
        union.absorb(source)?;
    }
    union.store(dest, sparse_max)
}

/// How many registers hold each value.
pub fn histogram(value: &[u8]) -> Result<Histogram, HllError> {
    match open(value)? {
        (Encoding::Dense, body) => Ok(dense::histogram(body)),
        (Encoding::Sparse, body) => sparse::histogram(body),
    }
}

/// All 16,384 registers, one byte each.
pub fn registers(value: &[u8]) -> Result<Vec<u8>, HllError> {
    let mut union = Union::new();
    union.absorb(value)?;
    Ok(union.registers.to_vec())
}

/// One register. O(1) when dense, O(bytes) when sparse.
pub fn register(value: &[u8], index: usize) -> Result<u8, HllError> {
    Ok(match open(value)? {
        (Encoding::Dense, body) => dense::get(body, index),
        (Encoding::Sparse, body) => sparse::get(body, index),
    })
}

/// The runs of a sparse value, in order; none when dense.
pub fn ops(value: &[u8]) -> Result<impl Iterator<Item = Op>, HllError> {
    Ok(match open(value)? {
        (Encoding::Dense, _) => sparse::ops(&[]),
        (Encoding::Sparse, body) => sparse::ops(body),
    })
}

/// Makes a value dense, whatever the kept estimate; whether it was sparse.
pub fn make_dense(value: &mut Vec<u8>) -> Result<bool, HllError> {
    let sparse = encoding(value)? == Encoding::Sparse;
    if sparse {
        *value = sparse::to_dense(value)?;
    }
    Ok(sparse)
}

/// Registers on their way from several values into one: each the greatest of those absorbed.
pub struct Union {
    registers: Box<[u8; REGISTERS]>,
    /// Whether one of the values was dense, so that the result will be.
    dense: bool,
}

impl Default for Union {
    fn default() -> Self {
        Self::new()
    }
}

impl Union {
    /// The union of nothing.
    pub fn new() -> Self {
        Union {
            registers: Box::new([0; REGISTERS]),
            dense: false,
        }
    }

    /// Takes a value in. After an error the union is of no use.
    pub fn absorb(&mut self, value: &[u8]) -> Result<(), HllError> {
        match open(value)? {
            (Encoding::Dense, body) => {
                self.dense = true;
                dense::raise_into(body, &mut self.registers);
                Ok(())
            }
            (Encoding::Sparse, body) => sparse::raise_into(body, &mut self.registers),
        }
    }

    /// How many distinct elements were added to any of the values.
    pub fn estimate(&self) -> u64 {
        let mut counts = [0; 64];
        for &rank in self.registers.iter() {
            counts[usize::from(rank & 63)] += 1;
        }
        estimate::estimate(&counts)
    }

    /// Writes the union into `dest`, a value it has absorbed or a new one, and puts the kept estimate out of date.
    /// `dest` becomes dense if one of the values was, or if it would pass `sparse_max` bytes.
    pub fn store(&self, dest: &mut Vec<u8>, sparse_max: usize) -> Result<(), HllError> {
        if self.dense {
            make_dense(dest)?;
        }
        if self.dense {
            dense::store(dest.get_mut(HEADER..).unwrap_or_default(), &self.registers);
        } else {
            for (index, &rank) in self
                .registers
                .iter()
                .enumerate()
                .filter(|&(_, &rank)| rank > 0)
            {
                raise(dest, index, rank, sparse_max)?;
            }
        }
        invalidate(dest);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
