//! Fields and their values: setting, asking, counting, picking.

use crate::command::generic::scan::{self, Walked};
use crate::command::set::member::picks;
use crate::ds::hash::Hash;
use crate::engine::args::Args;
use crate::engine::db::Value;
use crate::engine::error::Error;
use crate::engine::num::long::LongDouble;
use crate::engine::reply::{Resp, Writer};
use crate::engine::{Ctx, notify, num};

pub(super) fn hdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let key = &args[1];
    let Some(hash) = ctx.db().write::<Hash>(key)? else {
        ctx.out.int(0);
        return Ok(());
    };
    let removed = args.from(2).iter().filter(|f| hash.remove(f).is_some());
    let removed = removed.count();
    if removed > 0 {
        done(ctx, key, "hdel");
    }
    ctx.out.count(removed);
    Ok(())
}

/// What follows every change of a hash: whoever cares is told, and an empty hash goes.
pub(super) fn done(ctx: &mut Ctx<'_>, key: &[u8], event: &str) {
    ctx.db().fields_changed(key);
    ctx.changed(key);
    ctx.notify(notify::HASH, event, key);
    if matches!(ctx.db().value(key), Some(Value::Hash(hash)) if hash.is_empty()) {
        ctx.delete_emptied(key);
    }
}

pub(super) fn hexists(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let hash = ctx.db().read::<Hash>(&args[1])?;
    let has = hash.is_some_and(|hash| hash.get(&args[2]).is_some());
    ctx.out.int(i64::from(has));
    Ok(())
}

pub(super) fn hget(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let hash = db.read::<Hash>(&args[1])?;
    value(out, hash, &args[2]);
    Ok(())
}

/// A field's value, or null.
pub(super) fn value(out: &mut Writer, hash: Option<&Hash>, field: &[u8]) {
    match hash.and_then(|hash| hash.get(field)) {
        Some(value) => out.bulk(value),
        None => out.null(),
    }
}

pub(super) fn hgetall(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let hash = db.read::<Hash>(&args[1])?;
    out.map(hash.map_or(0, Hash::len));
    for (field, value, _) in hash.into_iter().flat_map(Hash::iter) {
        out.bulk(field);
        out.bulk(value);
    }
    Ok(())
}

pub(super) fn hincrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, field) = (&args[1], &args[2]);
    let by = args.int(3)?;
    let hash = ctx.db().read::<Hash>(key)?;
    let before = match hash.and_then(|hash| hash.get(field)) {
        Some(text) => {
            num::parse_i64(text).ok_or(Error::text("ERR hash value is not an integer"))?
        }
        None => 0,
    };
    let after = before.checked_add(by).ok_or(Error::Overflow)?;
    let text = after.to_string();
    set(ctx, key, &[field, text.as_bytes()], true)?;
    done(ctx, key, "hincrby");
    ctx.out.int(after);
    Ok(())
}

pub(super) fn hincrbyfloat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, field) = (&args[1], &args[2]);
    let by = LongDouble::parse(&args[3]).ok_or(Error::NotFloat)?;
    if by.plus(LongDouble::ZERO).is_none() {
        return Err(Error::text("ERR value is NaN or Infinity"));
    }
    let hash = ctx.db().read::<Hash>(key)?;
    let before = match hash.and_then(|hash| hash.get(field)) {
        Some(text) => {
            LongDouble::parse(text).ok_or(Error::text("ERR hash value is not a float"))?
        }
        None => LongDouble::ZERO,
    };
    let after = before
        .plus(by)
        .ok_or(Error::text("ERR increment would produce NaN or Infinity"))?;
    let text = after.text();
    set(ctx, key, &[field, text.as_bytes()], true)?;
    done(ctx, key, "hincrbyfloat");
    ctx.out.bulk(text.as_bytes());
    Ok(())
}

pub(super) fn hkeys(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    each(ctx, args, |out, field, _| out.bulk(field))
}

/// One reply for each field.
fn each(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    write: impl Fn(&mut Writer, &[u8], &[u8]),
) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let hash = db.read::<Hash>(&args[1])?;
    out.array(hash.map_or(0, Hash::len));
    for (field, value, _) in hash.into_iter().flat_map(Hash::iter) {
        write(out, field, value);
    }
    Ok(())
}

pub(super) fn hlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let len = ctx.db().read::<Hash>(&args[1])?.map_or(0, Hash::len);
    ctx.out.count(len);
    Ok(())
}

