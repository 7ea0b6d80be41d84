//! What several sorted sets have in common, together, or apart. Plain sets count as sorted sets whose
//! scores are all 1.

use super::range::put;
use crate::ds::bytes::Bytes;
use crate::ds::set::Set;
use crate::ds::zset::Zset;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::{Db, Value};
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::reply::Resp;
use rustc_hash::FxHashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Difference,
    Intersection,
    Union,
}

/// What becomes of the scores that a member has in several sets.
#[derive(Clone, Copy, Debug)]
enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    fn join(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Sum => number(a + b),
            Self::Min => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Self::Max => {
                if b > a {
                    b
                } else {
                    a
                }
            }
        }
    }
}

/// Infinity less infinity is 0 here, and so is 0 times infinity.
fn number(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}

/// A set that takes part.
#[derive(Clone, Copy, Debug)]
enum Source<'d> {
    None,
    Plain(&'d Set),
    Sorted(&'d Zset),
}

impl<'d> Source<'d> {
    fn find(db: &'d Db, key: &[u8]) -> Result<Self, Error> {
        Ok(match db.value(key) {
            None => Self::None,
            Some(Value::Set(set)) => Self::Plain(set),
            Some(Value::Zset(set)) => Self::Sorted(set),
            Some(_) => return Err(Error::WrongType),
        })
    }

    fn len(self) -> usize {
        match self {
            Self::None => 0,
            Self::Plain(set) => set.len(),
            Self::Sorted(set) => set.len(),
        }
    }

    fn score(self, member: &[u8]) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Plain(set) => set.contains(member).then_some(1.0),
            Self::Sorted(set) => set.score(member),
        }
    }

    /// Its members with their scores; a sorted set's in the order in which the reference goes through it.
    fn members(self) -> Box<dyn Iterator<Item = (Bytes, f64)> + 'd> {
        match self {
            Self::None => Box::new(std::iter::empty()),
            Self::Plain(set) => Box::new(set.iter().map(|member| (member, 1.0))),
            Self::Sorted(set) => Box::new(
                set.range_rev(0..set.len())
                    .map(|(member, score)| (Bytes::from_slice(member), score)),
            ),
        }
    }
}

/// The words `numkeys key [key …] [WEIGHTS …] [AGGREGATE …] [WITHSCORES] [LIMIT …]`.
struct Request<'d> {
    sources: Vec<(Source<'d>, f64)>,
    aggregate: Aggregate,
    with_scores: bool,
    limit: usize,
}

/// Which options a command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Reply,
    Store,
    Count,
}

impl<'d> Request<'d> {
    fn parse(
        db: &'d Db,
        args: Args<'_>,
        first: usize,
        operation: Operation,
        purpose: For,
    ) -> Result<Self, Error> {
        let numkeys = args.int(first)?;
        if numkeys < 1 {
            let name = args[0].to_ascii_lowercase();
            return Err(Error::quoting(&[
                b"ERR at least 1 input key is needed for '",
                &name,
                b"' command",
            ]));
        }
        let after = num::size(numkeys)
            .and_then(|n| n.checked_add(first + 1))
            .filter(|&after| after <= args.len())
            .ok_or(Error::Syntax)?;
        let keys = args.0.get(first + 1..after).unwrap_or_default();
        let mut request = Self {
            sources: keys
                .iter()
                .map(|key| Ok((Source::find(db, key)?, 1.0)))
                .collect::<Result<_, Error>>()?,
            aggregate: Aggregate::Sum,
            with_scores: false,
            limit: usize::MAX,
        };
        let weighs = operation != Operation::Difference && purpose != For::Count;
        let mut at = after;
        while at < args.len() {
            let left = args.len() - at - 1;
            match () {
                () if weighs && left >= keys.len() && args.is(at, "WEIGHTS") => {
                    for (_, weight) in &mut request.sources {
                        at += 1;
                        *weight = num::parse_f64(&args[at])
                            .ok_or(Error::text("ERR weight value is not a float"))?;
                    }
                }
                () if weighs && left >= 1 && args.is(at, "AGGREGATE") => {
                    at += 1;
                    request.aggregate = match () {
                        () if args.is(at, "SUM") => Aggregate::Sum,
                        () if args.is(at, "MIN") => Aggregate::Min,
                        () if args.is(at, "MAX") => Aggregate::Max,
                        () => return Err(Error::Syntax),
                    };
                }
                () if purpose == For::Reply && args.is(at, "WITHSCORES") => {
                    request.with_scores = true;
                }
                () if purpose == For::Count && left >= 1 && args.is(at, "LIMIT") => {
                    at += 1;
                    let limit = args.int(at).ok().and_then(num::size);
                    let limit = limit.ok_or(Error::text("ERR LIMIT can't be negative"))?;
                    request.limit = if limit == 0 { usize::MAX } else { limit };
                }
                () => return Err(Error::Syntax),
            }
            at += 1;
        }
        if operation != Operation::Difference {
            request.sources.sort_by_key(|(source, _)| source.len());
        }
        Ok(request)
    }

