//! From the histogram of the registers to the number of distinct elements.
//!
//! Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284, algorithm 6: it needs
//! no tables and no switch between small and large counts. The order of the operations is the reference's, since
//! another order rounds differently.

use super::{Histogram, INDEX_BITS, REGISTERS};

/// Bits of the hash that are left for the run of zeros.
const Q: usize = 64 - INDEX_BITS;
/// `0.5 / ln 2`, the constant of the raw estimate for many registers.
const ALPHA_INF: f64 = 0.721_347_520_444_481_7;

/// The estimate for registers that are distributed so. Registers over 51 (no hash gives one) count as absent.
pub(super) fn estimate(histogram: &Histogram) -> u64 {
    let m = REGISTERS as f64;
    let at = |rank: usize| f64::from(histogram.get(rank).copied().unwrap_or(0));
    let mut z = m * tau((m - at(Q + 1)) / m);
    for rank in (1..=Q).rev() {
        z = (z + at(rank)) * 0.5;
    }
    z += m * sigma(at(0) / m);
    let estimate = (ALPHA_INF * m * m / z).round();
    // Only registers nobody could have filled get here; the reference's conversion gives the lowest integer.
    if estimate < 2f64.powi(63) {
        estimate as u64
    } else {
        1 << 63
    }
}

/// Corrects for registers that are still 0.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

/// Corrects for registers that are full.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
        if z == before {
            return z / 3.0;
        }
    }
}
