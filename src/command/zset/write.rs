//! Changes: putting members in, and taking them out.

use crate::ds::bytes::Bytes;
use crate::ds::zset::{Insert, Zset};
use crate::engine::args::Args;
use crate::engine::db::Witness;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::num;
use crate::engine::{Ctx, notify};

const NAN: Error = Error::text("ERR resulting score is not a number (NaN)");

/// The options of ZADD.
#[derive(Clone, Copy, Debug, Default)]
struct Options {
    absent: bool,
    present: bool,
    /// The scores stand for places.
    places: bool,
    greater: bool,
    less: bool,
    count_changes: bool,
    increment: bool,
}

impl Options {
    /// The options, and the place of the first score.
    fn parse(args: Args<'_>, increment: bool) -> Result<(Self, usize), Error> {
        let mut options = Self {
            increment,
            ..Self::default()
        };
        let mut at = 2;
        while at < args.len() {
            match () {
                () if args.is(at, "NX") => options.absent = true,
                () if args.is(at, "XX") => options.present = true,
                () if args.is(at, "GT") => options.greater = true,
                () if args.is(at, "LT") => options.less = true,
                () if args.is(at, "CH") => options.count_changes = true,
                () if args.is(at, "INCR") => options.increment = true,
                () => break,
            }
            at += 1;
        }
        let words = args.len() - at;
        if words == 0 || words % 2 == 1 {
            return Err(Error::Syntax);
        }
        if options.absent && options.present {
            return Err(Error::text(
                "ERR XX and NX options at the same time are not compatible",
            ));
        }
        if u8::from(options.absent) + u8::from(options.greater) + u8::from(options.less) > 1 {
            return Err(Error::text(
                "ERR GT, LT, and/or NX options at the same time are not compatible",
            ));
        }
        if options.increment && words > 2 {
            return Err(Error::text(
                "ERR INCR option supports a single increment-element pair",
            ));
        }
        Ok((options, at))
    }

    /// The score that a member is to get, if the conditions let it have one. NaN where an increment
    /// leads there.
    fn wanted(self, current: Option<f64>, given: f64) -> Option<f64> {
        let Some(current) = current else {
            return (!self.present).then_some(given);
        };
        let wanted = if self.increment {
            current + given
        } else {
            given
        };
        let refused =
            self.absent || self.greater && wanted <= current || self.less && wanted >= current;
        (!refused).then_some(wanted)
    }
}

/// ZADD and ZINCRBY, which reads the options of ZADD too.
pub fn add(ctx: &mut Ctx<'_>, args: Args<'_>, increment: bool) -> Result<(), Error> {
    let (options, first) = Options::parse(args, increment)?;
    let pairs = args.from(first).chunks_exact(2);
    let pairs = pairs
        .map(|pair| Ok((num::parse_f64(pair[0]).ok_or(Error::NotFloat)?, pair[1])))
        .collect::<Result<Vec<_>, Error>>()?;
    add_pairs(ctx, &args[1], options, &pairs)
}

/// GEOADD: members whose scores follow from places, with the conditions of ZADD that it has.
pub fn add_scored(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    (absent, present, count_changes): (bool, bool, bool),
    pairs: &[(f64, &[u8])],
) -> Result<(), Error> {
    let options = Options {
        absent,
        present,
        count_changes,
        places: true,
        ..Options::default()
    };
    add_pairs(ctx, key, options, pairs)
}

fn add_pairs(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    options: Options,
    pairs: &[(f64, &[u8])],
) -> Result<(), Error> {
    let observing = ctx.engine.observing;
    let first = ctx.db().entry(key).is_none();
    let (mut added, mut updated, mut score, mut facts) = (0, 0, None, Vec::new());
    if !options.present || ctx.db().read::<Zset>(key)?.is_some() {
        let limits = ctx.limits();
        let set = ctx.db().write_or(key, Zset::new)?;
        set.limit(&limits);
        set.expect(
            pairs.len(),
            pairs
                .iter()
                .map(|(_, member)| member.len())
                .max()
                .unwrap_or(0),
        );
        for &(given, member) in pairs {
            score = options.wanted(set.score(member), given);
            let Some(score) = score else { continue };
            let outcome = set.insert(member, score);
            match outcome {
                Insert::Added { .. } => added += 1,
                Insert::Updated { .. } => updated += 1,
                Insert::Unchanged => {}
                Insert::NotANumber => return Err(NAN),
            }
            if observing {
                facts.extend(fact(outcome, member, score, set.len()));
            }
        }
    }
    if added + updated > 0 {
        witness_places(ctx, key, options.places, first);
        ctx.changed(key);
        let event = if options.increment { "zincr" } else { "zadd" };
        ctx.notify(notify::ZSET, event, key);
    }
    for fact in facts {
        ctx.note(key, || fact);
    }
    match score {
        _ if !options.increment => ctx.out.count(if options.count_changes {
            added + updated
        } else {
            added
        }),
        Some(score) => ctx.out.double(score),
        None => ctx.out.null(),
    }
    Ok(())
}

/// A set is known to hold places from when GEOADD makes it until another command gives it a score.
fn witness_places(ctx: &mut Ctx<'_>, key: &[u8], places: bool, first: bool) {
    let known = ctx
        .db()
        .entry(key)
        .and_then(|entry| entry.witness.as_deref());
    let knows = matches!(known, Some(Witness::Places));
    if places && first || !places && knows {
        let witness = places.then(|| Box::new(Witness::Places));
        if let Some(entry) = ctx.db().entry_mut(key) {
            entry.witness = witness;
        }
    }
}

/// What there is to tell of a member that was put in or got another score.
fn fact(outcome: Insert, member: &[u8], score: f64, of: usize) -> Option<Fact> {
    let member = Bytes::from_slice(member);
    let from_top = |rank: usize| of - 1 - rank;
    match outcome {
        Insert::Added { rank, comparisons } => Some(Fact::MemberAdded {
            member,
            score,
            rank: from_top(rank),
            comparisons,
            of,
        }),
        Insert::Updated {
            from,
            to,
            comparisons,
            ..
        } => Some(Fact::MemberMoved {
            member,
            score,
            from: from_top(from),
            to: from_top(to),
            comparisons,
            of,
        }),
        Insert::Unchanged | Insert::NotANumber => None,
    }
}

/// The commands that take members out and answer how many; `take` does the one and tells the other.
pub fn remove(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    event: &str,
    take: impl FnOnce(&mut Zset) -> usize,
) -> Result<(), Error> {
    let count = ctx.db().write::<Zset>(&args[1])?.map_or(0, take);
    removed(ctx, &args[1], event, count);
    ctx.out.count(count);
    Ok(())
}

/// After members were taken out: a set that has none left is gone.
pub(super) fn removed(ctx: &mut Ctx<'_>, key: &[u8], event: &str, count: usize) {
    if count == 0 {
        return;
    }
    ctx.changed(key);
    ctx.notify(notify::ZSET, event, key);
    if matches!(ctx.db().read::<Zset>(key), Ok(Some(set)) if set.is_empty()) {
        ctx.delete_emptied(key);
    }
    ctx.note(key, || Fact::MembersRemoved { count });
}
