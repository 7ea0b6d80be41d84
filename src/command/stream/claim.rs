//! Looking at pending entries, and handing them to another consumer.

use super::words::{
    at_most, consumer_made, end_bound, id, ids, no_group, note_claimed, pending_gone, start_bound,
    write_entry,
};
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Deliveries, Group, Pending, Stream, StreamId};
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::Ids;
use crate::engine::num;
use crate::engine::reply::Writer;
use crate::engine::time::Millis;

/// XAUTOCLAIM looks at this many pending entries for each one that it may return.
const ATTEMPTS: u64 = 10;
/// The largest COUNT of XAUTOCLAIM: the server makes room for as many 16-byte IDs.
const LARGEST_COUNT: i64 = i64::MAX / 16;

pub(super) fn xautoclaim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, group_name, name) = (&args[1], &args[2], &args[3]);
    let min_idle = int(args, 4, "ERR Invalid min-idle-time argument for XAUTOCLAIM")?.max(0);
    let start = start_bound(&args[5])?;
    let (mut count, mut just_id) = (100, false);
    let mut at = 6;
    while at < args.len() {
        if args.is(at, "COUNT") && at + 1 < args.len() {
            at += 1;
            count = match args.int(at) {
                Ok(count @ 1..=LARGEST_COUNT) => count as u64,
                _ => return Err(Error::text("ERR COUNT must be > 0")),
            };
        } else if args.is(at, "JUSTID") {
            just_id = true;
        } else {
            return Err(Error::Syntax);
        }
        at += 1;
    }
    let now = ctx.now();
    let (db, out) = ctx.parts();
    let stream = db
        .write::<Stream>(key)?
        .ok_or_else(|| no_group(key, group_name, ""))?;
    let group = stream
        .groups
        .get_mut(group_name)
        .ok_or_else(|| no_group(key, group_name, ""))?;
    let (consumer, made) = group.see_consumer(name, now);
    let deliveries = if just_id {
        Deliveries::Keep
    } else {
        Deliveries::Count
    };

    let (mut claimed, mut gone) = (Vec::new(), Vec::new());
    let mut attempts = count * ATTEMPTS;
    // Where the scan goes on; `None` behind the greatest ID.
    let mut cursor = Some(start);
    let next = |group: &Group, cursor: Option<StreamId>| {
        group
            .pending_range(cursor?, StreamId::MAX)
            .next()
            .map(|(id, pending)| (id, *pending))
    };
    while attempts > 0 && count > 0 {
        attempts -= 1;
        let Some((id, pending)) = next(group, cursor) else {
            break;
        };
        cursor = id.next();
        if stream.log.get(id).is_none() {
            group.ack(id);
            gone.push(id);
            count -= 1;
        } else if idle(now, &pending) >= min_idle {
            let from = group.consumer_name(pending.consumer);
            claimed.push((id, Bytes::from_slice(from)));
            group.claim(id, consumer, now, now, deliveries);
            count -= 1;
        }
    }
    out.array(3);
    let cursor = next(group, cursor).map_or(StreamId::MIN, |(id, _)| id);
    out.bulk(&cursor.to_bytes());
    out.array(claimed.len());
    claimed
        .iter()
        .for_each(|(id, _)| write_claimed(out, stream, *id, just_id));
    out.array(gone.len());
    gone.iter().for_each(|id| out.bulk(&id.to_bytes()));
    consumer_made(ctx, key, made);
    pending_gone(ctx, key, group_name, gone.into_iter().collect());
    note_claimed(ctx, key, group_name, name, claimed);
    Ok(())
}

pub(super) fn xclaim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, group_name, name) = (&args[1], &args[2], &args[3]);
    let now = ctx.now();
    let known = ctx
        .db()
        .read::<Stream>(key)?
        .is_some_and(|stream| stream.groups.contains_key(group_name));
    if !known {
        return Err(no_group(key, group_name, ""));
    }
    let min_idle = int(args, 4, "ERR Invalid min-idle-time argument for XCLAIM")?.max(0);
    // The options begin at the first word that is no ID.
    let words = args.from(5);
    let many = words
        .iter()
        .take_while(|word| StreamId::parse(word, 0).is_some())
        .count();
    let wanted = ids(words.get(..many).unwrap_or_default())?;
    let options = ClaimOptions::parse(args, 5 + many, now)?;

    let (db, out) = ctx.parts();
    let Some(stream) = db.write::<Stream>(key)? else {
        return Err(no_group(key, group_name, ""));
    };
    let Some(group) = stream.groups.get_mut(group_name) else {
        return Err(no_group(key, group_name, ""));
    };
    group.raise_cursor(options.last_id);
    let (consumer, made) = group.see_consumer(name, now);
    let (mut claimed, mut gone) = (Vec::new(), Ids::default());
    for id in wanted {
        if stream.log.get(id).is_none() {
            if group.ack(id).is_some() {
                gone.push(id);
            }
            continue;
        }
        let before = group.pending(id).copied();
        let due = before.map_or(options.force, |pending| idle(now, &pending) >= min_idle);
        if due {
            let from = before.map_or(&[][..], |pending| group.consumer_name(pending.consumer));
            claimed.push((id, Bytes::from_slice(from)));
            group.claim(id, consumer, now, options.delivered_at, options.deliveries);
        }
    }
    out.array(claimed.len());
    claimed
        .iter()
        .for_each(|(id, _)| write_claimed(out, stream, *id, options.just_id));
    consumer_made(ctx, key, made);
    pending_gone(ctx, key, group_name, gone);
    note_claimed(ctx, key, group_name, name, claimed);
    Ok(())
}

