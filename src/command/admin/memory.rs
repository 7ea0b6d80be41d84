//! Memory and latency, as far as a server that measures neither can speak of them.

use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::{Entry, Value};
use crate::engine::error::Error;

/// Bytes that a key and its value take, estimated.
pub fn usage(key: &[u8], entry: &Entry) -> usize {
    let value = match &entry.value {
        Value::Str(text) => text.len(),
        Value::List(list) => list.memory_bytes(),
        Value::Set(set) => set.memory_bytes(),
        Value::Hash(hash) => hash.memory_bytes(),
        Value::Zset(zset) => zset.memory_bytes(),
        Value::Stream(stream) => stream.log.memory_bytes(),
    };
    size_of::<Entry>() + key.len() + value
}

pub(super) fn memory_doctor(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out
        .verbatim("Keyglass estimates memory and does not measure it: see MEMORY USAGE of a key.");
    Ok(())
}

pub(super) fn memory_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "MEMORY",
        &[
            "DOCTOR",
            "    Return memory problems reports.",
            "MALLOC-STATS",
            "    Return internal statistics report from the memory allocator.",
            "PURGE",
            "    Attempt to purge dirty pages for reclamation by the allocator.",
            "STATS",
            "    Return information about the memory usage of the server.",
            "USAGE <key> [SAMPLES <count>]",
            "    Return memory in bytes used by <key> and its value. Nested values are",
            "    sampled up to <count> times (default: 5, 0 means sample all).",
        ],
    );
    Ok(())
}

pub(super) fn memory_malloc_stats(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out
        .verbatim("Stats not supported for the current allocator");
    Ok(())
}

pub(super) fn memory_purge(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.ok();
    Ok(())
}

pub(super) fn memory_stats(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let keys: usize = ctx.engine.dbs.iter().map(|db| db.len()).sum();
    let bytes = super::info::dataset(ctx.engine);
    ctx.out.map(4);
    for (name, number) in [
        ("total.allocated", bytes),
        ("dataset.bytes", bytes),
        ("keys.count", keys),
        ("keys.bytes-per-key", bytes.checked_div(keys).unwrap_or(0)),
    ] {
        ctx.out.bulk(name.as_bytes());
        ctx.out.count(number);
    }
    Ok(())
}

pub(super) fn memory_usage(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut at = 3;
    while at < args.len() {
        if !args.is(at, "SAMPLES") || at + 1 == args.len() {
            return Err(Error::Syntax);
        }
        if args.int(at + 1)? < 0 {
            return Err(Error::Syntax);
        }
        at += 2;
    }
    let (db, out) = ctx.parts();
    match db.entry(&args[2]) {
        Some(entry) => out.count(usage(&args[2], entry)),
        None => out.null(),
    }
    Ok(())
}

pub(super) fn latency_doctor(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out
        .verbatim("Keyglass measures no latency: inside it, a command takes no time at all.");
    Ok(())
}

pub(super) fn latency_graph(_: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    Err(Error::quoting(&[
        b"ERR No samples available for event '",
        &args[2],
        b"'",
    ]))
}

pub(super) fn latency_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "LATENCY",
        &[
            "DOCTOR",
            "    Return a human readable latency analysis report.",
            "GRAPH <event>",
            "    Return an ASCII latency graph for the <event> class.",
            "HISTORY <event>",
            "    Return time-latency samples for the <event> class.",
            "LATEST",
            "    Return the latest latency samples for all events.",
            "RESET [<event> ...]",
            "    Reset latency data of one or more <event> classes.",
            "    (default: reset all data for all event classes)",
            "HISTOGRAM [COMMAND ...]",
            "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
            "    If no commands are specified then all histograms are replied.",
        ],
    );
    Ok(())
}