pub(super) fn hmget(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let hash = db.read::<Hash>(&args[1])?;
    out.array(args.len() - 2);
    for field in args.from(2) {
        value(out, hash, field);
    }
    Ok(())
}

pub(super) fn hmset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    set_pairs(ctx, args, "hmset")?;
    ctx.out.ok();
    Ok(())
}

fn set_pairs(ctx: &mut Ctx<'_>, args: Args<'_>, name: &'static str) -> Result<usize, Error> {
    if args.len() % 2 == 1 {
        return Err(Error::Arity(name.into()));
    }
    let added = set(ctx, &args[1], args.from(2), false)?;
    done(ctx, &args[1], "hset");
    Ok(added)
}

/// Sets fields to values, which follow each other in `words`; how many fields are new. Errors: WRONGTYPE.
pub(super) fn set(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    words: &[&[u8]],
    keep_ttl: bool,
) -> Result<usize, Error> {
    let limits = ctx.limits();
    let hash = ctx.db().write_or(key, Hash::default)?;
    hash.expect(words, &limits);
    let pairs = words.as_chunks::<2>().0.iter();
    Ok(pairs
        .filter(|[field, value]| hash.set(field, value, keep_ttl, &limits))
        .count())
}

pub(super) fn hrandfield(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = match args.len() {
        2 => None,
        _ => Some(args.int(2)?),
    };
    if count == Some(i64::MIN) {
        return Err(Error::text(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
    let with_values = args.is(3, "WITHVALUES");
    if args.len() > 4 || (args.len() == 4 && !with_values) {
        return Err(Error::Syntax);
    }
    if with_values && count.is_some_and(|n| n.unsigned_abs() > i64::MAX as u64 / 2) {
        return Err(Error::text("ERR value is out of range"));
    }
    let Some(len) = ctx.db().read::<Hash>(&args[1])?.map(Hash::len) else {
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
    let (db, out) = ctx.parts();
    if count.is_some() {
        let flat = with_values && out.resp == Resp::Two;
        out.array(places.len() * if flat { 2 } else { 1 });
    }
    if let Some(hash) = db.read::<Hash>(&args[1])? {
        for (field, value, _) in places.into_iter().filter_map(|place| hash.nth(place)) {
            if with_values && out.resp == Resp::Three {
                out.array(2);
            }
            out.bulk(field);
            if with_values {
                out.bulk(value);
            }
        }
    }
    Ok(())
}

pub(super) fn hscan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let cursor = scan::parse_cursor(&args[2])?;
    let (db, out) = ctx.parts();
    out.array(2);
    let Some(hash) = db.read::<Hash>(&args[1])? else {
        out.bulk(b"0");
        out.array(0);
        return Ok(());
    };
    let options = scan::Options::parse(args, 3, Walked::Hash)?;
    let write = |out: &mut Writer, place: usize| {
        let Some((field, value, _)) = hash.nth(place).filter(|(f, ..)| options.passes(f)) else {
            return 0;
        };
        out.bulk(field);
        if options.names_only {
            return 1;
        }
        out.bulk(value);
        2
    };
    match hash {
        Hash::Table(_) => {
            let page = options.page(cursor, hash.len());
            out.bulk_int(page.start as i64);
            out.array_of(|out| page.rev().map(|place| write(out, place)).sum());
        }
        // A small hash comes whole, in its order.
        Hash::Packed(_) => {
            out.bulk(b"0");
            out.array_of(|out| (0..hash.len()).map(|place| write(out, place)).sum());
        }
    }
    Ok(())
}

pub(super) fn hset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let added = set_pairs(ctx, args, "hset")?;
    ctx.out.count(added);
    Ok(())
}

pub(super) fn hsetnx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let hash = ctx.db().read::<Hash>(&args[1])?;
    let has = hash.is_some_and(|hash| hash.get(&args[2]).is_some());
    if !has {
        set(ctx, &args[1], args.from(2), false)?;
        done(ctx, &args[1], "hset");
    }
    ctx.out.int(i64::from(!has));
    Ok(())
}

pub(super) fn hstrlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let hash = ctx.db().read::<Hash>(&args[1])?;
    let len = hash
        .and_then(|hash| hash.get(&args[2]))
        .map_or(0, <[u8]>::len);
    ctx.out.count(len);
    Ok(())
}

pub(super) fn hvals(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    each(ctx, args, |out, _, value| out.bulk(value))
}
