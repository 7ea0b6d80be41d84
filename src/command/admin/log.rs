//! What was slow or large: SLOWLOG, COMMANDLOG and LATENCY. By the engine's clock a command takes no time
//! at all, unless it lets the server sleep.

use crate::command::{lookup, subcommand};
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::commandlog::Kind;
use crate::engine::error::Error;
use crate::engine::names::Place;
use crate::engine::num;

fn log_of(word: &[u8]) -> Result<Kind, Error> {
    let names = ["slow", "large-request", "large-reply"];
    let named = |(name, _): &(&str, Kind)| word.eq_ignore_ascii_case(name.as_bytes());
    let found = names.into_iter().zip(Kind::ALL).find(named);
    found.map(|(_, kind)| kind).ok_or(Error::text(
        "ERR type should be one of the following: slow, large-request, large-reply",
    ))
}

/// How many entries are wanted; -1: all.
fn count(args: Args<'_>, at: usize) -> Result<usize, Error> {
    match args.int(at) {
        Ok(-1) => Ok(usize::MAX),
        Ok(count @ 0..) => Ok(num::size(count).unwrap_or(usize::MAX)),
        _ => Err(Error::text(
            "ERR count should be greater than or equal to -1",
        )),
    }
}

fn show(ctx: &mut Ctx<'_>, kind: Kind, count: usize) {
    let (entries, out) = (&ctx.engine.logs[kind as usize].entries, &mut ctx.out);
    out.array(count.min(entries.len()));
    for entry in entries.iter().take(count) {
        out.array(6);
        out.int(entry.id);
        out.int(entry.seconds as i64);
        out.int(entry.value);
        out.array(entry.words.len());
        entry.words.iter().for_each(|word| out.bulk(word));
        out.bulk(entry.address.as_bytes());
        out.bulk(&entry.name);
    }
}

pub(super) fn commandlog_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = count(args, 2)?;
    show(ctx, log_of(&args[3])?, count);
    Ok(())
}

pub(super) fn commandlog_len(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let log = &ctx.engine.logs[log_of(&args[2])? as usize];
    ctx.out.count(log.entries.len());
    Ok(())
}

pub(super) fn commandlog_reset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let kind = log_of(&args[2])?;
    ctx.engine.logs[kind as usize].entries.clear();
    ctx.out.ok();
    Ok(())
}

pub(super) fn slowlog_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = match args.len() {
        ..3 => 10,
        _ => count(args, 2)?,
    };
    show(ctx, Kind::Slow, count);
    Ok(())
}

pub(super) fn slowlog_len(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let log = &ctx.engine.logs[Kind::Slow as usize];
    ctx.out.count(log.entries.len());
    Ok(())
}

pub(super) fn slowlog_reset(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.engine.logs[Kind::Slow as usize].entries.clear();
    ctx.out.ok();
    Ok(())
}

/// The one event that is there: a command that let the server sleep, as
/// `latency-monitor-threshold` minds it.
const EVENT: &[u8] = b"command";

pub(super) fn latency_doctor(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.verbatim(
        "Keyglass measures no latency: inside it, a command takes no time at all, unless it is DEBUG SLEEP.",
    );
    Ok(())
}

pub(super) fn latency_graph(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let samples = &ctx.engine.stats.latency.samples;
    let (Some(high), Some(low)) = (
        samples.iter().map(|(_, ms)| *ms).max(),
        samples.iter().map(|(_, ms)| *ms).min(),
    ) else {
        return Err(no_samples(&args[2]));
    };
    if &args[2] != EVENT {
        return Err(no_samples(&args[2]));
    }
    let mut text = format!(
        "command - high {high} ms, low {low} ms (all time high {} ms)\n",
        ctx.engine.stats.latency.longest
    );
    text.push_str(&"-".repeat(80));
    text.push('\n');
    // A line of bars from the oldest sample to the newest, four rows high.
    const ROWS: u64 = 4;
    for row in (0..ROWS).rev() {
        for (_, ms) in samples {
            let height = match high - low {
                0 => 1,
                span => 1 + (ms - low) * (ROWS - 1) / span,
            };
            text.push(if height > row { '#' } else { ' ' });
        }
        text.push('\n');
    }
    ctx.out.verbatim(&text);
    Ok(())
}

fn no_samples(event: &[u8]) -> Error {
    Error::quoting(&[b"ERR No samples available for event '", event, b"'"])
}

pub(super) fn latency_histogram(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let stats = &ctx.engine.stats;
    let mut called: Vec<_> = stats
        .calls
        .iter()
        .filter(|(_, [calls, ..])| *calls > 0)
        .map(|(place, [calls, ..])| (*place, *calls))
        .collect();
    called.sort_unstable();
    let mut shown = Vec::new();
    for name in args.from(2) {
        let (container, sub) = match name.iter().position(|&byte| byte == b'|') {
            Some(at) => (
                name.get(..at).unwrap_or_default(),
                Some(name.get(at + 1..).unwrap_or_default()),
            ),
            None => (*name, None),
        };
        let Some(spec) = lookup(container) else {
            continue;
        };
        let sub = match sub {
            None => None,
            Some(sub) => match subcommand(spec, sub) {
                Some(sub) => Some(sub.name),
                None => continue,
            },
        };
        let wanted = |(Place(container, name), _): &&(Place, u64)| {
            *container == spec.name && sub.is_none_or(|sub| sub == *name)
        };
        shown.extend(called.iter().filter(wanted).copied());
    }
    if args.len() == 2 {
        shown = called;
    }
    let out = &mut ctx.out;
    out.map(shown.len());
    for (place, calls) in shown {
        out.bulk(place.full_name().as_bytes());
        out.map(2);
        out.bulk(b"calls");
        out.int(calls as i64);
        out.bulk(b"histogram_usec");
        // So many took at most so many microseconds; the least that is told apart is one.
        let slow = stats.latency.slow.get(&place);
        let slow: Vec<(u64, u64)> = slow
            .into_iter()
            .flatten()
            .map(|(most, n)| (*most, *n))
            .collect();
        let mut sum = calls.saturating_sub(slow.iter().map(|(_, n)| n).sum());
        out.map(slow.len() + usize::from(sum > 0));
        if sum > 0 {
            out.int(1);
            out.int(sum as i64);
        }
        for (most, n) in slow {
            sum += n;
            out.int(most as i64);
            out.int(sum as i64);
        }
    }
    Ok(())
}

pub(super) fn latency_history(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let samples = &ctx.engine.stats.latency.samples;
    let count = match &args[2] == EVENT {
        true => samples.len(),
        false => 0,
    };
    ctx.out.array(count);
    for (seconds, ms) in samples.iter().take(count) {
        ctx.out.array(2);
        ctx.out.int(*seconds as i64);
        ctx.out.int(*ms as i64);
    }
    Ok(())
}

pub(super) fn latency_latest(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let latency = &ctx.engine.stats.latency;
    let Some((seconds, ms)) = latency.samples.back() else {
        ctx.out.array(0);
        return Ok(());
    };
    let out = &mut ctx.out;
    out.array(1);
    out.array(6);
    out.bulk(EVENT);
    for number in [*seconds, *ms, latency.longest, latency.sum, latency.count] {
        out.int(number as i64);
    }
    Ok(())
}

pub(super) fn latency_reset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let named = args.len() == 2 || args.from(2).iter().any(|name| **name == *EVENT);
    let latency = &mut ctx.engine.stats.latency;
    let reset = named && !latency.samples.is_empty();
    if reset {
        latency.forget_samples();
    }
    ctx.out.int(i64::from(reset));
    Ok(())
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