/// How often each command ran, and how long that took: no time at all by the session's clock, which stands
/// still meanwhile, so that all of it is in the first bucket, of up to 1 microsecond.
pub(super) fn latency_histogram(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut rows: Vec<(String, u64)> = Vec::new();
    {
        let calls = &ctx.engine.stats.calls;
        let mut ran: Vec<_> = calls.iter().filter(|(_, counts)| counts[0] > 0).collect();
        ran.sort();
        let names = args.from(2);
        for wanted in names
            .iter()
            .map(Some)
            .chain(names.is_empty().then_some(None))
        {
            for ((container, name), counts) in &ran {
                let full = if container == name {
                    (*name).to_string()
                } else {
                    format!("{container}|{name}")
                };
                let fits = |word: &&[u8]| {
                    word.eq_ignore_ascii_case(container.as_bytes())
                        || word.eq_ignore_ascii_case(full.as_bytes())
                };
                if wanted.is_none_or(fits) {
                    rows.push((full, counts[0]));
                }
            }
        }
    }
    ctx.out.map(rows.len());
    for (name, calls) in rows {
        ctx.out.bulk(name.as_bytes());
        ctx.out.map(2);
        ctx.out.bulk(b"calls");
        ctx.out.int(calls as i64);
        ctx.out.bulk(b"histogram_usec");
        ctx.out.map(1);
        ctx.out.int(1);
        ctx.out.int(calls as i64);
    }
    Ok(())
}

pub(super) fn latency_history(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.array(0);
    Ok(())
}

pub(super) fn latency_latest(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.array(0);
    Ok(())
}

pub(super) fn latency_reset(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.int(0);
    Ok(())
}

/// Whether a word names one of the logs. Nothing is slow by the engine's clock, which stands still while
/// a command runs, so none of them ever holds anything.
fn check_log(word: &[u8]) -> Result<(), Error> {
    let known = ["slow", "large-request", "large-reply"];
    if known
        .iter()
        .any(|log| word.eq_ignore_ascii_case(log.as_bytes()))
    {
        return Ok(());
    }
    Err(Error::text(
        "ERR type should be one of the following: slow, large-request, large-reply",
    ))
}

pub(super) fn commandlog_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.int(2).ok().is_none_or(|count| count < -1) {
        return Err(Error::text(
            "ERR count should be greater than or equal to -1",
        ));
    }
    check_log(&args[3])?;
    ctx.out.array(0);
    Ok(())
}

pub(super) fn commandlog_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "COMMANDLOG",
        &[
            "GET <count> <type>",
            "    Return top <count> entries of the specified <type> from the commandlog (-1 mean all).",
            "    Entries are made of:",
            "    id, timestamp,",
            "        time in microseconds for type of slow,",
            "        or size in bytes for type of large-request,",
            "        or size in bytes for type of large-reply",
            "    arguments array, client IP and port,",
            "    client name",
            "LEN <type>",
            "    Return the length of the specified type of commandlog.",
            "RESET <type>",
            "    Reset the specified type of commandlog.",
        ],
    );
    Ok(())
}

pub(super) fn commandlog_len(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    check_log(&args[2])?;
    ctx.out.int(0);
    Ok(())
}

pub(super) fn commandlog_reset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    check_log(&args[2])?;
    ctx.out.ok();
    Ok(())
}

pub(super) fn slowlog_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() > 2 && args.int(2)? < -1 {
        return Err(Error::text(
            "ERR count should be greater than or equal to -1",
        ));
    }
    ctx.out.array(0);
    Ok(())
}

pub(super) fn slowlog_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "SLOWLOG",
        &[
            "GET [<count>]",
            "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
            "    Entries are made of:",
            "    id, timestamp, time in microseconds, arguments array, client IP and port,",
            "    client name",
            "LEN",
            "    Return the length of the slowlog.",
            "RESET",
            "    Reset the slowlog.",
        ],
    );
    Ok(())
}

pub(super) fn slowlog_len(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.int(0);
    Ok(())
}

pub(super) fn slowlog_reset(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.ok();
    Ok(())
}
