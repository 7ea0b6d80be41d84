//! Going through members without regard to their order: picking some, or a few with every call.

use crate::command::generic::scan::{self, Walked};
use crate::command::set::member::picks;
use crate::ds::zset::{Encoding, Zset};
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::reply::{Resp, Writer};
use crate::engine::{Ctx, num};

/// ZRANDMEMBER.
pub fn pick(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = match args.len() {
        2 => None,
        _ => Some(args.int(2)?),
    };
    if count == Some(i64::MIN) {
        return Err(Error::text(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
        ));
    }
    let with_scores = args.is(3, "WITHSCORES");
    if args.len() > 4 || (args.len() == 4 && !with_scores) {
        return Err(Error::Syntax);
    }
    if with_scores && count.is_some_and(|n| n.unsigned_abs() > i64::MAX as u64 / 2) {
        return Err(Error::text("ERR value is out of range"));
    }
    let Some(len) = ctx.db().read::<Zset>(&args[1])?.map(Zset::len) else {
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
        let flat = with_scores && out.resp == Resp::Two;
        out.array(places.len() * if flat { 2 } else { 1 });
    }
    if let Some(set) = db.read::<Zset>(&args[1])? {
        for (member, score) in places.into_iter().filter_map(|place| set.nth(place)) {
            if with_scores && out.resp == Resp::Three {
                out.array(2);
            }
            out.bulk(member);
            if with_scores {
                out.double(score);
            }
        }
    }
    Ok(())
}

/// ZSCAN.
pub fn scan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let cursor = scan::parse_cursor(&args[2])?;
    let (db, out) = ctx.parts();
    out.array(2);
    let Some(set) = db.read::<Zset>(&args[1])? else {
        out.bulk(b"0");
        out.array(0);
        return Ok(());
    };
    let options = scan::Options::parse(args, 3, Walked::Zset)?;
    let packed = set.encoding() == Encoding::Listpack;
    let write = |out: &mut Writer, (member, score): (&[u8], f64)| {
        if !options.passes(member) {
            return 0;
        }
        out.bulk(member);
        if options.names_only {
            return 1;
        }
        let mut text = Vec::new();
        if packed {
            num::write_f64(&mut text, score);
        } else {
            num::write_17_digits(&mut text, score);
        }
        out.bulk(&text);
        2
    };
    let page = if packed {
        // A small set comes whole, in its order.
        out.bulk(b"0");
        out.array_of(|out| set.iter().map(|pair| write(out, pair)).sum());
        return Ok(());
    } else {
        options.page(cursor, set.len())
    };
    out.bulk_int(page.start as i64);
    out.array_of(|out| set.range_rev(page).map(|pair| write(out, pair)).sum());
    Ok(())
}
