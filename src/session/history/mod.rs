//! What happened in a session, so that any moment of it can be gone back to, exactly.
//!
//! A moment follows from the seed and the inputs before it. Checkpoints, which are copies of moments, shorten
//! the way there. What is done in the past forks: the inputs that came after stay, as a branch of their own.

mod checkpoint;

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::message::{Input, Millis, Record, What};
use super::moment::Moment;
use crate::engine::profile::CALLS_MAX;
use checkpoint::{Checkpoint, Checkpoints};

/// How many branches are kept beside the one that is walked on; the oldest goes first.
pub const BRANCHES_MAX: usize = 8;
/// How many moments of a branch can be named.
pub const NAMES_MAX: usize = 100;
/// How many bytes a name has at most.
pub const NAME_BYTES_MAX: usize = 200;

/// What going back fast may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that the record and the checkpoints may take together.
    pub bytes: usize,
    /// How much folding lies between two checkpoints at least, in steps of 10 to 20 ns.
    pub apart: u64,
    /// How many times longer folding takes than copying what came of it, at least.
    pub worth: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 62 * 1024 * 1024,
            apart: 500_000,
            worth: 2,
        }
    }
}

/// A point of a branch: after so many inputs, and the time up to a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// How many inputs have happened.
    pub inputs: usize,
    /// The moment, which is not before the last of them nor after the next.
    pub at: Millis,
}

/// A point with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub point: Point,
}

/// Names a branch, for as long as the session lives.
pub type BranchId = u32;

/// A branch that is not walked on now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchView {
    /// Its number.
    pub id: BranchId,
    /// The point at which it and the one that is walked on part.
    pub fork: Point,
    /// Its end.
    pub end: Point,
}

/// What forking did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forked {
    /// The branch that what came after is kept as.
    pub kept: BranchId,
    /// The branch that had to go for it.
    pub dropped: Option<BranchId>,
}

/// An input, and what the inputs up to it cost.
#[derive(Debug)]
struct Step {
    input: Input,
    cost: u64,
}

impl Step {
    fn memory_bytes(&self) -> usize {
        size_of::<Self>() + 2 * size_of::<Rc<Self>>() + 16 + self.input.what.size()
    }
}

/// A session as one branch tells it.
#[derive(Clone, Debug)]
struct Branch {
    id: BranchId,
    steps: Vec<Rc<Step>>,
    /// Up to when time has passed.
    until: Millis,
    /// What it all cost: the inputs, and the time since the last.
    spent: u64,
    names: Vec<Named>,
    checkpoints: Checkpoints,
}

impl Branch {
    fn end(&self) -> Point {
        Point {
            inputs: self.steps.len(),
            at: self.until,
        }
    }

    /// What the inputs up to a point cost.
    fn cost(&self, inputs: usize) -> u64 {
        let last = inputs.checked_sub(1).and_then(|last| self.steps.get(last));
        last.map_or(0, |step| step.cost)
    }

    /// The point nearest to what is asked for.
    fn nearest(&self, wanted: Point, start: Millis) -> Point {
        let inputs = wanted.inputs.min(self.steps.len());
        let at = |inputs: usize| self.steps.get(inputs).map(|step| step.input.at);
        let from = inputs.checked_sub(1).and_then(at).unwrap_or(start);
        let until = at(inputs).unwrap_or(self.until);
        Point {
            inputs,
            at: wanted.at.clamp(from, until.max(from)),
        }
    }
}

/// The history of a session.
#[derive(Debug)]
pub struct History {
    limits: Limits,
    seed: u64,
    first: Moment,
    here: Branch,
    /// The branches that are not walked on, the one left longest ago first.
    others: Vec<Branch>,
    /// Where in the past the session stands; `None`: at the end.
    stands: Option<Point>,
    /// The points that were left by undoing, the last one last.
    undone: Vec<Point>,
    last_id: BranchId,
    /// Bytes of the inputs of all branches.
    recorded: usize,
    /// Bytes of the checkpoints when they were last thinned.
    held: usize,
}

impl History {
    /// Begins at a session's first moment.
    pub fn new(seed: u64, first: Moment, limits: Limits) -> Self {
        let until = first.engine.now;
        Self {
            limits,
            seed,
            first,
            here: Branch {
                id: 1,
                steps: Vec::new(),
                until,
                spent: 0,
                names: Vec::new(),
                checkpoints: Checkpoints::default(),
            },
            others: Vec::new(),
            stands: None,
            undone: Vec::new(),
            last_id: 1,
            recorded: 0,
            held: 0,
        }
    }

