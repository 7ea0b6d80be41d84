//! Single members: adding, asking, moving, picking.

use crate::command::generic::scan::{self, Walked};
use crate::ds::bytes::Bytes;
use crate::ds::set::Set;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::{Ctx, notify};

/// The most members that one reply picks with repetition. The reference would go on until its memory
/// ends.
pub(in crate::command) const PICKS_MAX: u64 = 1 << 24;

pub(super) fn sadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, members) = (&args[1], args.from(2));
    let limits = ctx.limits();
    let missing = ctx.db().read::<Set>(key)?.is_none();
    let set = ctx
        .db()
        .write_or(key, || Set::for_member(&args[2], members.len(), &limits))?;
    if !missing {
        set.expect(members.len(), &limits);
    }
    let added = members
        .iter()
        .filter(|member| set.insert(member, &limits))
        .count();
    if added > 0 {
        ctx.changed(key);
        ctx.notify(notify::SET, "sadd", key);
    }
    ctx.out.count(added);
    Ok(())
}

pub(super) fn scard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let len = ctx.db().read::<Set>(&args[1])?.map_or(0, Set::len);
    ctx.out.count(len);
    Ok(())
}

pub(super) fn sismember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let set = ctx.db().read::<Set>(&args[1])?;
    let is = set.is_some_and(|set| set.contains(&args[2]));
    ctx.out.int(i64::from(is));
    Ok(())
}

pub(super) fn smembers(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db.read::<Set>(&args[1])? {
        Some(set) => {
            out.set(set.len());
            set.iter().for_each(|member| out.bulk(&member));
        }
        None => out.set(0),
    }
    Ok(())
}

pub(super) fn smismember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let set = db.read::<Set>(&args[1])?;
    out.array(args.len() - 2);
    for member in args.from(2) {
        out.int(i64::from(set.is_some_and(|set| set.contains(member))));
    }
    Ok(())
}

pub(super) fn smove(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (source, target, member) = (&args[1], &args[2], &args[3]);
    let limits = ctx.limits();
    let Some(set) = ctx.db().read::<Set>(source)? else {
        ctx.out.int(0);
        return Ok(());
    };
    let has = set.contains(member);
    ctx.db().read::<Set>(target)?;
    if has && source != target {
        remove(ctx, source, &[member])?;
        let set = ctx
            .db()
            .write_or(target, || Set::for_member(member, 1, &limits))?;
        if set.insert(member, &limits) {
            ctx.changed(target);
            ctx.notify(notify::SET, "sadd", target);
        }
    }
    ctx.out.int(i64::from(has));
    Ok(())
}

/// Takes members out of a set, which goes when it is empty; how many there were.
fn remove(ctx: &mut Ctx<'_>, key: &[u8], members: &[&[u8]]) -> Result<usize, Error> {
    let Some(set) = ctx.db().write::<Set>(key)? else {
        return Ok(0);
    };
    let removed = members.iter().filter(|member| set.remove(member)).count();
    let empty = set.is_empty();
    if removed > 0 {
        ctx.changed(key);
        ctx.notify(notify::SET, "srem", key);
        if empty {
            ctx.delete_emptied(key);
        }
    }
    Ok(removed)
}

pub(super) fn spop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let key = &args[1];
    let count = match args.len() {
        2 => None,
        3 => {
            let count = args.int(2).ok().and_then(num::size);
            Some(count.ok_or(Error::text("ERR value is out of range, must be positive"))?)
        }
        _ => return Err(Error::Syntax),
    };
    let Some(len) = ctx.db().read::<Set>(key)?.map(Set::len) else {
        match count {
            Some(_) => ctx.out.set(0),
            None => ctx.out.null(),
        }
        return Ok(());
    };
    let wanted = count.unwrap_or(1).min(len);
    let whole = wanted == len;
    let mut taken = Vec::with_capacity(wanted);
    for left in (len - wanted + 1..=len).rev() {
        let place = if whole {
            len - left
        } else {
            ctx.engine.pick.below(left)
        };
        let Some(set) = ctx.db().write::<Set>(key)? else {
            break;
        };
        let Some(member) = set.nth(place) else { break };
        if !whole {
            set.remove(&member);
        }
        taken.push(member);
    }
    if wanted > 0 {
        ctx.changed(key);
        ctx.notify(notify::SET, "spop", key);
        if whole {
            ctx.delete_emptied(key);
        }
    }
    if count.is_some() {
        ctx.out.set(taken.len());
    }
    taken.iter().for_each(|member| ctx.out.bulk(member));
    Ok(())
}

pub(super) fn srandmember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = match args.len() {
        2 => None,
        3 => Some(args.int(2)?),
        _ => return Err(Error::Syntax),
    };
    if count == Some(i64::MIN) {
        return Err(Error::text(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
    let Some(len) = ctx.db().read::<Set>(&args[1])?.map(Set::len) else {
        match count {
            Some(_) => ctx.out.array(0),
            None => ctx.out.null(),
        }
        return Ok(());
    };
    let places = match count {
        None => vec![ctx.engine.pick.below(len)],
        Some(count) => picks(ctx, count, len)?,
    };
    if count.is_some() {
        ctx.out.array(places.len());
    }
    let (db, out) = ctx.parts();
    if let Some(set) = db.read::<Set>(&args[1])? {
        let members = places.into_iter().filter_map(|place| set.nth(place));
        members.for_each(|member: Bytes| out.bulk(&member));
    }
    Ok(())
}

/// Places picked at random: `count` different ones, all in order where there are no more; for a negative
/// count as many as it says, with repetition. Errors: too many for one reply.
pub(in crate::command) fn picks(
    ctx: &mut Ctx<'_>,
    count: i64,
    len: usize,
) -> Result<Vec<usize>, Error> {
    let rng = &mut ctx.engine.pick;
    if count < 0 {
        if count.unsigned_abs() > PICKS_MAX {
            return Err(Error::text("ERR value is out of range"));
        }
        return Ok((0..count.unsigned_abs()).map(|_| rng.below(len)).collect());
    }
    let count = num::distance(count);
    if count >= len {
        return Ok((0..len).collect());
    }
    // Fisher and Yates, as far as needed.
    let mut places: Vec<usize> = (0..len).collect();
    for at in 0..count {
        places.swap(at, at + rng.below(len - at));
    }
    places.truncate(count);
    Ok(places)
}

pub(super) fn srem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let removed = remove(ctx, &args[1], args.from(2))?;
    ctx.out.count(removed);
    Ok(())
}

pub(super) fn sscan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let cursor = scan::parse_cursor(&args[2])?;
    let (db, out) = ctx.parts();
    out.array(2);
    let Some(set) = db.read::<Set>(&args[1])? else {
        out.bulk(b"0");
        out.array(0);
        return Ok(());
    };
    let options = scan::Options::parse(args, 3, Walked::Set)?;
    let write = |out: &mut crate::engine::reply::Writer, member: &Bytes| {
        let passes = options.passes(member);
        if passes {
            out.bulk(member);
        }
        usize::from(passes)
    };
    match set {
        Set::Table(table) => {
            let page = options.page(cursor, table.len());
            out.bulk_int(page.start as i64);
            let members = page.rev().filter_map(|place| table.get_index(place));
            out.array_of(|out| members.map(|member| write(out, member)).sum());
        }
        // A small set comes whole, in its order.
        _ => {
            out.bulk(b"0");
            out.array_of(|out| set.iter().map(|member| write(out, &member)).sum());
        }
    }
    Ok(())
}
