//! What the stream commands share: reading IDs and ranges, and the texts and replies they have in common.

use crate::ds::bytes::Bytes;
use crate::ds::stream::{Entry, Refs, StreamId};
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::{Fact, Ids};
use crate::engine::num;
use crate::engine::reply::Writer;
use crate::engine::{Ctx, notify};

pub(super) fn bad_id() -> Error {
    Error::text("ERR Invalid stream ID specified as stream command argument")
}

/// One ID; `-` and `+` are none.
pub(super) fn id(word: &[u8]) -> Result<StreamId, Error> {
    StreamId::parse(word, 0).ok_or_else(bad_id)
}

/// Several IDs, all of which must be well-formed before anything is done with one.
pub(super) fn ids(words: &[&[u8]]) -> Result<Vec<StreamId>, Error> {
    words.iter().map(|word| id(word)).collect()
}

/// The start of a range: an ID, `-`, `+`, or an ID after `(`, which is left out itself.
pub(super) fn start_bound(word: &[u8]) -> Result<StreamId, Error> {
    match word {
        [b'(', rest @ ..] if !rest.is_empty() => {
            let id = StreamId::parse(rest, 0).ok_or_else(bad_id)?;
            id.next()
                .ok_or(Error::text("ERR invalid start ID for the interval"))
        }
        _ => StreamId::parse_bound(word, 0).ok_or_else(bad_id),
    }
}

/// The end of a range, written like the start. A millisecond alone takes in all of its entries.
pub(super) fn end_bound(word: &[u8]) -> Result<StreamId, Error> {
    match word {
        [b'(', rest @ ..] if !rest.is_empty() => {
            let id = StreamId::parse(rest, u64::MAX).ok_or_else(bad_id)?;
            id.prev()
                .ok_or(Error::text("ERR invalid end ID for the interval"))
        }
        _ => StreamId::parse_bound(word, u64::MAX).ok_or_else(bad_id),
    }
}

/// The word at `at`, if it says what becomes of the pending entries of what is deleted.
pub(super) fn refs(args: Args<'_>, at: usize) -> Option<Refs> {
    let words = [
        ("KEEPREF", Refs::Keep),
        ("DELREF", Refs::Drop),
        ("ACKED", Refs::Acked),
    ];
    let mut found = words.into_iter().filter(|(word, _)| args.is(at, word));
    found.next().map(|(_, refs)| refs)
}

/// The key or the group is not there; `place` is where that was found out, if the text is to say so.
pub(super) fn no_group(key: &[u8], group: &[u8], place: &str) -> Error {
    Error::quoting(&[
        b"NOGROUP No such key '",
        key,
        b"' or consumer group '",
        group,
        b"'",
        place.as_bytes(),
    ])
}

pub(super) fn no_group_for_key(key: &[u8], group: &[u8]) -> Error {
    Error::quoting(&[
        b"NOGROUP No such consumer group '",
        group,
        b"' for key name '",
        key,
        b"'",
    ])
}

pub(super) fn wrong_subcommand(word: &[u8], container: &str) -> Error {
    Error::quoting(&[
        b"ERR unknown subcommand or wrong number of arguments for '",
        word.get(..128).unwrap_or(word),
        b"'. Try ",
        container.as_bytes(),
        b" HELP.",
    ])
}

/// A COUNT as a number of items: none if negative, and any number if this machine cannot count so far.
pub(super) fn at_most(count: i64) -> usize {
    num::size(count).unwrap_or(0)
}

/// An entry: its ID, and its fields and values in one array.
pub(super) fn write_entry(out: &mut Writer, entry: Entry<'_>) {
    out.array(2);
    write_content(out, entry);
}

/// An entry as [`write_entry`] writes it, and how it was delivered before: how long ago, and how often.
pub(super) fn write_delivery(out: &mut Writer, entry: Entry<'_>, idle: i64, deliveries: u64) {
    out.array(4);
    write_content(out, entry);
    out.int(idle);
    out.int(deliveries as i64);
}

fn write_content(out: &mut Writer, entry: Entry<'_>) {
    out.bulk(&entry.id().to_bytes());
    out.array(entry.field_count() * 2);
    for (field, value) in entry.fields() {
        out.bulk(&field);
        out.bulk(&value);
    }
}

/// At most `count` entries, in an array.
pub(super) fn write_entries<'a>(
    out: &mut Writer,
    entries: impl Iterator<Item = Entry<'a>>,
    count: usize,
) {
    out.array_of(|out| {
        entries
            .take(count)
            .map(|entry| write_entry(out, entry))
            .count()
    });
}

/// Tells that reading or claiming made a consumer, if it did.
pub(super) fn consumer_made(ctx: &mut Ctx<'_>, key: &[u8], made: bool) {
    if made {
        ctx.notify(notify::STREAM, "xgroup-createconsumer", key);
    }
}

/// Notes that pending entries were taken off a group's list because their data is gone, if any were.
pub(super) fn pending_gone(ctx: &mut Ctx<'_>, key: &[u8], group: &[u8], ids: Ids) {
    if ids.count > 0 {
        ctx.note(key, || Fact::PendingGone {
            group: Bytes::from_slice(group),
            ids,
        });
    }
}

/// Notes who has which pending entries now, and who had each before, if any were claimed.
pub(super) fn note_claimed(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    group: &[u8],
    consumer: &[u8],
    claimed: Vec<(StreamId, Bytes)>,
) {
    if claimed.is_empty() {
        return;
    }
    ctx.note(key, || {
        let ids: Ids = claimed.iter().map(|(id, _)| *id).collect();
        let had = claimed.into_iter().take(ids.listed.len());
        Fact::Claimed {
            group: Bytes::from_slice(group),
            consumer: Bytes::from_slice(consumer),
            count: ids.count,
            from: had.map(|(_, from)| from).collect(),
            ids,
        }
    });
}
