//! Adding, deleting and trimming entries.

use smallvec::SmallVec;

use super::words::{at_most, bad_id, id, ids, refs};
use crate::ds::limits::Limits;
use crate::ds::stream::{BlockLimits, Log, NewId, Refs, Stream, StreamId, Trim, TrimTo};
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::{Fact, Ids};
use crate::engine::{Ctx, notify};

/// The server packs an entry into one listpack, which it allows to be this large.
const LARGEST_ENTRY: usize = 1 << 30;

pub(super) fn xadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let limits = ctx.limits();
    let options = Options::parse(args, true, &limits)?;
    let pairs = args.from(options.end);
    if pairs.len() < 2 || pairs.len() % 2 == 1 {
        return Err(Error::Arity("xadd".into()));
    }
    if options.id == NewId::Exact(StreamId::MIN) {
        return Err(Error::text(
            "ERR The ID specified in XADD must be greater than 0-0",
        ));
    }
    let (key, now) = (&args[1], ctx.now());
    if options.no_mkstream && !ctx.db().contains(key) {
        ctx.out.null();
        return Ok(());
    }
    // A new stream takes any ID but 0-0, so none is left behind empty by an error below.
    let stream = ctx.db().write_or(key, Stream::default)?;
    let log = &mut stream.log;
    if log.last_id() == StreamId::MAX {
        return Err(Error::text(
            "ERR The stream has exhausted the last possible ID, unable to add more items",
        ));
    }
    let Some(id) = log.resolve(options.id, now) else {
        return Err(Error::text(
            "ERR The ID specified in XADD is equal or smaller than the target stream top item",
        ));
    };
    if pairs.iter().map(|word| word.len()).sum::<usize>() > LARGEST_ENTRY {
        return Err(Error::text("ERR Elements are too large to be stored"));
    }
    let pairs: SmallVec<[(&[u8], &[u8]); 8]> = pairs
        .chunks_exact(2)
        .filter_map(|pair| Some((*pair.first()?, *pair.last()?)))
        .collect();
    log.append(id, &pairs, BlockLimits::from(&limits));
    let removed = options
        .trim
        .map_or(0, |trim| stream.trim(trim, options.refs));
    let before = first_left(&stream.log);
    ctx.out.bulk(&id.to_bytes());
    ctx.note(key, || Fact::EntryAdded { id: id.to_string() });
    ctx.notify(notify::STREAM, "xadd", key);
    trimmed(ctx, key, removed, before);
    ctx.changed(key);
    Ok(())
}

pub(super) fn xdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut removed = Ids::default();
    if let Some(stream) = ctx.db().write::<Stream>(&args[1])? {
        for id in ids(args.from(2))? {
            if stream.log.delete(id) {
                removed.push(id);
            }
        }
    }
    let count = removed.count;
    deleted(ctx, &args[1], removed);
    ctx.out.count(count);
    Ok(())
}

pub(super) fn xdelex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let exists = ctx.db().write::<Stream>(&args[1])?.is_some();
    let chosen = Chosen::parse(args, 2)?;
    if !exists {
        return chosen.none(ctx);
    }
    let ids = ids(chosen.words)?;
    let (mut fates, mut removed) = (Vec::with_capacity(ids.len()), Ids::default());
    if let Some(stream) = ctx.db().write::<Stream>(&args[1])? {
        fates.extend(ids.into_iter().map(|id| {
            if !stream.release(id, chosen.refs) {
                Fate::Referenced
            } else if stream.log.delete(id) {
                removed.push(id);
                Fate::Deleted
            } else {
                Fate::Unknown
            }
        }));
    }
    deleted(ctx, &args[1], removed);
    write_fates(ctx, &fates);
    Ok(())
}

