//! What XINFO tells of a stream, its groups and their consumers.

use super::words::{at_most, no_group_for_key, write_entries, write_entry, wrong_subcommand};
use crate::ds::stream::{Consumer, ConsumerId, Group, Log, Pending, Stream, StreamId};
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::reply::Writer;

/// How many entries of each list FULL shows unless COUNT says otherwise.
const DEFAULT_COUNT: usize = 10;

pub(super) fn xinfo_consumers(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    let (db, out) = ctx.parts();
    let stream = db.read::<Stream>(&args[2])?.ok_or(Error::NoSuchKey)?;
    let group = stream
        .groups
        .get(&args[3])
        .ok_or_else(|| no_group_for_key(&args[2], &args[3]))?;
    out.array(group.consumer_count());
    for (_, consumer) in group.consumers() {
        out.map(4);
        out.bulk(b"name");
        out.bulk(consumer.name());
        out.bulk(b"pending");
        out.count(consumer.pending_len());
        out.bulk(b"idle");
        out.int(now.saturating_sub(consumer.seen_at()) as i64);
        out.bulk(b"inactive");
        out.int(
            consumer
                .active_at()
                .map_or(-1, |at| now.saturating_sub(at) as i64),
        );
    }
    Ok(())
}

pub(super) fn xinfo_groups(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let stream = db.read::<Stream>(&args[2])?.ok_or(Error::NoSuchKey)?;
    out.array(stream.groups.len());
    for (name, group) in &stream.groups {
        out.map(6);
        out.bulk(b"name");
        out.bulk(name);
        out.bulk(b"consumers");
        out.count(group.consumer_count());
        out.bulk(b"pending");
        out.count(group.pending_len());
        write_cursor(out, &stream.log, group);
    }
    Ok(())
}

pub(super) fn xinfo_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "XINFO",
        &[
            "CONSUMERS <key> <groupname>",
            "    Show consumers of <groupname>.",
            "GROUPS <key>",
            "    Show the stream consumer groups.",
            "STREAM <key> [FULL [COUNT <count>]",
            "    Show information about the stream.",
        ],
    );
    Ok(())
}

pub(super) fn xinfo_stream(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let stream = db.read::<Stream>(&args[2])?.ok_or(Error::NoSuchKey)?;
    let full = match args.len() {
        3 => None,
        4 if args.is(3, "FULL") => Some(DEFAULT_COUNT),
        6 if args.is(3, "FULL") && args.is(4, "COUNT") => match args.int(5)? {
            ..0 => Some(DEFAULT_COUNT),
            0 => Some(usize::MAX),
            count => Some(at_most(count)),
        },
        _ => return Err(wrong_subcommand(&args[1], "XINFO")),
    };
    let log = &stream.log;
    out.map(if full.is_some() { 9 } else { 10 });
    out.bulk(b"length");
    out.int(log.len() as i64);
    out.bulk(b"radix-tree-keys");
    out.count(log.block_count());
    out.bulk(b"radix-tree-nodes");
    out.count(log.radix_nodes());
    out.bulk(b"last-generated-id");
    out.bulk(&log.last_id().to_bytes());
    out.bulk(b"max-deleted-entry-id");
    out.bulk(&log.max_deleted_id().to_bytes());
    out.bulk(b"entries-added");
    out.int(log.entries_added() as i64);
    out.bulk(b"recorded-first-entry-id");
    out.bulk(&log.first_id().to_bytes());
    match full {
        None => write_edges(out, stream),
        Some(count) => write_full(out, stream, count),
    }
    Ok(())
}

fn write_edges(out: &mut Writer, stream: &Stream) {
    out.bulk(b"groups");
    out.count(stream.groups.len());
    let first = stream.log.range(StreamId::MIN, StreamId::MAX).next();
    let last = stream.log.rev_range(StreamId::MIN, StreamId::MAX).next();
    for (name, entry) in [("first-entry", first), ("last-entry", last)] {
        out.bulk(name.as_bytes());
        match entry {
            Some(entry) => write_entry(out, entry),
            None => out.null(),
        }
    }
}

fn write_full(out: &mut Writer, stream: &Stream, count: usize) {
    out.bulk(b"entries");
    write_entries(out, stream.log.range(StreamId::MIN, StreamId::MAX), count);
    out.bulk(b"groups");
    out.array(stream.groups.len());
    for (name, group) in &stream.groups {
        out.map(7);
        out.bulk(b"name");
        out.bulk(name);
        write_cursor(out, &stream.log, group);
        out.bulk(b"pel-count");
        out.count(group.pending_len());
        out.bulk(b"pending");
        out.array(group.pending_len().min(count));
        for (id, pending) in group
            .pending_range(StreamId::MIN, StreamId::MAX)
            .take(count)
        {
            write_pending(
                out,
                id,
                pending,
                Some(group.consumer_name(pending.consumer)),
            );
        }
        out.bulk(b"consumers");
        out.array(group.consumer_count());
        for (id, consumer) in group.consumers() {
            write_consumer(out, group, id, consumer, count);
        }
    }
}

fn write_consumer(
    out: &mut Writer,
    group: &Group,
    id: ConsumerId,
    consumer: &Consumer,
    count: usize,
) {
    out.map(5);
    out.bulk(b"name");
    out.bulk(consumer.name());
    out.bulk(b"seen-time");
    out.int(consumer.seen_at() as i64);
    out.bulk(b"active-time");
    out.int(consumer.active_at().map_or(-1, |at| at as i64));
    out.bulk(b"pel-count");
    out.count(consumer.pending_len());
    out.bulk(b"pending");
    out.array(consumer.pending_len().min(count));
    for (id, pending) in group
        .pending_range_of(id, StreamId::MIN, StreamId::MAX)
        .take(count)
    {
        write_pending(out, id, pending, None);
    }
}

fn write_pending(out: &mut Writer, id: StreamId, pending: &Pending, consumer: Option<&[u8]>) {
    out.array(if consumer.is_some() { 4 } else { 3 });
    out.bulk(&id.to_bytes());
    if let Some(name) = consumer {
        out.bulk(name);
    }
    out.int(pending.delivered_at as i64);
    out.int(pending.deliveries as i64);
}

/// How far a group has come: three pairs of a map.
fn write_cursor(out: &mut Writer, log: &Log, group: &Group) {
    out.bulk(b"last-delivered-id");
    out.bulk(&group.last_delivered().to_bytes());
    for (name, number) in [
        ("entries-read", group.entries_read()),
        ("lag", group.lag(log)),
    ] {
        out.bulk(name.as_bytes());
        match number {
            Some(number) => out.int(number),
            None => out.null(),
        }
    }
}