    /// An input has happened, at the end of the branch that is walked on, and `now` is what came of it. A session
    /// that stands in the past must have [forked](Self::fork).
    pub fn append(&mut self, input: Input, cost: u64, now: &Moment) {
        self.undone.clear();
        self.here.spent += cost;
        let step = Rc::new(Step {
            input,
            cost: self.here.spent,
        });
        self.recorded += step.memory_bytes();
        self.here.steps.push(step);
        if self.held > self.room() {
            self.thin();
        }
        self.passed(0, now);
    }

    /// Time has passed at the end of the branch that is walked on, and `now` is what came of it.
    pub fn passed(&mut self, cost: u64, now: &Moment) {
        self.here.until = self.here.until.max(now.engine.now);
        self.here.spent += cost;
        let cost = self.here.spent;
        // A script that stands still is in the middle of an input.
        if self.here.checkpoints.is_due(cost) && !now.engine.stands() {
            let size = now.memory_bytes();
            let limits = Limits {
                bytes: self.room(),
                ..self.limits
            };
            if self.here.checkpoints.wants(cost, size, limits) {
                let point = Point {
                    inputs: self.here.steps.len(),
                    at: now.engine.now,
                };
                self.keep(Checkpoint::new(point, cost, size, now.to_keep()));
            }
        }
    }

    /// Where the session stands.
    pub fn point(&self) -> Point {
        self.stands.unwrap_or_else(|| self.here.end())
    }

    /// The end of the branch that is walked on.
    pub fn end(&self) -> Point {
        self.here.end()
    }

    /// What the branch that is walked on cost up to its end, in steps of 10 to 20 ns.
    pub fn spent(&self) -> u64 {
        self.here.spent
    }

    /// Whether the session stands before the end.
    pub fn in_past(&self) -> bool {
        self.stands.is_some()
    }

    /// The first moment.
    pub fn start(&self) -> Millis {
        self.first.engine.now
    }

    /// The number of the branch that is walked on.
    pub fn branch(&self) -> BranchId {
        self.here.id
    }

    /// The other branches.
    pub fn branches(&self) -> impl ExactSizeIterator<Item = BranchView> {
        self.others.iter().map(|branch| BranchView {
            id: branch.id,
            fork: self.parting(branch),
            end: branch.end(),
        })
    }

    /// The moments of the branch that is walked on that have a name, in order.
    pub fn names(&self) -> &[Named] {
        &self.here.names
    }

    /// The branch that is walked on, up to where the session stands.
    pub fn record(&self) -> Record {
        let steps = self.here.steps.iter().take(self.point().inputs);
        Record {
            seed: self.seed,
            start: self.start(),
            inputs: steps.map(|step| step.input.clone()).collect(),
        }
    }

    /// The point of the branch that is walked on that is nearest to what is asked for.
    pub fn nearest(&self, point: Point) -> Point {
        self.here.nearest(point, self.start())
    }

    /// The point of the branch that is walked on at which a moment of the clock begins to be over.
    pub fn point_at(&self, at: Millis) -> Point {
        let inputs = self.here.steps.partition_point(|step| step.input.at <= at);
        self.here.nearest(Point { inputs, at }, self.start())
    }

    /// Goes to a point of the branch that is walked on, or the nearest there is; `now` is the moment where the
    /// session stands, and then the one where it has gone. Not while a script stands still.
    pub fn go_to(&mut self, point: Point, now: &mut Moment) {
        self.undone.clear();
        self.go(point, now);
    }

    fn go(&mut self, point: Point, now: &mut Moment) {
        let from = self.point();
        let point = self.here.nearest(point, self.start());
        let gone = self.fold(point, Some((from, now)));
        let left = std::mem::replace(now, gone);
        self.leave(left);
        self.stands = Some(point).filter(|point| *point < self.here.end());
    }

    /// Keeps the moment that is left where that is the end, which is come back to more often than any other.
    fn leave(&mut self, left: Moment) {
        let size = left.memory_bytes();
        if self.stands.is_none() && size < self.room() / 2 {
            self.keep(Checkpoint::new(
                self.here.end(),
                self.here.spent,
                size,
                left,
            ));
        }
    }

    /// The moment at a point of the branch that is walked on, or the nearest there is.
    pub fn moment(&self, point: Point) -> Moment {
        let point = self.here.nearest(point, self.start());
        self.fold(point, None)
    }

