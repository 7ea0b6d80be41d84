//! What several sets have in common, together, or apart.

use crate::ds::bytes::Bytes;
use crate::ds::limits::Limits;
use crate::ds::set::Set;
use crate::engine::args::Args;
use crate::engine::db::{Db, Kind};
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::{Ctx, notify};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Difference,
    Intersection,
    Union,
}

pub(super) fn sdiff(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    reply(ctx, args, Operation::Difference)
}

pub(super) fn sdiffstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    store(ctx, args, Operation::Difference, "sdiffstore")
}

pub(super) fn sinter(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    reply(ctx, args, Operation::Intersection)
}

pub(super) fn sintercard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (keys, limit) = counted_keys(args)?;
    let sets = sets(ctx.db(), keys)?;
    let count = match smallest_first(&sets) {
        Some(sets) => common(&sets).take(limit).count(),
        None => 0,
    };
    ctx.out.count(count);
    Ok(())
}

/// The words `numkeys key [key …] [LIMIT limit]`; no limit is `usize::MAX`.
pub(in crate::command) fn counted_keys<'a>(
    args: Args<'a>,
) -> Result<(&'a [&'a [u8]], usize), Error> {
    let numkeys = args.int(1).ok().filter(|&n| n > 0);
    let numkeys = numkeys.ok_or(Error::text("ERR numkeys should be greater than 0"))?;
    if numkeys > args.len() as i64 - 2 {
        return Err(Error::text(
            "ERR Number of keys can't be greater than number of args",
        ));
    }
    let after = 2 + numkeys as usize;
    let mut limit = 0;
    let mut at = after;
    while at < args.len() {
        if !args.is(at, "LIMIT") || at + 1 == args.len() {
            return Err(Error::Syntax);
        }
        limit = args
            .int(at + 1)
            .ok()
            .and_then(num::size)
            .ok_or(Error::text("ERR LIMIT can't be negative"))?;
        at += 2;
    }
    let keys = args.0.get(2..after).unwrap_or_default();
    Ok((keys, if limit == 0 { usize::MAX } else { limit }))
}

pub(super) fn sinterstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    store(ctx, args, Operation::Intersection, "sinterstore")
}

pub(super) fn sunion(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    reply(ctx, args, Operation::Union)
}

pub(super) fn sunionstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    store(ctx, args, Operation::Union, "sunionstore")
}

fn reply(ctx: &mut Ctx<'_>, args: Args<'_>, operation: Operation) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let sets = sets(db, args.from(1))?;
    let members = result(&sets, operation);
    out.set(members.len());
    members.iter().for_each(|member| out.bulk(member));
    Ok(())
}

fn store(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    operation: Operation,
    event: &str,
) -> Result<(), Error> {
    let target = &args[1];
    let limits = ctx.limits();
    let sets = sets(ctx.db(), args.from(2))?;
    let set = collected(&sets, operation, &limits);
    let len = set.len();
    ctx.keep(target, set.into_value(), len, notify::SET, event);
    Ok(())
}

/// The sets under several keys. Errors: WRONGTYPE.
fn sets<'d>(db: &'d Db, keys: &[&[u8]]) -> Result<Vec<Option<&'d Set>>, Error> {
    keys.iter().map(|key| db.read::<Set>(key)).collect()
}

fn result(sets: &[Option<&Set>], operation: Operation) -> Vec<Bytes> {
    match operation {
        Operation::Intersection => match smallest_first(sets) {
            Some(sets) => common(&sets).collect(),
            None => Vec::new(),
        },
        // Without a target the form of the result shows in nothing but its order.
        _ => collected(sets, operation, &Limits::default())
            .iter()
            .collect(),
    }
}

/// The result as the reference builds it up, in the form it then has.
fn collected(sets: &[Option<&Set>], operation: Operation, limits: &Limits) -> Set {
    match operation {
        Operation::Intersection => {
            let Some(sets) = smallest_first(sets) else {
                return Set::default();
            };
            let mut all = match sets.first() {
                Some(Set::Packed(_) | Set::Table(_)) => Set::Packed(Vec::new()),
                _ => Set::default(),
            };
            for member in common(&sets) {
                all.insert(&member, limits);
            }
            all.to_ints_if_possible(limits);
            all
        }
        Operation::Union => {
            let mut all = Set::default();
            for member in sets.iter().flatten().flat_map(|set| set.iter()) {
                all.insert(&member, limits);
            }
            all
        }
        Operation::Difference => {
            let mut all = Set::default();
            if let Some((Some(first), others)) = sets.split_first() {
                let has = |member: &[u8]| others.iter().flatten().any(|set| set.contains(member));
                for member in first.iter().filter(|member| !has(member)) {
                    all.insert(&member, limits);
                }
            }
            all
        }
    }
}

/// The sets by size, equal ones as they came; `None` when one is missing, so that nothing is common.
fn smallest_first<'d>(sets: &[Option<&'d Set>]) -> Option<Vec<&'d Set>> {
    let mut sets: Vec<&Set> = sets.iter().copied().collect::<Option<_>>()?;
    sets.sort_by_key(|set| set.len());
    Some(sets)
}

/// What all sets have, in the order of the first.
fn common<'s>(sets: &'s [&Set]) -> impl Iterator<Item = Bytes> + 's {
    let (first, others) = match sets {
        [first, others @ ..] => (Some(*first), others),
        [] => (None, sets),
    };
    first
        .into_iter()
        .flat_map(|set| set.iter())
        .filter(|member| others.iter().all(|set| set.contains(member)))
}