    /// The result, in no order.
    fn result(&self, operation: Operation) -> Vec<(Bytes, f64)> {
        let Some(((first, weight), others)) = self.sources.split_first() else {
            return Vec::new();
        };
        match operation {
            Operation::Difference => first
                .members()
                .filter(|(member, _)| {
                    others
                        .iter()
                        .all(|(other, _)| other.score(member).is_none())
                })
                .collect(),
            Operation::Intersection => first
                .members()
                .filter_map(|(member, score)| {
                    let mut joined = number(score * weight);
                    for (other, weight) in others {
                        joined = self.aggregate.join(joined, other.score(&member)? * weight);
                    }
                    Some((member, joined))
                })
                .take(self.limit)
                .collect(),
            Operation::Union => {
                let mut all: FxHashMap<Bytes, f64> = FxHashMap::default();
                for (source, weight) in &self.sources {
                    for (member, score) in source.members() {
                        let score = number(score * weight);
                        all.entry(member)
                            .and_modify(|kept| *kept = self.aggregate.join(*kept, score))
                            .or_insert(score);
                    }
                }
                all.into_iter().collect()
            }
        }
    }
}

pub fn reply(ctx: &mut Ctx<'_>, args: Args<'_>, operation: Operation) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let request = Request::parse(db, args, 1, operation, For::Reply)?;
    let mut result = request.result(operation);
    // -0 and 0 are equal scores, among which members stand in their own order.
    result.sort_by(|(a, x), (b, y)| {
        x.partial_cmp(y)
            .unwrap_or(std::cmp::Ordering::Equal)
            .then_with(|| a.cmp(b))
    });
    let nested = request.with_scores && out.resp == Resp::Three;
    let flat = request.with_scores && !nested;
    out.array(result.len() * if flat { 2 } else { 1 });
    for (member, score) in result {
        if nested {
            out.array(2);
        }
        out.bulk(&member);
        if request.with_scores {
            out.double(score);
        }
    }
    Ok(())
}

pub fn store(ctx: &mut Ctx<'_>, args: Args<'_>, operation: Operation) -> Result<(), Error> {
    let limits = ctx.limits();
    let request = Request::parse(ctx.db(), args, 2, operation, For::Store)?;
    let set = Zset::from_pairs(request.result(operation), &limits);
    let event = match operation {
        Operation::Difference => "zdiffstore",
        Operation::Intersection => "zinterstore",
        Operation::Union => "zunionstore",
    };
    put(ctx, &args[1], set, event);
    Ok(())
}

pub fn cardinality(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let request = Request::parse(ctx.db(), args, 1, Operation::Intersection, For::Count)?;
    let count = request.result(Operation::Intersection).len();
    ctx.out.count(count);
    Ok(())
}
