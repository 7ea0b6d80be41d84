//! Commands that put elements in, replace them or remove them by value or index.

use super::read::place;
use super::span;
use crate::ds::list::{End, List};
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::num;
use crate::engine::{Ctx, notify};

pub(super) fn linsert(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let after = if args.is(2, "AFTER") {
        true
    } else if args.is(2, "BEFORE") {
        false
    } else {
        return Err(Error::Syntax);
    };
    let limits = ctx.limits();
    let Some(list) = ctx.db().write::<List>(&args[1])? else {
        ctx.out.int(0);
        return Ok(());
    };
    list.growing(&[&args[4]], &limits);
    let Some(at) = list.iter().position(|item| *item.as_slice() == args[3]) else {
        ctx.out.int(-1);
        return Ok(());
    };
    list.insert(at, after, &args[4], &limits);
    let len = list.len();
    ctx.changed(&args[1]);
    ctx.notify(notify::LIST, "linsert", &args[1]);
    ctx.out.count(len);
    Ok(())
}

pub(super) fn lpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    push(ctx, args, End::Left, true)
}

pub(super) fn lpushx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    push(ctx, args, End::Left, false)
}

pub(super) fn lrem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = args.int(2)?;
    if count == i64::MIN {
        return Err(Error::text(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
    let limits = ctx.limits();
    let Some(list) = ctx.db().write::<List>(&args[1])? else {
        ctx.out.int(0);
        return Ok(());
    };
    let end = if count < 0 { End::Right } else { End::Left };
    let limit = match num::distance(count) {
        0 => usize::MAX,
        n => n,
    };
    let removed = list.remove_equal(&args[3], end, limit);
    if removed > 0 {
        list.shrunk(&limits);
        let empty = list.is_empty();
        ctx.changed(&args[1]);
        ctx.notify(notify::LIST, "lrem", &args[1]);
        if empty {
            ctx.delete_emptied(&args[1]);
        }
    }
    ctx.out.count(removed);
    Ok(())
}

pub(super) fn lset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let limits = ctx.limits();
    let Some(list) = ctx.db().write::<List>(&args[1])? else {
        return Err(Error::NoSuchKey);
    };
    let index = args.int(2)?;
    list.growing(&[&args[3]], &limits);
    // The reference takes an index of 64 bits here and looks at 32 of them.
    let Some(at) = place(list, i64::from(index as i32)) else {
        return Err(Error::OutOfRange);
    };
    list.set(at, &args[3], &limits);
    list.shrunk(&limits);
    ctx.changed(&args[1]);
    ctx.notify(notify::LIST, "lset", &args[1]);
    ctx.out.ok();
    Ok(())
}

pub(super) fn ltrim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (start, end) = (args.int(2)?, args.int(3)?);
    let limits = ctx.limits();
    if let Some(list) = ctx.db().write::<List>(&args[1])? {
        let (start, end) = span(start, end, list.len());
        list.keep(start, end);
        list.shrunk(&limits);
        let empty = list.is_empty();
        ctx.changed(&args[1]);
        ctx.notify(notify::LIST, "ltrim", &args[1]);
        if empty {
            ctx.delete_emptied(&args[1]);
        }
    }
    ctx.out.ok();
    Ok(())
}

pub(super) fn rpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    push(ctx, args, End::Right, true)
}

pub(super) fn rpushx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    push(ctx, args, End::Right, false)
}

fn push(ctx: &mut Ctx<'_>, args: Args<'_>, end: End, make: bool) -> Result<(), Error> {
    let missing = ctx.db().read::<List>(&args[1])?.is_none();
    if missing && !make {
        ctx.out.int(0);
        return Ok(());
    }
    let len = push_to(ctx, &args[1], end, args.from(2))?;
    ctx.out.count(len);
    Ok(())
}

/// Puts elements at an end of a list, made where there is none; its new length.
pub(super) fn push_to(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    end: End,
    items: &[&[u8]],
) -> Result<usize, Error> {
    let limits = ctx.limits();
    let list = ctx.db().write_or(key, List::new)?;
    list.growing(items, &limits);
    for item in items {
        list.push(end, item, &limits);
    }
    let len = list.len();
    ctx.changed(key);
    let event = match end {
        End::Left => "lpush",
        End::Right => "rpush",
    };
    ctx.notify(notify::LIST, event, key);
    ctx.note(key, || Fact::Pushed {
        head: end == End::Left,
        count: items.len(),
    });
    Ok(len)
}