pub(super) fn xpending(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let filter = match args.len() {
        3 => None,
        6..=9 => Some(Filter::parse(args)?),
        _ => return Err(Error::Syntax),
    };
    let now = ctx.now();
    let (db, out) = ctx.parts();
    let stream = db.read::<Stream>(&args[1])?;
    let group = stream
        .and_then(|stream| stream.groups.get(&args[2]))
        .ok_or_else(|| no_group(&args[1], &args[2], ""))?;
    match filter {
        Some(filter) => filter.write(out, group, now),
        None => write_summary(out, group),
    }
    Ok(())
}

fn write_summary(out: &mut Writer, group: &Group) {
    out.array(4);
    out.count(group.pending_len());
    let Some((first, last)) = group.pending_bounds() else {
        out.null();
        out.null();
        out.null_array();
        return;
    };
    out.bulk(&first.to_bytes());
    out.bulk(&last.to_bytes());
    out.array_of(|out| {
        let busy = group
            .consumers()
            .filter(|(_, consumer)| consumer.pending_len() > 0);
        busy.map(|(_, consumer)| {
            out.array(2);
            out.bulk(consumer.name());
            out.bulk_int(consumer.pending_len() as i64);
        })
        .count()
    });
}

/// The part of the pending entries that XPENDING asks for.
struct Filter<'a> {
    start: StreamId,
    end: StreamId,
    count: usize,
    min_idle: i64,
    consumer: Option<&'a [u8]>,
}

impl<'a> Filter<'a> {
    fn parse(args: Args<'a>) -> Result<Self, Error> {
        let (mut at, mut min_idle) = (3, i64::MIN);
        if args.is(3, "IDLE") {
            min_idle = args.int(4)?;
            if args.len() < 8 {
                return Err(Error::Syntax);
            }
            at = 5;
        }
        let count = at_most(args.int(at + 2)?);
        let (start, end) = (start_bound(&args[at])?, end_bound(&args[at + 1])?);
        Ok(Self {
            start,
            end,
            count,
            min_idle,
            consumer: args.get(at + 3),
        })
    }

    fn write(&self, out: &mut Writer, group: &Group, now: Millis) {
        let entry = |out: &mut Writer, (id, pending): (StreamId, &Pending)| {
            out.array(4);
            out.bulk(&id.to_bytes());
            out.bulk(group.consumer_name(pending.consumer));
            out.int(idle(now, pending));
            out.int(pending.deliveries as i64);
        };
        let long_idle = |(_, pending): &(StreamId, &Pending)| idle(now, pending) >= self.min_idle;
        out.array_of(|out| match self.consumer {
            None => {
                let all = group.pending_range(self.start, self.end).filter(long_idle);
                all.take(self.count).map(|it| entry(out, it)).count()
            }
            Some(name) => {
                let Some(consumer) = group.find_consumer(name) else {
                    return 0;
                };
                let own = group
                    .pending_range_of(consumer, self.start, self.end)
                    .filter(long_idle);
                own.take(self.count).map(|it| entry(out, it)).count()
            }
        });
    }
}

/// What XCLAIM does with the entries that it claims.
struct ClaimOptions {
    delivered_at: Millis,
    deliveries: Deliveries,
    force: bool,
    just_id: bool,
    last_id: StreamId,
}

impl ClaimOptions {
    fn parse(args: Args<'_>, start: usize, now: Millis) -> Result<Self, Error> {
        let (mut delivered_at, mut retries) = (now as i64, -1);
        let (mut force, mut just_id, mut last_id) = (false, false, StreamId::MIN);
        let mut at = start;
        while at < args.len() {
            let more = at + 1 < args.len();
            if args.is(at, "FORCE") {
                force = true;
            } else if args.is(at, "JUSTID") {
                just_id = true;
            } else if args.is(at, "IDLE") && more {
                at += 1;
                delivered_at = (now as i64).wrapping_sub(int(
                    args,
                    at,
                    "ERR Invalid IDLE option argument for XCLAIM",
                )?);
            } else if args.is(at, "TIME") && more {
                at += 1;
                delivered_at = int(args, at, "ERR Invalid TIME option argument for XCLAIM")?;
            } else if args.is(at, "RETRYCOUNT") && more {
                at += 1;
                retries = int(
                    args,
                    at,
                    "ERR Invalid RETRYCOUNT option argument for XCLAIM",
                )?;
            } else if args.is(at, "LASTID") && more {
                at += 1;
                last_id = id(&args[at])?;
            } else {
                return Err(Error::quoting(&[
                    b"ERR Unrecognized XCLAIM option '",
                    &args[at],
                    b"'",
                ]));
            }
            at += 1;
        }
        let deliveries = match retries {
            0.. => Deliveries::Set(retries as u64),
            _ if just_id => Deliveries::Keep,
            _ => Deliveries::Count,
        };
        // A moment that cannot be counts as now, as on the server: clients may reckon by clocks of their own.
        let delivered_at = u64::try_from(delivered_at)
            .ok()
            .filter(|&at| at <= now)
            .unwrap_or(now);
        Ok(Self {
            delivered_at,
            deliveries,
            force,
            just_id,
            last_id,
        })
    }
}

fn write_claimed(out: &mut Writer, stream: &Stream, id: StreamId, just_id: bool) {
    match stream.log.get(id) {
        Some(entry) if !just_id => write_entry(out, entry),
        _ => out.bulk(&id.to_bytes()),
    }
}

/// Milliseconds since a pending entry was last delivered.
fn idle(now: Millis, pending: &Pending) -> i64 {
    now.saturating_sub(pending.delivered_at) as i64
}

fn int(args: Args<'_>, at: usize, error: &'static str) -> Result<i64, Error> {
    num::parse_i64(&args[at]).ok_or(Error::text(error))
}