pub(super) fn xsetid(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let last = id(&args[2])?;
    let (mut added, mut deleted) = (None, StreamId::MIN);
    let mut at = 3;
    while at < args.len() {
        if at + 1 == args.len() {
            return Err(Error::Syntax);
        } else if args.is(at, "ENTRIESADDED") {
            let count = args.int(at + 1)?;
            added = Some(
                u64::try_from(count)
                    .map_err(|_| Error::text("ERR entries_added must be positive"))?,
            );
        } else if args.is(at, "MAXDELETEDID") {
            deleted = id(&args[at + 1])?;
            if last < deleted {
                return Err(Error::text(
                    "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
                ));
            }
        } else {
            return Err(Error::Syntax);
        }
        at += 2;
    }
    let log = &mut ctx
        .db()
        .write::<Stream>(&args[1])?
        .ok_or(Error::NoSuchKey)?
        .log;
    if last < log.max_deleted_id() {
        return Err(Error::text(
            "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id",
        ));
    }
    if log.last_entry_id().is_some_and(|top| last < top) {
        return Err(Error::text(
            "ERR The ID specified in XSETID is smaller than the target stream top item",
        ));
    }
    if added.is_some_and(|added| added < log.len()) {
        return Err(Error::text(
            "ERR The entries_added specified in XSETID is smaller than the target stream length",
        ));
    }
    log.set_last_id(last);
    if let Some(added) = added {
        log.set_entries_added(added);
    }
    if !deleted.is_zero() {
        log.set_max_deleted_id(deleted);
    }
    ctx.notify(notify::STREAM, "xsetid", &args[1]);
    ctx.out.ok();
    Ok(())
}

pub(super) fn xtrim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args, false, &ctx.limits())?;
    let stream = ctx.db().write::<Stream>(&args[1])?;
    let (removed, before) = match stream.zip(options.trim) {
        Some((stream, trim)) => (stream.trim(trim, options.refs), first_left(&stream.log)),
        None => (0, StreamId::MIN),
    };
    trimmed(ctx, &args[1], removed, before);
    if removed > 0 {
        ctx.modified(&args[1]);
    }
    ctx.out.int(removed as i64);
    Ok(())
}

/// The ID before which a log has no entry.
fn first_left(log: &Log) -> StreamId {
    match log.is_empty() {
        true => log.last_id().next().unwrap_or(StreamId::MAX),
        false => log.first_id(),
    }
}

/// Tells that a trim took entries away, if it did; none is left before an ID.
fn trimmed(ctx: &mut Ctx<'_>, key: &[u8], removed: u64, before: StreamId) {
    if removed > 0 {
        ctx.notify(notify::STREAM, "xtrim", key);
        ctx.note(key, || Fact::EntriesRemoved {
            count: removed,
            ids: Ids::default(),
            before: Some(before),
        });
    }
}

/// How many entries an approximate trim without LIMIT removes at most: as many as 100 full nodes hold, within bounds.
fn default_limit(limits: &Limits) -> u64 {
    match (limits.stream_node_max_entries as i64).wrapping_mul(100) {
        ..=0 => 10_000,
        limit => limit.min(1_000_000) as u64,
    }
}

/// What became of an entry that was to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was not there.
    Unknown,
    /// It is gone.
    Deleted,
    /// It stays, since a group has yet to be done with it.
    Referenced,
}

pub(super) fn write_fates(ctx: &mut Ctx<'_>, fates: &[Fate]) {
    ctx.out.array(fates.len());
    for fate in fates {
        ctx.out.int(match fate {
            Fate::Unknown => -1,
            Fate::Deleted => 1,
            Fate::Referenced => 2,
        });
    }
}

/// Tells that entries were deleted one by one, if any were.
pub(super) fn deleted(ctx: &mut Ctx<'_>, key: &[u8], removed: Ids) {
    if removed.count > 0 {
        ctx.modified(key);
        ctx.notify(notify::STREAM, "xdel", key);
        ctx.note(key, || Fact::EntriesRemoved {
            count: removed.count as u64,
            ids: removed,
            before: None,
        });
    }
}

/// The entries that XDELEX and XACKDEL are to delete.
pub(super) struct Chosen<'a> {
    pub(super) refs: Refs,
    /// Their IDs, not read yet.
    pub(super) words: &'a [&'a [u8]],
}