    /// Folds up to a point, from the nearest moment that is held: `now` is one more of them.
    fn fold(&self, point: Point, now: Option<(Point, &Moment)>) -> Moment {
        let kept = self.here.checkpoints.before(point);
        let now = now.filter(|(at, _)| *at <= point);
        let (from, moment) = match (kept, now) {
            (Some(kept), now) if now.is_none_or(|(at, _)| at <= kept.point) => {
                (kept.point, &kept.moment)
            }
            (_, Some(now)) => now,
            _ => (Point::default(), &self.first),
        };
        let mut moment = moment.clone();
        moment.engine.scripting.stepping = false;
        moment.engine.explaining = false;
        moment.actors.listen(false);
        let steps = self.here.steps.get(from.inputs..point.inputs);
        let steps = steps.unwrap_or_default();
        // A profiler shows the last calls, and each input has one at least, as a rule.
        let (unseen, seen) = steps.split_at(steps.len().saturating_sub(CALLS_MAX));
        moment.engine.profile.count_only(true);
        for step in unseen {
            moment.input(&step.input, &mut |_, _, _| {});
        }
        moment.engine.profile.count_only(false);
        for step in seen {
            moment.input(&step.input, &mut |_, _, _| {});
        }
        moment.advance(point.at, &mut |_, _, _| {});
        moment.engine.explaining = true;
        moment
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.undoable().is_some()
    }

    /// The point before the last input that is not merely a connection.
    fn undoable(&self) -> Option<Point> {
        let steps = self.here.steps.get(..self.point().inputs)?;
        let inputs = steps
            .iter()
            .rposition(|step| step.input.what != What::Connect)?;
        let at = steps.get(inputs)?.input.at;
        Some(Point { inputs, at })
    }

    /// Goes back to the moment before the last input. False: there is none.
    pub fn undo(&mut self, now: &mut Moment) -> bool {
        let Some(point) = self.undoable() else {
            return false;
        };
        let left = self.point();
        self.go(point, now);
        self.undone.push(left);
        true
    }

    /// Goes to where the session stood before it was undone, or to the moment of the next input. False: it stands at
    /// the end.
    pub fn redo(&mut self, now: &mut Moment) -> bool {
        let Some(stands) = self.stands else {
            return false;
        };
        let point = self.undone.pop().unwrap_or_else(|| {
            let later = self.here.steps.iter().skip(stands.inputs);
            let connects = later.take_while(|step| step.input.what == What::Connect);
            let inputs = stands.inputs + connects.count() + 1;
            match self.here.steps.get(inputs - 1) {
                Some(step) => Point {
                    inputs,
                    at: step.input.at,
                },
                None => self.here.end(),
            }
        });
        self.go(point, now);
        true
    }

    /// Lets the session go on from where it stands; what came after is kept as a branch. `None`: nothing did.
    pub fn fork(&mut self) -> Option<Forked> {
        self.undone.clear();
        let point = self.stands.take()?;
        let mut here = Branch {
            id: self.here.id,
            steps: self
                .here
                .steps
                .get(..point.inputs)
                .unwrap_or_default()
                .to_vec(),
            until: point.at,
            spent: self.here.cost(point.inputs),
            names: self.here.names.clone(),
            checkpoints: self.here.checkpoints.up_to(point),
        };
        here.names.retain(|named| named.point <= point);
        if here.steps.len() == self.here.steps.len() {
            // Only time is taken back.
            self.here = here;
            return None;
        }
        self.last_id += 1;
        here.id = self.last_id;
        let left = std::mem::replace(&mut self.here, here);
        let kept = left.id;
        self.others.push(left);
        let dropped = (self.others.len() > BRANCHES_MAX).then(|| self.others.remove(0).id);
        self.count_recorded();
        self.thin();
        Some(Forked { kept, dropped })
    }

    /// Goes back to the end of another branch; the one that was walked on is kept. False: there is none such.
    pub fn walk(&mut self, id: BranchId, now: &mut Moment) -> bool {
        let Some(place) = self.others.iter().position(|branch| branch.id == id) else {
            return false;
        };
        self.undone.clear();
        let left = std::mem::replace(now, self.first.clone());
        self.leave(left);
        let other = self.others.remove(place);
        let end = other.end();
        let left = std::mem::replace(&mut self.here, other);
        self.others.push(left);
        self.stands = None;
        *now = self.moment(end);
        true
    }

    /// Drops a branch that is not walked on. False: there is none such.
    pub fn drop_branch(&mut self, id: BranchId) -> bool {
        let before = self.others.len();
        self.others.retain(|branch| branch.id != id);
        self.count_recorded();
        self.others.len() < before
    }

