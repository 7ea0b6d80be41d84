//! Taking members out of an end, some of the commands waiting for one.

use super::write::removed;
use crate::ds::bytes::Bytes;
use crate::ds::zset::Zset;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::block::{self, OnTimeout};
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::reply::Resp;

/// An end of a sorted set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Min,
    Max,
}

/// ZPOPMIN and ZPOPMAX.
pub fn pop(ctx: &mut Ctx<'_>, args: Args<'_>, end: End) -> Result<(), Error> {
    if args.len() > 3 {
        return Err(Error::Syntax);
    }
    let count = match args.get(2) {
        Some(_) => {
            let count = args.int(2).ok().and_then(num::size);
            Some(count.ok_or(Error::text("ERR value is out of range, must be positive"))?)
        }
        None => None,
    };
    let taken = take(ctx, &args[1], end, count.unwrap_or(1))?.unwrap_or_default();
    let pairs = count.is_some() && ctx.out.resp == Resp::Three;
    ctx.out.array(taken.len() * if pairs { 1 } else { 2 });
    write(ctx, &taken, pairs);
    Ok(())
}

fn write(ctx: &mut Ctx<'_>, taken: &[(Bytes, f64)], pairs: bool) {
    for (member, score) in taken {
        if pairs {
            ctx.out.array(2);
        }
        ctx.out.bulk(member);
        ctx.out.double(*score);
    }
}

/// Takes up to `count` members out of a set, which goes when it is empty; `None` where there is none.
fn take(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    end: End,
    count: usize,
) -> Result<Option<Vec<(Bytes, f64)>>, Error> {
    let Some(set) = ctx.db().write::<Zset>(key)? else {
        return Ok(None);
    };
    let one = || match end {
        End::Min => set.pop_min(),
        End::Max => set.pop_max(),
    };
    let taken: Vec<_> = std::iter::from_fn(one).take(count).collect();
    let event = match end {
        End::Min => "zpopmin",
        End::Max => "zpopmax",
    };
    removed(ctx, key, event, taken.len());
    Ok(Some(taken))
}

/// BZPOPMIN and BZPOPMAX.
pub fn one_or_wait(ctx: &mut Ctx<'_>, args: Args<'_>, end: End) -> Result<(), Error> {
    let last = args.len() - 1;
    let until = block::deadline(args, last, ctx.now())?;
    let keys = args.0.get(1..last).unwrap_or_default();
    for key in keys {
        if let Some(taken) = take(ctx, key, end, 1)? {
            ctx.out.array(3);
            ctx.out.bulk(key);
            write(ctx, &taken, false);
            return Ok(());
        }
    }
    ctx.block(keys, Some("zset"), until, args.0, OnTimeout::NullArray);
    Ok(())
}

/// ZMPOP.
pub fn many(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let choice = Choice::parse(args, 1)?;
    if !take_from_first(ctx, &choice)? {
        ctx.out.null_array();
    }
    Ok(())
}

/// BZMPOP.
pub fn many_or_wait(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let choice = Choice::parse(args, 2)?;
    let until = block::deadline(args, 1, ctx.now())?;
    if !take_from_first(ctx, &choice)? {
        ctx.block(
            choice.keys,
            Some("zset"),
            until,
            args.0,
            OnTimeout::NullArray,
        );
    }
    Ok(())
}

/// Replies members of the first of the sets that has any; false when none has.
fn take_from_first(ctx: &mut Ctx<'_>, choice: &Choice<'_>) -> Result<bool, Error> {
    for key in choice.keys {
        if let Some(taken) = take(ctx, key, choice.end, choice.count)? {
            ctx.out.array(2);
            ctx.out.bulk(key);
            ctx.out.array(taken.len());
            write(ctx, &taken, true);
            return Ok(true);
        }
    }
    Ok(false)
}

/// The words `numkeys key [key …] MIN|MAX [COUNT count]`.
struct Choice<'a> {
    keys: &'a [&'a [u8]],
    end: End,
    count: usize,
}

impl<'a> Choice<'a> {
    fn parse(args: Args<'a>, at: usize) -> Result<Self, Error> {
        let positive = |at: usize, text: &'static str| {
            let number = args.int(at).ok().filter(|&n| n > 0);
            number.and_then(num::size).ok_or(Error::text(text))
        };
        let numkeys = positive(at, "ERR numkeys should be greater than 0")?;
        let after = (at + 1).checked_add(numkeys).ok_or(Error::Syntax)?;
        let keys = args.0.get(at + 1..after).ok_or(Error::Syntax)?;
        let end = match () {
            () if args.is(after, "MIN") => End::Min,
            () if args.is(after, "MAX") => End::Max,
            () => return Err(Error::Syntax),
        };
        let mut count = None;
        let mut at = after + 1;
        while at < args.len() {
            if count.is_some() || !args.is(at, "COUNT") || at + 1 == args.len() {
                return Err(Error::Syntax);
            }
            count = Some(positive(at + 1, "ERR count should be greater than 0")?);
            at += 2;
        }
        Ok(Self {
            keys,
            end,
            count: count.unwrap_or(1),
        })
    }
}
