//! Memory, as far as a server that does not measure it can speak of it.

use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::evict;

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
    let used = usize::try_from(ctx.engine.used_memory()).unwrap_or(usize::MAX);
    let base = evict::BASE as usize;
    let bytes = used.saturating_sub(base);
    ctx.out.map(5);
    for (name, number) in [
        ("total.allocated", used),
        ("startup.allocated", base),
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
        Some(entry) => out.count(entry.usage(&args[2])),
        None => out.null(),
    }
    Ok(())
}
