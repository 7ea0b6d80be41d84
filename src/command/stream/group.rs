//! Making and moving consumer groups, and acknowledging.

use super::words::{self, bad_id, id, ids, no_group_for_key};
use super::write::{Chosen, Fate, deleted, write_fates};
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Group, Stream, StreamId};
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::{Fact, Ids};
use crate::engine::{Ctx, notify};

pub(super) fn xack(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut acked = Ids::default();
    if let Some(stream) = ctx.db().write::<Stream>(&args[1])?
        && let Some(group) = stream.groups.get_mut(&args[2])
    {
        for id in ids(args.from(3))? {
            if group.ack(id).is_some() {
                acked.push(id);
            }
        }
    }
    ctx.out.count(acked.count);
    acknowledged(ctx, &args[1], &args[2], acked);
    Ok(())
}

pub(super) fn xackdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, name) = (&args[1], &args[2]);
    let stream = ctx.db().write::<Stream>(key)?;
    let exists = stream.is_some_and(|stream| stream.groups.contains_key(name));
    let chosen = Chosen::parse(args, 3)?;
    if !exists {
        return chosen.none(ctx);
    }
    let ids = ids(chosen.words)?;
    let mut fates = Vec::with_capacity(ids.len());
    let (mut acks, mut removed) = (Ids::default(), Ids::default());
    if let Some(stream) = ctx.db().write::<Stream>(key)? {
        for id in ids {
            let acked = stream.groups.get_mut(name).and_then(|group| group.ack(id));
            if acked.is_some() {
                acks.push(id);
            }
            fates.push(if acked.is_none() {
                Fate::Unknown
            } else if stream.release(id, chosen.refs) {
                // It may be gone already, which is as good.
                if stream.log.delete(id) {
                    removed.push(id);
                }
                Fate::Deleted
            } else {
                Fate::Referenced
            });
        }
    }
    acknowledged(ctx, key, name, acks);
    deleted(ctx, key, removed);
    write_fates(ctx, &fates);
    Ok(())
}

/// Notes that entries were acknowledged, if any were.
fn acknowledged(ctx: &mut Ctx<'_>, key: &[u8], group: &[u8], ids: Ids) {
    if ids.count > 0 {
        ctx.note(key, || Fact::Acknowledged {
            group: Bytes::from_slice(group),
            count: ids.count,
            ids,
        });
    }
}

pub(super) fn xgroup_create(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, name) = (&args[2], &args[3]);
    let options = Options::parse(args, true)?;
    let exists = ctx.db().write::<Stream>(key)?.is_some();
    if !exists && !options.mkstream {
        return Err(key_required());
    }
    if args.len() > 8 {
        return Err(wrong_subcommand(args));
    }
    let last = match &args[4] {
        b"$" => None,
        word => Some(id(word)?),
    };
    let stream = ctx.db().write_or(key, Stream::default)?;
    if stream.groups.contains_key(name) {
        return Err(Error::text("BUSYGROUP Consumer Group name already exists"));
    }
    let last = last.unwrap_or(stream.log.last_id());
    stream.groups.insert(
        Bytes::from_slice(name),
        Group::new(last, options.entries_read),
    );
    if !exists {
        ctx.changed(key);
    }
    ctx.notify(notify::STREAM, "xgroup-create", key);
    ctx.out.ok();
    Ok(())
}

pub(super) fn xgroup_createconsumer(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    let group = find_group(ctx, args)?;
    let new = group.find_consumer(&args[4]).is_none();
    if new {
        group.add_consumer(&args[4], now);
        ctx.notify(notify::STREAM, "xgroup-createconsumer", &args[2]);
    }
    ctx.out.int(i64::from(new));
    Ok(())
}

pub(super) fn xgroup_delconsumer(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let pending = find_group(ctx, args)?.delete_consumer(&args[4]);
    if let Some(pending) = pending {
        ctx.note(&args[2], || Fact::ConsumerDeleted {
            group: Bytes::from_slice(&args[3]),
            consumer: Bytes::from_slice(&args[4]),
            pending,
        });
        ctx.notify(notify::STREAM, "xgroup-delconsumer", &args[2]);
    }
    ctx.out.count(pending.unwrap_or(0));
    Ok(())
}

