//! Reading entries, alone and through a consumer group.

use super::words::{
    at_most, consumer_made, end_bound, id, no_group, note_claimed, start_bound, write_delivery,
    write_entries, write_entry,
};
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Deliveries, Group, Log, Stream, StreamId};
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::block::{self, OnTimeout};
use crate::engine::db::Value;
use crate::engine::error::Error;
use crate::engine::event::{Delivery, Fact, Ids};
use crate::engine::reply::{Resp, Writer};
use crate::engine::time::Millis;

pub(super) fn xlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.int(
        db.read::<Stream>(&args[1])?
            .map_or(0, |stream| stream.log.len() as i64),
    );
    Ok(())
}

pub(super) fn xrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range(ctx, args, false)
}

pub(super) fn xrevrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range(ctx, args, true)
}

fn range(ctx: &mut Ctx<'_>, args: Args<'_>, backwards: bool) -> Result<(), Error> {
    let (start, end) = if backwards { (3, 2) } else { (2, 3) };
    let (start, end) = (start_bound(&args[start])?, end_bound(&args[end])?);
    let mut count = None;
    for at in (4..args.len()).step_by(2) {
        if !args.is(at, "COUNT") || at + 1 == args.len() {
            return Err(Error::Syntax);
        }
        count = Some(args.int(at + 1)?);
    }
    let (db, out) = ctx.parts();
    let Some(stream) = db.read::<Stream>(&args[1])? else {
        out.array(0);
        return Ok(());
    };
    let log = &stream.log;
    match count.map_or(usize::MAX, at_most) {
        0 => out.null_array(),
        count if backwards => write_entries(out, log.rev_range(start, end), count),
        count => write_entries(out, log.range(start, end), count),
    }
    Ok(())
}

pub(super) fn xread(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args, ctx.now(), None)?;
    let mut from = Vec::with_capacity(options.streams());
    for (key, word) in options.pairs(args) {
        let stream = ctx.db().read::<Stream>(key)?;
        let last = stream.map_or(StreamId::MIN, |stream| stream.log.last_id());
        from.push(match word {
            b"$" => last,
            b"+" => last.prev().unwrap_or_default(),
            b">" => {
                return Err(Error::text(
                    "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
                ));
            }
            _ => id(word)?,
        });
    }
    let (db, out) = ctx.parts();
    let mut reply = Streams::new(out.resp);
    for ((key, _), &from) in options.pairs(args).zip(&from) {
        let Some(stream) = db.read::<Stream>(key)? else {
            continue;
        };
        if stream.log.last_entry_id().is_some_and(|top| top > from) {
            let entries = stream.log.range(from.next().unwrap_or(from), StreamId::MAX);
            reply.add(key, |out| write_entries(out, entries, options.count));
        }
    }
    if reply.send(out) {
        return Ok(());
    }
    // When the command runs again, `$` must still mean what it means now.
    let texts: Vec<Bytes> = from.iter().map(|id| id.to_bytes()).collect();
    let mut words = args.0.to_vec();
    for (word, text) in words
        .iter_mut()
        .skip(options.first + options.streams())
        .zip(&texts)
    {
        if *word == b"$" {
            *word = text;
        }
    }
    options.wait(ctx, &words, Some("stream"));
    Ok(())
}

