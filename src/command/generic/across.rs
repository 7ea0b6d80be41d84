//! What reaches beyond one key: other names, other databases, other servers.

use crate::engine::args::Args;
use crate::engine::block::{self, OnTimeout};
use crate::engine::db::Witness;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::{Ctx, DATABASES, notify};

const SAME: Error = Error::text("ERR source and destination objects are the same");

pub(super) fn copy(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (mut target, mut replace) = (ctx.db, false);
    let mut at = 3;
    while at < args.len() {
        if args.is(at, "REPLACE") {
            replace = true;
        } else if args.is(at, "DB") && at + 1 < args.len() {
            target = database(args.int32(at + 1)?)?;
            at += 1;
        } else {
            return Err(Error::Syntax);
        }
        at += 1;
    }
    let (from, to) = (&args[1], &args[2]);
    if target == ctx.db && from == to {
        return Err(SAME);
    }
    let now = ctx.now();
    let taken = !replace && ctx.engine.dbs[target].contains(to);
    let copied = ctx.db().entry(from).map(|entry| entry.copied(now));
    let Some(mut entry) = copied.filter(|_| !taken) else {
        ctx.out.int(0);
        return Ok(());
    };
    // A copy of a lock locks nothing.
    if matches!(entry.witness.as_deref(), Some(Witness::Lock { .. })) {
        entry.witness = None;
    }
    ctx.engine.dbs[target].put(to, entry);
    ctx.engine.changed(target, to);
    ctx.engine.notify(target, notify::GENERIC, "copy_to", to);
    ctx.out.int(1);
    Ok(())
}

pub(super) fn move_key(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let target = database(args.int32(2)?)?;
    let (source, key) = (ctx.db, &args[1]);
    if target == source {
        return Err(SAME);
    }
    let free = !ctx.engine.dbs[target].contains(key);
    let entry = if free { ctx.db().remove(key) } else { None };
    let moved = entry.is_some();
    let conn = Some(ctx.conn);
    ctx.engine
        .note_gone(conn, source, key, entry.as_ref(), Some((target, key)));
    if let Some(entry) = entry {
        ctx.engine.dbs[target].put(key, entry);
        ctx.changed(key);
        ctx.engine.changed(target, key);
        ctx.notify(notify::GENERIC, "move_from", key);
        ctx.engine.notify(target, notify::GENERIC, "move_to", key);
        ctx.note(key, || Fact::Deleted);
    }
    ctx.out.int(i64::from(moved));
    Ok(())
}

pub(super) fn rename(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    name(ctx, args, true)?;
    ctx.out.ok();
    Ok(())
}

pub(super) fn renamenx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let named = name(ctx, args, false)?;
    ctx.out.int(i64::from(named));
    Ok(())
}

/// Gives the key at word 1 the name at word 2, its deadline and witness with it. False: the name is
/// taken, or its own.
fn name(ctx: &mut Ctx<'_>, args: Args<'_>, replace: bool) -> Result<bool, Error> {
    let (from, to) = (&args[1], &args[2]);
    if !ctx.db().contains(from) {
        return Err(Error::NoSuchKey);
    }
    if from == to || (!replace && ctx.db().contains(to)) {
        return Ok(false);
    }
    if let Some(entry) = ctx.db().remove(from) {
        let (conn, db) = (Some(ctx.conn), ctx.db);
        ctx.engine
            .note_gone(conn, db, from, Some(&entry), Some((db, to)));
        ctx.db().put(to, entry);
        ctx.changed(from);
        ctx.changed(to);
        ctx.notify(notify::GENERIC, "rename_from", from);
        ctx.notify(notify::GENERIC, "rename_to", to);
        ctx.note(from, || Fact::Deleted);
    }
    Ok(true)
}

pub(super) fn swapdb(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let one = args
        .int32(1)
        .map_err(|_| Error::text("ERR invalid first DB index"))?;
    let other = args
        .int32(2)
        .map_err(|_| Error::text("ERR invalid second DB index"))?;
    let (one, other) = (database(one)?, database(other)?);
    if one != other {
        ctx.engine.swap_databases(one, other);
    }
    ctx.out.ok();
    Ok(())
}

/// WAIT. No replica will ever say that it has anything.
pub(super) fn wait(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let replicas = args.int(1)?;
    let until = block::deadline_millis(args, 2, ctx.now())?;
    if replicas <= 0 {
        ctx.out.int(0);
    } else {
        ctx.block(&[], None, until, args.0, OnTimeout::Counts(&[0]));
    }
    Ok(())
}

/// WAITAOF. There is no file and no replica.
pub(super) fn waitaof(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let local = args.int(1)?;
    if !(0..=1).contains(&local) {
        return Err(Error::text(
            "ERR value is out of range, value must between 0 and 1",
        ));
    }
    let replicas = args.int(2).ok().filter(|replicas| *replicas >= 0);
    let replicas = replicas.ok_or(Error::text("ERR value is out of range, must be positive"))?;
    let until = block::deadline_millis(args, 3, ctx.now())?;
    if local > 0 {
        return Err(Error::text(
            "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
        ));
    }
    if replicas == 0 {
        ctx.out.array(2);
        ctx.out.int(0);
        ctx.out.int(0);
    } else {
        ctx.block(&[], None, until, args.0, OnTimeout::Counts(&[0, 0]));
    }
    Ok(())
}

fn database(number: i32) -> Result<usize, Error> {
    usize::try_from(number)
        .ok()
        .filter(|&number| number < DATABASES)
        .ok_or(Error::DbIndex)
}