pub(super) fn xgroup_destroy(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let stream = ctx
        .db()
        .write::<Stream>(&args[2])?
        .ok_or_else(key_required)?;
    let gone = stream.groups.remove(&args[3]).is_some();
    if gone {
        ctx.note(&args[2], || Fact::GroupDestroyed {
            group: Bytes::from_slice(&args[3]),
        });
        ctx.notify(notify::STREAM, "xgroup-destroy", &args[2]);
        // Who waits to read as one of the group is told that it is gone.
        ctx.wake(&args[2]);
    }
    ctx.out.int(i64::from(gone));
    Ok(())
}

pub(super) fn xgroup_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "XGROUP",
        &[
            "CREATE <key> <groupname> <id|$> [option]",
            "    Create a new consumer group. Options are:",
            "    * MKSTREAM",
            "      Create the empty stream if it does not exist.",
            "    * ENTRIESREAD entries_read",
            "      Set the group's entries_read counter (internal use).",
            "CREATECONSUMER <key> <groupname> <consumer>",
            "    Create a new consumer in the specified group.",
            "DELCONSUMER <key> <groupname> <consumer>",
            "    Remove the specified consumer.",
            "DESTROY <key> <groupname>",
            "    Remove the specified group.",
            "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
            "    Set the current group ID and entries_read counter.",
        ],
    );
    Ok(())
}

pub(super) fn xgroup_setid(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args, false)?;
    let stream = ctx
        .db()
        .write::<Stream>(&args[2])?
        .ok_or_else(key_required)?;
    let group = stream
        .groups
        .get_mut(&args[3])
        .ok_or_else(|| no_group_for_key(&args[2], &args[3]))?;
    if args.len() > 7 {
        return Err(wrong_subcommand(args));
    }
    let last = match &args[4] {
        b"$" => stream.log.last_id(),
        // Here alone, `-` and `+` will do too.
        word => StreamId::parse_bound(word, 0).ok_or_else(bad_id)?,
    };
    group.set_cursor(last, options.entries_read);
    ctx.notify(notify::STREAM, "xgroup-setid", &args[2]);
    ctx.out.ok();
    Ok(())
}

/// The group that a subcommand names, to change.
fn find_group<'c>(ctx: &'c mut Ctx<'_>, args: Args<'_>) -> Result<&'c mut Group, Error> {
    let stream = ctx
        .db()
        .write::<Stream>(&args[2])?
        .ok_or_else(key_required)?;
    stream
        .groups
        .get_mut(&args[3])
        .ok_or_else(|| no_group_for_key(&args[2], &args[3]))
}

fn key_required() -> Error {
    Error::text(
        "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option \
         to create an empty stream automatically.",
    )
}

fn wrong_subcommand(args: Args<'_>) -> Error {
    words::wrong_subcommand(&args[1], "XGROUP")
}

/// The options that CREATE and SETID share.
struct Options {
    mkstream: bool,
    entries_read: Option<i64>,
}

impl Options {
    fn parse(args: Args<'_>, create: bool) -> Result<Self, Error> {
        let mut options = Self {
            mkstream: false,
            entries_read: None,
        };
        let mut at = 5;
        while at < args.len() {
            if create && args.is(at, "MKSTREAM") {
                options.mkstream = true;
            } else if args.is(at, "ENTRIESREAD") && at + 1 < args.len() {
                at += 1;
                options.entries_read = match args.int(at)? {
                    ..-1 => {
                        return Err(Error::text(
                            "ERR value for ENTRIESREAD must be positive or -1",
                        ));
                    }
                    -1 => None,
                    count => Some(count),
                };
            } else {
                return Err(wrong_subcommand(args));
            }
            at += 1;
        }
        Ok(options)
    }
}