pub(super) fn xreadgroup(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut names = None;
    let options = Options::parse(args, ctx.now(), Some(&mut names))?;
    let Some((group_name, consumer)) = names else {
        return Err(Error::text("ERR Missing GROUP option for XREADGROUP"));
    };
    // `None` stands for `>`.
    let mut from = Vec::with_capacity(options.streams());
    for (key, word) in options.pairs(args) {
        let stream = ctx.db().read::<Stream>(key)?;
        if !stream.is_some_and(|stream| stream.groups.contains_key(group_name)) {
            return Err(no_group(
                key,
                group_name,
                " in XREADGROUP with GROUP option",
            ));
        }
        from.push(match word {
            b"$" | b"+" => return Err(meaningless(word)),
            b">" => None,
            // The greatest ID is how the server itself writes `>`.
            _ => Some(id(word)?).filter(|&id| id != StreamId::MAX),
        });
    }
    let now = ctx.now();
    let (db, out) = ctx.parts();
    let mut reply = Streams::new(out.resp);
    let (mut claimed, mut delivered, mut made) = (Vec::new(), Vec::new(), Vec::new());
    let mut again = Vec::new();
    for ((key, _), &from) in options.pairs(args).zip(&from) {
        let Some(Stream { log, groups }) = db.write(key)? else {
            continue;
        };
        let Some(group) = groups.get_mut(group_name) else {
            continue;
        };
        let (reader, new) = group.see_consumer(consumer, now);
        if new {
            made.push(key);
        }
        match from {
            Some(from) => reply.add(key, |out| {
                let after = from.next().unwrap_or(from);
                let own = group
                    .pending_range_of(reader, after, StreamId::MAX)
                    .take(options.count);
                let own: Vec<StreamId> = own.map(|(id, _)| id).collect();
                out.array(own.len());
                let mut given = Ids::default();
                for &id in &own {
                    if write_history(out, log, group, id, now) {
                        given.push(id);
                    }
                }
                again.push((key, given));
            }),
            None => {
                // What is gone from the stream is passed over, and stays pending.
                let idle = options.claim.map(|least| {
                    let until = now.checked_sub(least);
                    until.map_or_else(Vec::new, |until| group.delivered_until(until))
                });
                let claims = idle.is_some();
                let idle: Vec<_> = idle
                    .unwrap_or_default()
                    .into_iter()
                    .filter(|(id, _)| log.get(*id).is_some())
                    .take(options.count)
                    .collect();
                let room = options.count - idle.len();
                let fresh = log
                    .last_entry_id()
                    .is_some_and(|top| top > group.last_delivered());
                if idle.is_empty() && !fresh {
                    continue;
                }
                let had = idle.iter().map(|(id, pending)| {
                    let from = group.consumer_name(pending.consumer);
                    (*id, Bytes::from_slice(from))
                });
                let had: Vec<(StreamId, Bytes)> = had.collect();
                for &(id, _) in &idle {
                    group.claim(id, reader, now, now, Deliveries::Count);
                }
                let after = group.last_delivered().next().unwrap_or(StreamId::MAX);
                let mut given = Ids::default();
                let entries = log.range(after, StreamId::MAX).inspect(|entry| {
                    group.advance(log, entry.id());
                    if !options.no_ack {
                        group.deliver(entry.id(), reader, now);
                    }
                    given.push(entry.id());
                });
                reply.add(key, |out| {
                    out.array_of(|out| {
                        for (entry, pending) in idle
                            .iter()
                            .filter_map(|(id, pending)| Some((log.get(*id)?, pending)))
                        {
                            let since = now.saturating_sub(pending.delivered_at);
                            write_delivery(out, entry, since as i64, pending.deliveries);
                        }
                        let new = entries.take(room).map(|entry| match claims {
                            true => write_delivery(out, entry, 0, 0),
                            false => write_entry(out, entry),
                        });
                        idle.len() + new.count()
                    });
                });
                claimed.push((key, had));
                delivered.push((key, given));
            }
        }
    }
    let sent = reply.send(out);
    for key in made {
        consumer_made(ctx, key, true);
    }
    let name = Bytes::from_slice;
    for (key, had) in claimed {
        note_claimed(ctx, key, group_name, consumer, had);
    }
    let how = match options.no_ack {
        true => Delivery::NoAck,
        false => Delivery::New,
    };
    let delivered = delivered.into_iter().map(|(key, ids)| (key, ids, how));
    let again = again
        .into_iter()
        .map(|(key, ids)| (key, ids, Delivery::Again));
    for (key, ids, how) in delivered.chain(again).filter(|(_, ids, _)| ids.count > 0) {
        ctx.note(key, || Fact::Delivered {
            group: name(group_name),
            consumer: name(consumer),
            count: ids.count,
            ids,
            how,
        });
    }
    if !sent {
        // Whatever becomes of the key, the consumer is told: a group that is gone gives an error.
        options.wait(ctx, args.0, None);
        if let Some(moment) = next_claim(ctx, args, &options, group_name) {
            ctx.look_again_at(moment);
        }
    }
    Ok(())
}

/// When the next pending entry of the streams that are read will have been idle for long enough to be claimed.
fn next_claim(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    options: &Options,
    group_name: &[u8],
) -> Option<Millis> {
    let (least, now) = (options.claim?, ctx.now());
    let first = |key| match ctx.db().value(key) {
        Some(Value::Stream(stream)) => {
            let group = stream.groups.get(group_name)?;
            // One that is due already and was not served is gone from the stream.
            let moment = match now.checked_sub(least) {
                Some(until) => group.first_delivery_after(until),
                None => group.first_delivery_after(0),
            };
            moment?.checked_add(least)
        }
        _ => None,
    };
    let moments = options.pairs(args).map(|(key, _)| key).filter_map(first);
    moments.min()
}

/// An entry that its consumer was given before; only its ID if it is no longer in the stream.
/// Whether there was something to deliver again.
fn write_history(
    out: &mut Writer,
    log: &Log,
    group: &mut Group,
    id: StreamId,
    now: Millis,
) -> bool {
    match log.get(id) {
        Some(entry) => {
            write_entry(out, entry);
            group.redeliver(id, now);
            true
        }
        None => {
            out.array(2);
            out.bulk(&id.to_bytes());
            out.null_array();
            false
        }
    }
}

