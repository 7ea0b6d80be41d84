//! Several strings at once.

use super::{Condition, For, Options, expire_at_once, put, set_deadline};
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::{Ctx, notify};

pub(super) fn mget(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.array(args.len() - 1);
    for key in args.from(1) {
        match db.read::<Vec<u8>>(key) {
            Ok(Some(text)) => out.bulk(text),
            _ => out.null(),
        }
    }
    Ok(())
}

pub(super) fn mset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    set_pairs(ctx, pairs(args, "mset")?);
    ctx.out.ok();
    Ok(())
}

pub(super) fn msetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let numkeys = args
        .int(1)
        .ok()
        .filter(|n| (1..=i64::from(i32::MAX)).contains(n));
    let numkeys = numkeys.ok_or(Error::text("ERR invalid numkeys value or out of range"))? as usize;
    let words = args.0.get(2..2 + numkeys * 2).ok_or(Error::Syntax)?;
    let options = Options::parse(args, 2 + numkeys * 2, For::Msetex)?;
    let now = ctx.now();
    let deadline = options
        .expiry
        .map(|e| e.deadline(now, "msetex"))
        .transpose()?;
    let (pairs, _) = words.as_chunks::<2>();
    let met = match options.condition {
        Condition::Absent => !pairs.iter().any(|[key, _]| ctx.db().contains(key)),
        Condition::Present => pairs.iter().all(|[key, _]| ctx.db().contains(key)),
        _ => true,
    };
    if met {
        for [key, value] in pairs {
            put(ctx, key, value, options.keep_ttl);
            match deadline {
                Some(when) if when <= now => ctx.notify(notify::GENERIC, "expire", key),
                Some(when) => set_deadline(ctx, key, when),
                None => {}
            }
        }
        if deadline.is_some_and(|when| when <= now) {
            pairs.iter().for_each(|[key, _]| expire_at_once(ctx, key));
        }
    }
    ctx.out.int(i64::from(met));
    Ok(())
}

pub(super) fn msetnx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let pairs = pairs(args, "msetnx")?;
    let free = !pairs.iter().any(|[key, _]| ctx.db().contains(key));
    if free {
        set_pairs(ctx, pairs);
    }
    ctx.out.int(i64::from(free));
    Ok(())
}

/// The words from the first on, as keys and values.
fn pairs<'a>(args: Args<'a>, name: &'static str) -> Result<&'a [[&'a [u8]; 2]], Error> {
    match args.from(1).as_chunks::<2>() {
        (pairs, []) => Ok(pairs),
        _ => Err(Error::Arity(name.into())),
    }
}

fn set_pairs(ctx: &mut Ctx<'_>, pairs: &[[&[u8]; 2]]) {
    for [key, value] in pairs {
        put(ctx, key, value, false);
    }
}