    /// The last point that a branch and the one that is walked on have in common.
    fn parting(&self, other: &Branch) -> Point {
        let common = |at: usize| {
            let steps = [self.here.steps.get(at), other.steps.get(at)];
            matches!(steps, [Some(a), Some(b)] if Rc::ptr_eq(a, b))
        };
        // They part once and for all.
        let (mut inputs, mut parted) = (0, self.here.steps.len().min(other.steps.len()));
        while inputs < parted {
            let middle = inputs.midpoint(parted);
            match common(middle) {
                true => inputs = middle + 1,
                false => parted = middle,
            }
        }
        // While nothing has happened since on one of them, that stays where it is as time passes.
        let next = |branch: &Branch| branch.steps.get(inputs).map(|step| step.input.at);
        let first = next(&self.here).into_iter().chain(next(other)).min();
        Point {
            inputs,
            at: first.unwrap_or(self.here.until.min(other.until)),
        }
    }

    /// Names a point of the branch that is walked on; an empty name takes the name away. False: there are too many
    /// names.
    pub fn name(&mut self, point: Point, name: &str) -> bool {
        let ends = (0..=NAME_BYTES_MAX.min(name.len())).rev();
        let mut cut = ends.filter_map(|end| name.get(..end));
        let name = cut.next().unwrap_or_default().trim();
        self.here
            .names
            .retain(|named| named.point != point && named.name != name);
        if name.is_empty() {
            return true;
        }
        if self.here.names.len() >= NAMES_MAX {
            return false;
        }
        let place = self.here.names.partition_point(|named| named.point < point);
        self.here.names.insert(
            place,
            Named {
                name: name.to_string(),
                point,
            },
        );
        true
    }

    /// Bytes that the record and the checkpoints take, about.
    pub fn memory_bytes(&self) -> usize {
        self.recorded + self.checkpoints_bytes()
    }

    /// How many checkpoints are held, those of other branches counted.
    pub fn checkpoints(&self) -> usize {
        checkpoint::all(self.every()).len()
    }

    /// The most inputs that are folded to get to any point of the branch that is walked on.
    pub fn longest_way(&self) -> usize {
        let ends = self.here.checkpoints.points().map(|point| point.inputs);
        let ends = ends.chain([self.here.steps.len()]);
        let ways = ends.scan(0, |last, end| Some(end - std::mem::replace(last, end)));
        ways.max().unwrap_or_default()
    }

    fn checkpoints_bytes(&self) -> usize {
        let all = checkpoint::all(self.every());
        all.iter().map(|checkpoint| checkpoint.size).sum()
    }

    fn every(&self) -> impl Iterator<Item = &Checkpoints> {
        let others = self.others.iter().map(|branch| &branch.checkpoints);
        others.chain([&self.here.checkpoints])
    }

    /// Bytes that checkpoints may take.
    fn room(&self) -> usize {
        self.limits.bytes.saturating_sub(self.recorded)
    }

    fn keep(&mut self, checkpoint: Checkpoint) {
        self.here.checkpoints.add(Rc::new(checkpoint));
        self.thin();
    }

    /// Lets checkpoints go until there is room for the others: first the one whose going makes the way to the
    /// moments after it the least longer.
    fn thin(&mut self) {
        let room = self.room();
        loop {
            let all = checkpoint::all(self.every());
            let held: usize = all.iter().map(|checkpoint| checkpoint.size).sum();
            if held <= room && all.len() <= checkpoint::MAX {
                self.held = held;
                return;
            }
            let gap = |wanted: &Rc<Checkpoint>| {
                let branches = self.others.iter().chain([&self.here]);
                let gaps = branches
                    .filter_map(|branch| branch.checkpoints.gap_without(wanted, branch.spent));
                gaps.max()
            };
            let Some(spared) = all.iter().min_by_key(|c| gap(c)).cloned() else {
                return;
            };
            let branches = self.others.iter_mut().chain([&mut self.here]);
            branches.for_each(|branch| branch.checkpoints.remove(&spared));
        }
    }

    fn count_recorded(&mut self) {
        let mut seen = rustc_hash::FxHashSet::default();
        let branches = self.others.iter().chain([&self.here]);
        self.recorded = branches
            .flat_map(|branch| &branch.steps)
            .filter(|step| seen.insert(Rc::as_ptr(step)))
            .map(|step| step.memory_bytes())
            .sum();
    }
}