fn meaningless(word: &[u8]) -> Error {
    Error::quoting(&[
        b"ERR The ",
        word,
        b" ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a \
          proper ID, or use the > ID to get new messages. The ",
        word,
        b" ID would just return an empty result set.",
    ])
}

/// The streams of a reply with their entries: a map in RESP3, an array of pairs in RESP2.
struct Streams {
    body: Writer,
    count: usize,
}

impl Streams {
    fn new(resp: Resp) -> Self {
        Self {
            body: Writer {
                resp,
                ..Writer::default()
            },
            count: 0,
        }
    }

    fn add(&mut self, key: &[u8], entries: impl FnOnce(&mut Writer)) {
        if self.body.resp == Resp::Two {
            self.body.array(2);
        }
        self.body.bulk(key);
        entries(&mut self.body);
        self.count += 1;
    }

    /// Sends the reply; `false`, and nothing sent, if there is no stream in it.
    fn send(self, out: &mut Writer) -> bool {
        if self.count == 0 {
            return false;
        }
        match self.body.resp {
            Resp::Two => out.array(self.count),
            Resp::Three => out.map(self.count),
        }
        out.bytes.extend_from_slice(&self.body.bytes);
        true
    }
}

/// What XREAD and XREADGROUP share.
struct Options {
    /// Entries of each stream; no COUNT is no limit.
    count: usize,
    /// Whether to wait if there is nothing, and until when.
    block: Option<Option<Millis>>,
    no_ack: bool,
    /// Pending entries that have been idle for so long are claimed before new ones are read.
    claim: Option<Millis>,
    /// Where the keys begin; as many IDs follow them.
    first: usize,
    words: usize,
}

impl Options {
    /// Reads the words up to the keys. `names` takes group and consumer; without it the command is XREAD.
    fn parse<'a>(
        args: Args<'a>,
        now: Millis,
        names: Option<&mut Option<(&'a [u8], &'a [u8])>>,
    ) -> Result<Self, Error> {
        let only_group = |option: &str| {
            format!(
                "ERR The {option} option is only supported by XREADGROUP. You called XREAD instead."
            )
        };
        let mut options = Self {
            count: usize::MAX,
            block: None,
            no_ack: false,
            claim: None,
            first: 0,
            words: args.len(),
        };
        let mut names = names;
        let mut at = 1;
        while at < args.len() {
            let more = args.len() - 1 - at;
            if args.is(at, "BLOCK") && more > 0 {
                at += 1;
                options.block = Some(block::deadline_millis(args, at, now)?);
            } else if args.is(at, "COUNT") && more > 0 {
                at += 1;
                options.count = match args.int(at)? {
                    ..=0 => usize::MAX,
                    count => at_most(count),
                };
            } else if args.is(at, "STREAMS") && more > 0 {
                if more % 2 == 1 {
                    let (name, sign) = if names.is_some() {
                        ("xreadgroup", '>')
                    } else {
                        ("xread", '$')
                    };
                    return Err(format!(
                        "ERR Unbalanced '{name}' list of streams: for each stream key an ID or '{sign}' must be specified."
                    )
                    .into());
                }
                options.first = at + 1;
                break;
            } else if args.is(at, "GROUP") && more > 1 {
                let Some(names) = names.as_deref_mut() else {
                    return Err(only_group("GROUP").into());
                };
                *names = args.get(at + 1).zip(args.get(at + 2));
                at += 2;
            } else if args.is(at, "CLAIM") && more > 0 {
                if names.is_none() {
                    return Err(only_group("CLAIM").into());
                }
                at += 1;
                let idle = args
                    .int(at)
                    .map_err(|_| Error::text("ERR min-idle-time is not an integer"))?;
                let idle = Millis::try_from(idle)
                    .map_err(|_| Error::text("ERR min-idle-time must be a positive integer"))?;
                options.claim = Some(idle);
            } else if args.is(at, "NOACK") {
                if names.is_none() {
                    return Err(only_group("NOACK").into());
                }
                options.no_ack = true;
            } else {
                return Err(Error::Syntax);
            }
            at += 1;
        }
        if options.first == 0 {
            Err(Error::Syntax)
        } else {
            Ok(options)
        }
    }

    fn streams(&self) -> usize {
        (self.words - self.first) / 2
    }

    /// Each key with its ID.
    fn pairs<'a>(&self, args: Args<'a>) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let (keys, ids) = args.from(self.first).split_at(self.streams());
        keys.iter().copied().zip(ids.iter().copied())
    }

    /// Nothing to send: waits if BLOCK was given, and says so if not. `words` is what runs again.
    fn wait(&self, ctx: &mut Ctx<'_>, words: &[&[u8]], wants: Option<&'static str>) {
        match self.block {
            Some(until) => {
                let keys = words
                    .get(self.first..self.first + self.streams())
                    .unwrap_or_default();
                ctx.block(keys, wants, until, words, OnTimeout::NullArray);
            }
            None => ctx.out.null_array(),
        }
    }
}