impl<'a> Chosen<'a> {
    pub(super) fn parse(args: Args<'a>, start: usize) -> Result<Self, Error> {
        let (mut wanted, mut words, mut at) = (None, None, start);
        while at < args.len() {
            if let Some(refs) = refs(args, at).filter(|_| wanted.is_none()) {
                wanted = Some(refs);
                at += 1;
            } else if args.is(at, "IDS") && at + 1 < args.len() {
                let count = args
                    .int(at + 1)
                    .ok()
                    .filter(|&count| count > 0)
                    .ok_or(Error::text("ERR Number of IDs must be a positive integer"))?;
                let count = at_most(count);
                words = args.from(at + 2).get(..count);
                if words.is_none() {
                    return Err(Error::text(
                        "ERR The `numids` parameter must match the number of arguments",
                    ));
                }
                at += 2 + count;
            } else {
                return Err(Error::Syntax);
            }
        }
        Ok(Self {
            refs: wanted.unwrap_or_default(),
            words: words.ok_or(Error::text("ERR IDS option is required"))?,
        })
    }

    /// The answer where there is no stream, or no group: no ID is known, be it one or not.
    pub(super) fn none(&self, ctx: &mut Ctx<'_>) -> Result<(), Error> {
        write_fates(ctx, &vec![Fate::Unknown; self.words.len()]);
        Ok(())
    }
}

/// The options that XADD and XTRIM share, and XADD's ID behind them.
struct Options {
    id: NewId,
    no_mkstream: bool,
    trim: Option<Trim>,
    refs: Refs,
    /// Where the fields begin.
    end: usize,
}

impl Options {
    fn parse(args: Args<'_>, xadd: bool, limits: &Limits) -> Result<Self, Error> {
        let mut options = Self {
            id: NewId::Auto,
            no_mkstream: false,
            trim: None,
            refs: Refs::default(),
            end: 0,
        };
        let (mut approximate, mut limit, mut wanted) = (false, None, None);
        let mut at = 2;
        while at < args.len() {
            let more = args.len() - 1 - at;
            let by_length = args.is(at, "MAXLEN");
            if xadd && &args[at] == b"*" {
                break;
            } else if more > 0 && (by_length || args.is(at, "MINID")) {
                if options.trim.is_some() {
                    return Err(Error::text(
                        "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
                    ));
                }
                approximate = more > 1 && &args[at + 1] == b"~";
                at += 1 + usize::from(approximate || more > 1 && &args[at + 1] == b"=");
                let to = if by_length {
                    TrimTo::MaxLen(not_negative(args, at, "MAXLEN")?)
                } else {
                    TrimTo::MinId(id(&args[at])?)
                };
                options.trim = Some(Trim { to, approx: None });
            } else if more > 0 && args.is(at, "LIMIT") {
                at += 1;
                limit = Some(not_negative(args, at, "LIMIT")?);
            } else if xadd && args.is(at, "NOMKSTREAM") {
                options.no_mkstream = true;
            } else if let Some(refs) = refs(args, at).filter(|_| wanted.is_none()) {
                wanted = Some(refs);
            } else if xadd {
                options.id = NewId::parse(&args[at]).ok_or_else(bad_id)?;
                break;
            } else {
                return Err(Error::Syntax);
            }
            at += 1;
        }
        options.end = at + 1;
        options.refs = wanted.unwrap_or_default();
        if options.trim.is_none() && limit.is_some_and(|limit| limit > 0) {
            return Err(Error::text(
                "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy",
            ));
        }
        if options.trim.is_none() && !xadd {
            return Err(Error::text(
                "ERR syntax error, XTRIM must be called with a trimming strategy",
            ));
        }
        if limit.is_some() && !approximate {
            return Err(Error::text(
                "ERR syntax error, LIMIT cannot be used without the special ~ option",
            ));
        }
        if let Some(trim) = options.trim.as_mut().filter(|_| approximate) {
            trim.approx = Some(limit.unwrap_or_else(|| default_limit(limits)));
        }
        Ok(options)
    }
}

fn not_negative(args: Args<'_>, at: usize, option: &str) -> Result<u64, Error> {
    u64::try_from(args.int(at)?)
        .map_err(|_| format!("ERR The {option} argument must be >= 0.").into())
}
