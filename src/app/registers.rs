//! What is drawn of a HyperLogLog: its registers, the bits of a hash, how far off an estimate may be.

use super::format;
use crate::session::message::{ElementView, HllView};

/// Bits of a hash that choose the register.
pub const INDEX_BITS: usize = 14;
/// The standard error, as a part of the true count: 1.04 / sqrt(16384).
pub const STANDARD_ERROR: f64 = 0.008_125;
/// Registers in a row of the map.
pub const SIDE: usize = 128;

/// What a bit of a hash is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is beyond the first one-bit, and not looked at.
    Beyond,
    /// The first one-bit.
    First,
    /// A zero before it.
    Zero,
    /// It chooses the register.
    Index,
}

/// The 64 bits of a hash, the highest first, each with what it is for.
pub fn bits(element: &ElementView) -> Vec<(bool, Role)> {
    let zeros = usize::from(element.rank.saturating_sub(1));
    (0..64)
        .rev()
        .map(|place: usize| {
            let role = match place.checked_sub(INDEX_BITS) {
                None => Role::Index,
                Some(above) if above < zeros => Role::Zero,
                Some(above) if above == zeros => Role::First,
                Some(_) => Role::Beyond,
            };
            (element.hash >> place & 1 == 1, role)
        })
        .collect()
}

/// What becomes, or became, of the register of an element. `before`: what it held when the element was shown last.
pub fn effect(element: &ElementView, before: Option<u8>) -> String {
    let (offered, now) = (element.rank, element.held);
    match before {
        Some(before) if before < offered => format!("It held {before} and grew to {offered}."),
        Some(before) => format!("It held {before}, which is no less: it did not grow."),
        None if now < offered => format!("It holds {now}: PFADD of this would make it {offered}."),
        None => format!("It holds {now}, which is no less: PFADD of this would change nothing."),
    }
}

/// How far off an estimate may be, on a scale from 0 to 1 with the estimate in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Where the estimate less and plus one standard error are.
    pub one: (f64, f64),
    /// The same of two.
    pub two: (f64, f64),
    /// Where the true count is.
    pub truth: Option<f64>,
    /// The true count is off the scale.
    pub beyond: bool,
}

/// Standard errors to either side of the scale's middle.
const SCALE: f64 = 3.0;

impl Band {
    /// Of an estimate, and of the true count where it is known.
    pub fn of(estimate: u64, truth: Option<u64>) -> Self {
        let at = |errors: f64| 0.5 + errors / (2.0 * SCALE);
        let off = truth.map(|truth| errors_off(estimate, truth));
        Self {
            one: (at(-1.0), at(1.0)),
            two: (at(-2.0), at(2.0)),
            truth: off.map(|off| at(off.clamp(-SCALE, SCALE))),
            beyond: off.is_some_and(|off| off.abs() > SCALE),
        }
    }
}

/// By how many standard errors the true count is above the estimate.
fn errors_off(estimate: u64, truth: u64) -> f64 {
    if estimate == truth {
        return 0.0;
    }
    (truth as f64 - estimate as f64) / (estimate.max(1) as f64 * STANDARD_ERROR)
}

/// So many standard errors of an estimate, as a count.
pub fn errors(estimate: u64, errors: f64) -> String {
    let by = estimate as f64 * STANDARD_ERROR * errors;
    if by < 10.0 {
        format!("{by:.2}")
    } else {
        format::count(by.round() as u64)
    }
}

/// From where to where an estimate with so many standard errors goes.
pub fn range(estimate: u64, errors: f64) -> String {
    let by = estimate as f64 * STANDARD_ERROR * errors;
    let [low, high] = [estimate as f64 - by, estimate as f64 + by];
    if estimate < 1000 {
        format!("{low:.2} to {high:.2}")
    } else {
        let text = |n: f64| format::count(n.round() as u64);
        format!("{} to {}", text(low), text(high))
    }
}

/// How many registers hold each value from 0 on; the last counts every larger one too.
pub fn histogram(registers: &[u8], bars: usize) -> Vec<usize> {
    let mut counts = vec![0; bars];
    for &value in registers {
        if let Some(count) = counts.get_mut(usize::from(value).min(bars.saturating_sub(1))) {
            *count += 1;
        }
    }
    counts
}

/// The registers that a bar of [`histogram`] counts, by number.
pub fn holding(registers: &[u8], bar: usize, bars: usize) -> impl Iterator<Item = usize> {
    let of = move |value: u8| usize::from(value).min(bars.saturating_sub(1));
    let all = registers.iter().enumerate();
    all.filter(move |(_, value)| of(**value) == bar)
        .map(|(at, _)| at)
}

/// Which of two registers gives a merge its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// Both are 0.
    Neither,
    /// Both hold the same.
    Both,
    /// The first is greater.
    This,
    /// The second is greater.
    Other,
}

impl From {
    /// Of one register in both.
    pub fn of(this: u8, other: u8) -> Self {
        match this.cmp(&other) {
            std::cmp::Ordering::Greater => Self::This,
            std::cmp::Ordering::Less => Self::Other,
            std::cmp::Ordering::Equal if this == 0 => Self::Neither,
            std::cmp::Ordering::Equal => Self::Both,
        }
    }
}

