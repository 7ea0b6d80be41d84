//! Copies of moments, which shorten the way to those after them.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::{Limits, Point};
use crate::session::moment::Moment;

/// A copy of so many bytes takes about as long as a step.
const STEP_BYTES: u64 = 16;
/// How many checkpoints there are at most.
pub const MAX: usize = 128;

/// A copy of a moment.
#[derive(Debug)]
pub struct Checkpoint {
    /// Where it is.
    pub point: Point,
    /// What the inputs up to it cost.
    pub cost: u64,
    /// About how many bytes it takes.
    pub size: usize,
    /// The copy.
    pub moment: Moment,
}

impl Checkpoint {
    /// A copy of a moment at a point.
    pub fn new(point: Point, cost: u64, size: usize, moment: Moment) -> Self {
        Self {
            point,
            cost,
            size,
            moment,
        }
    }
}

/// The checkpoints of a branch, in order. Branches share those from before they parted.
#[derive(Clone, Debug, Default)]
pub struct Checkpoints {
    kept: Vec<Rc<Checkpoint>>,
    /// From what cost on a new one is thought of.
    from: u64,
}

impl Checkpoints {
    /// Whether it is time to think of a new one at the end.
    pub fn is_due(&self, cost: u64) -> bool {
        cost >= self.from
    }

    /// Whether a copy of a size is worth while at the end, with these limits for all. It is not to be asked again
    /// before some more has happened: to find out how large it is takes its time too.
    pub fn wants(&mut self, cost: u64, size: usize, limits: Limits) -> bool {
        let size = size as u64;
        self.from = cost + limits.apart.max(size / STEP_BYTES * limits.worth / 2);
        let since = cost.saturating_sub(self.kept.last().map_or(0, |last| last.cost));
        // With room for n copies, they are an n-th of the whole way apart.
        let spread = u128::from(cost) * u128::from(size) / u128::from(limits.bytes.max(1) as u64);
        size <= limits.bytes as u64 / 2
            && since >= size / STEP_BYTES * limits.worth
            && u128::from(since) >= spread / 2
    }

    /// Adds one.
    pub fn add(&mut self, checkpoint: Rc<Checkpoint>) {
        let place = self
            .kept
            .partition_point(|kept| kept.point < checkpoint.point);
        match self.kept.get(place) {
            Some(same) if same.point == checkpoint.point => {}
            _ => self.kept.insert(place, checkpoint),
        }
    }

    /// Where they are.
    pub fn points(&self) -> impl Iterator<Item = Point> {
        self.kept.iter().map(|kept| kept.point)
    }

    /// The last one that is not after a point.
    pub fn before(&self, point: Point) -> Option<&Rc<Checkpoint>> {
        let after = self.kept.partition_point(|kept| kept.point <= point);
        self.kept.get(after.checked_sub(1)?)
    }

    /// Those that are not after a point.
    pub fn up_to(&self, point: Point) -> Self {
        let kept: Vec<_> = self
            .kept
            .iter()
            .take_while(|kept| kept.point <= point)
            .cloned()
            .collect();
        let from = kept.last().map_or(0, |last| last.cost);
        Self { kept, from }
    }

    /// What the way from the one before to the one after costs, or to the end of the branch.
    pub fn gap_without(&self, checkpoint: &Rc<Checkpoint>, end: u64) -> Option<u64> {
        let place = self
            .kept
            .iter()
            .position(|kept| Rc::ptr_eq(kept, checkpoint))?;
        let before = place
            .checked_sub(1)
            .and_then(|before| self.kept.get(before));
        let after = self.kept.get(place + 1).map_or(end, |after| after.cost);
        Some(after.saturating_sub(before.map_or(0, |before| before.cost)))
    }

    /// Lets one go.
    pub fn remove(&mut self, checkpoint: &Rc<Checkpoint>) {
        self.kept.retain(|kept| !Rc::ptr_eq(kept, checkpoint));
    }
}

/// Every checkpoint once.
pub fn all<'a>(of: impl Iterator<Item = &'a Checkpoints>) -> Vec<Rc<Checkpoint>> {
    let mut seen = FxHashSet::default();
    of.flat_map(|some| &some.kept)
        .filter(|checkpoint| seen.insert(Rc::as_ptr(checkpoint)))
        .cloned()
        .collect()
}
