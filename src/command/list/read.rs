//! Commands that only look.

use super::span;
use crate::ds::list::List;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::num;

pub(super) fn lindex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let Some(list) = db.read::<List>(&args[1])? else {
        out.null();
        return Ok(());
    };
    match place(list, args.int(2)?).and_then(|at| list.get(at)) {
        Some(item) => out.bulk(item),
        None => out.null(),
    }
    Ok(())
}

/// The place of an index, which counts from the tail where negative.
pub(super) fn place(list: &List, index: i64) -> Option<usize> {
    if index < 0 {
        list.len().checked_sub(num::distance(index))
    } else {
        num::size(index).filter(|&at| at < list.len())
    }
}

pub(super) fn llen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let len = ctx.db().read::<List>(&args[1])?.map_or(0, List::len);
    ctx.out.count(len);
    Ok(())
}

pub(super) fn lpos(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (mut rank, mut count, mut max_len) = (1, None, 0);
    for at in (3..args.len()).step_by(2) {
        let not_negative = |text| {
            args.int(at + 1)
                .ok()
                .and_then(num::size)
                .ok_or(Error::text(text))
        };
        if at + 1 == args.len() {
            return Err(Error::Syntax);
        } else if args.is(at, "RANK") {
            rank = match args.int(at + 1)? {
                i64::MIN => {
                    return Err(Error::text(
                        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
                    ));
                }
                0 => {
                    return Err(Error::text(
                        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
                    ));
                }
                rank => rank,
            };
        } else if args.is(at, "COUNT") {
            count = Some(not_negative("ERR COUNT can't be negative")?);
        } else if args.is(at, "MAXLEN") {
            max_len = not_negative("ERR MAXLEN can't be negative")?;
        } else {
            return Err(Error::Syntax);
        }
    }
    let (db, out) = ctx.parts();
    let found: Vec<usize> = match db.read::<List>(&args[1])? {
        None => Vec::new(),
        Some(list) => {
            let len = list.len();
            let looked_at = if max_len == 0 { len } else { max_len.min(len) };
            let equal = |item: &[u8]| *item == args[2];
            let skip = num::distance(rank) - 1;
            let wanted = match count {
                None => 1,
                Some(0) => usize::MAX,
                Some(n) => n,
            };
            if rank > 0 {
                let places = list.iter().enumerate().take(looked_at);
                let found = places.filter(|(_, item)| equal(item)).map(|(at, _)| at);
                found.skip(skip).take(wanted).collect()
            } else {
                let places = list.iter().rev().enumerate().take(looked_at);
                let found = places
                    .filter(|(_, item)| equal(item))
                    .map(|(at, _)| len - 1 - at);
                found.skip(skip).take(wanted).collect()
            }
        }
    };
    match (count, found.first()) {
        (Some(_), _) => {
            out.array(found.len());
            found.into_iter().for_each(|at| out.count(at));
        }
        (None, Some(&at)) => out.count(at),
        (None, None) => out.null(),
    }
    Ok(())
}

pub(super) fn lrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (start, end) = (args.int(2)?, args.int(3)?);
    let (db, out) = ctx.parts();
    let Some(list) = db.read::<List>(&args[1])? else {
        out.array(0);
        return Ok(());
    };
    let (start, end) = span(start, end, list.len());
    out.array(end - start);
    for item in list.iter_from(start).take(end - start) {
        out.bulk(item);
    }
    Ok(())
}