/// How many registers of a merge come from where: neither, both, this, the other.
pub fn merged(this: &[u8], other: &[u8]) -> [usize; 4] {
    let mut counts = [0; 4];
    for (&this, &other) in this.iter().zip(other) {
        if let Some(count) = counts.get_mut(From::of(this, other) as usize) {
            *count += 1;
        }
    }
    counts
}

/// How near a sparse value is to turning dense, from 0 to 1; `None`: it is dense.
pub fn fullness(view: &HllView) -> Option<f64> {
    let part = view.bytes as f64 / view.sparse_max.max(1) as f64;
    (!view.dense).then_some(part.min(1.0))
}

/// The register that a key moves to on the map.
pub fn moved(at: usize, key: &str) -> Option<usize> {
    let last = SIDE * SIDE - 1;
    let to = match key {
        "ArrowLeft" => at.saturating_sub(1),
        "ArrowRight" => at + 1,
        "ArrowUp" => at.checked_sub(SIDE).unwrap_or(at),
        "ArrowDown" if at + SIDE > last => at,
        "ArrowDown" => at + SIDE,
        "PageUp" => at.saturating_sub(8 * SIDE),
        "PageDown" => at + 8 * SIDE,
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::message::Bytes;

    fn element(hash: u64, rank: u8, held: u8) -> ElementView {
        ElementView {
            element: Bytes::from_slice(b"x"),
            hash,
            register: (hash & 0x3fff) as usize,
            rank,
            held,
        }
    }

    #[test]
    fn a_bar_names_the_registers_that_it_counts() {
        let registers = [0, 2, 9, 2, 3];
        for (bar, count) in histogram(&registers, 4).into_iter().enumerate() {
            assert_eq!(holding(&registers, bar, 4).count(), count, "{bar}");
        }
        assert_eq!(holding(&registers, 2, 4).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(holding(&registers, 3, 4).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn each_bit_of_a_hash_has_one_use() {
        // Register 5; three zeros, then a one; ones beyond.
        let bits = bits(&element(5 | 0b1000 << 14 | u64::MAX << 40, 4, 0));
        let count = |role| bits.iter().filter(|(_, r)| *r == role).count();
        assert_eq!(bits.len(), 64);
        assert_eq!(
            [Role::Beyond, Role::First, Role::Zero, Role::Index].map(count),
            [46, 1, 3, 14]
        );
        assert!(bits.iter().all(|(bit, role)| match role {
            Role::First => *bit,
            Role::Zero => !*bit,
            _ => true,
        }));
        assert_eq!(bits[46], (true, Role::First));
        // Fifty zeros have no one-bit behind them.
        let zeros = super::bits(&element(7, 51, 0));
        assert!(
            zeros
                .iter()
                .all(|(_, role)| matches!(role, Role::Zero | Role::Index))
        );
    }

    #[test]
    fn an_element_s_effect_is_told_as_it_was_or_as_it_would_be() {
        let effect = |rank, held, before| effect(&element(0, rank, held), before);
        assert_eq!(effect(3, 3, Some(1)), "It held 1 and grew to 3.");
        assert_eq!(
            effect(3, 3, Some(3)),
            "It held 3, which is no less: it did not grow."
        );
        assert_eq!(
            effect(3, 2, None),
            "It holds 2: PFADD of this would make it 3."
        );
        assert_eq!(
            effect(3, 4, None),
            "It holds 4, which is no less: PFADD of this would change nothing."
        );
    }

    #[test]
    fn a_band_is_as_wide_as_the_standard_error() {
        let band = Band::of(1_000_000, Some(1_008_125));
        assert!((band.truth.unwrap() - band.one.1).abs() < 1e-9, "{band:?}");
        assert!(!band.beyond);
        assert_eq!(Band::of(0, Some(0)).truth, Some(0.5));
        assert_eq!(
            Band::of(100, Some(200)),
            Band {
                truth: Some(1.0),
                beyond: true,
                ..Band::of(100, None)
            }
        );
        assert_eq!(range(1_000_000, 1.0), "991,875 to 1,008,125");
        assert_eq!(range(20, 2.0), "19.68 to 20.32");
        assert_eq!(
            (errors(20, 1.0), errors(1_000_000, 2.0)),
            ("0.16".into(), "16,250".into())
        );
    }

    #[test]
    fn a_merge_takes_the_greater_of_two() {
        assert_eq!(merged(&[0, 1, 3, 0, 2], &[0, 1, 2, 4, 5]), [1, 1, 1, 2]);
        assert_eq!(histogram(&[0, 0, 1, 9], 3), [2, 1, 1]);
    }

    #[test]
    fn keys_move_over_the_map_and_stay_on_it() {
        let moves = [
            "ArrowDown",
            "ArrowRight",
            "ArrowUp",
            "ArrowUp",
            "ArrowLeft",
            "PageDown",
            "End",
            "ArrowDown",
            "Home",
        ];
        let mut at = 0;
        let places = moves.map(|key| {
            at = moved(at, key).unwrap();
            at
        });
        assert_eq!(places, [128, 129, 1, 1, 0, 1024, 16_383, 16_383, 0]);
        assert_eq!(moved(3, "a"), None);
    }
}
