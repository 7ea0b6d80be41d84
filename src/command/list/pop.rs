//! Commands that take elements from an end, some of them waiting for one.

use super::end;
use super::write::push_to;
use crate::ds::bytes::Bytes;
use crate::ds::list::{End, List};
use crate::engine::args::Args;
use crate::engine::block::{self, OnTimeout};
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::num;
use crate::engine::time::Millis;
use crate::engine::{Ctx, notify};

pub(super) fn blmove(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (from, to) = (end(args, 3)?, end(args, 4)?);
    let until = block::deadline(args, 5, ctx.now())?;
    move_or_wait(ctx, args, from, to, until)
}

pub(super) fn blmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let choice = Choice::parse(args, 2)?;
    let until = block::deadline(args, 1, ctx.now())?;
    if pop_from_first(ctx, &choice)? {
        return Ok(());
    }
    ctx.block(
        choice.keys,
        Some("list"),
        until,
        args.0,
        OnTimeout::NullArray,
    );
    Ok(())
}

pub(super) fn blpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop_or_wait(ctx, args, End::Left)
}

pub(super) fn brpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop_or_wait(ctx, args, End::Right)
}

pub(super) fn brpoplpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let until = block::deadline(args, 3, ctx.now())?;
    move_or_wait(ctx, args, End::Right, End::Left, until)
}

pub(super) fn lmove(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (from, to) = (end(args, 3)?, end(args, 4)?);
    if !move_between(ctx, &args[1], &args[2], from, to)? {
        ctx.out.null();
    }
    Ok(())
}

pub(super) fn lmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let choice = Choice::parse(args, 1)?;
    if !pop_from_first(ctx, &choice)? {
        ctx.out.null_array();
    }
    Ok(())
}

pub(super) fn lpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop(ctx, args, End::Left)
}

pub(super) fn rpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop(ctx, args, End::Right)
}

pub(super) fn rpoplpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if !move_between(ctx, &args[1], &args[2], End::Right, End::Left)? {
        ctx.out.null();
    }
    Ok(())
}

fn pop(ctx: &mut Ctx<'_>, args: Args<'_>, end: End) -> Result<(), Error> {
    if args.len() > 3 {
        let name = if end == End::Left { "lpop" } else { "rpop" };
        return Err(Error::Arity(name.into()));
    }
    let count = match args.get(2) {
        None => None,
        Some(_) => {
            let count = args.int(2).ok().and_then(num::size);
            Some(count.ok_or(Error::text("ERR value is out of range, must be positive"))?)
        }
    };
    if ctx.db().read::<List>(&args[1])?.is_none() {
        match count {
            Some(_) => ctx.out.null_array(),
            None => ctx.out.null(),
        }
        return Ok(());
    }
    match count {
        None => {
            if let Some(item) = take(ctx, &args[1], end, 1)?.first() {
                ctx.out.bulk(item);
            }
        }
        Some(0) => ctx.out.array(0),
        Some(count) => {
            let items = take(ctx, &args[1], end, count)?;
            ctx.out.array(items.len());
            items.iter().for_each(|item| ctx.out.bulk(item));
        }
    }
    Ok(())
}

/// Takes up to `count` elements from an end of a list, which goes when it is empty.
fn take(ctx: &mut Ctx<'_>, key: &[u8], end: End, count: usize) -> Result<Vec<Bytes>, Error> {
    let limits = ctx.limits();
    let Some(list) = ctx.db().write::<List>(key)? else {
        return Ok(Vec::new());
    };
    let items: Vec<Bytes> = std::iter::from_fn(|| list.pop(end)).take(count).collect();
    list.shrunk(&limits);
    let empty = list.is_empty();
    note_popped(ctx, key, end, &items);
    taken(ctx, key, end, empty);
    Ok(items)
}

fn note_popped(ctx: &mut Ctx<'_>, key: &[u8], end: End, items: &[Bytes]) {
    if let Some(last) = items.last() {
        ctx.note(key, || Fact::Popped {
            head: end == End::Left,
            count: items.len(),
            last: last.clone(),
        });
    }
}

fn taken(ctx: &mut Ctx<'_>, key: &[u8], end: End, empty: bool) {
    let event = match end {
        End::Left => "lpop",
        End::Right => "rpop",
    };
    ctx.notify(notify::LIST, event, key);
    if empty {
        ctx.delete_told(key);
    } else {
        ctx.changed(key);
    }
}

fn pop_or_wait(ctx: &mut Ctx<'_>, args: Args<'_>, end: End) -> Result<(), Error> {
    let last = args.len() - 1;
    let until = block::deadline(args, last, ctx.now())?;
    let keys = args.0.get(1..last).unwrap_or_default();
    for key in keys {
        if ctx.db().read::<List>(key)?.is_none() {
            continue;
        }
        if let Some(item) = take(ctx, key, end, 1)?.first() {
            ctx.out.array(2);
            ctx.out.bulk(key);
            ctx.out.bulk(item);
            return Ok(());
        }
    }
    ctx.block(keys, Some("list"), until, args.0, OnTimeout::NullArray);
    Ok(())
}

/// The words `numkeys key [key …] LEFT|RIGHT [COUNT count]`.
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
        let end = end(args, after)?;
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

/// Replies the elements of the first of the lists that has any; false when none has.
fn pop_from_first(ctx: &mut Ctx<'_>, choice: &Choice<'_>) -> Result<bool, Error> {
    for key in choice.keys {
        if ctx.db().read::<List>(key)?.is_none() {
            continue;
        }
        let items = take(ctx, key, choice.end, choice.count)?;
        ctx.out.array(2);
        ctx.out.bulk(key);
        ctx.out.array(items.len());
        items.iter().for_each(|item| ctx.out.bulk(item));
        return Ok(true);
    }
    Ok(false)
}

fn move_or_wait(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    from: End,
    to: End,
    until: Option<Millis>,
) -> Result<(), Error> {
    if move_between(ctx, &args[1], &args[2], from, to)? {
        return Ok(());
    }
    let on_timeout = match ctx.in_exec {
        true => OnTimeout::Null,
        false => OnTimeout::NullArray,
    };
    ctx.block(&[&args[1]], Some("list"), until, args.0, on_timeout);
    Ok(())
}

/// Moves an element and replies it; false when there is none to move.
fn move_between(
    ctx: &mut Ctx<'_>,
    source: &[u8],
    target: &[u8],
    from: End,
    to: End,
) -> Result<bool, Error> {
    if ctx.db().read::<List>(source)?.is_none() {
        return Ok(false);
    }
    ctx.db().read::<List>(target)?;
    let limits = ctx.limits();
    let Some(list) = ctx.db().write::<List>(source)? else {
        return Ok(false);
    };
    let Some(item) = list.pop(from) else {
        return Ok(false);
    };
    let changes = ctx.engine.stats.changes;
    push_to(ctx, target, to, &[&item])?;
    if let Some(list) = ctx.db().write::<List>(source)? {
        let empty = list.is_empty();
        if !empty {
            list.shrunk(&limits);
        }
        note_popped(ctx, source, from, std::slice::from_ref(&item));
        taken(ctx, source, from, empty);
    }
    ctx.engine.stats.changes = changes + 1; // one move
    ctx.out.bulk(&item);
    Ok(true)
}
