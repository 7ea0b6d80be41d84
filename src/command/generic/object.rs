//! How values are kept, and when they were last used.

use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::{Entry, Looks, Value};
use crate::engine::error::Error;

pub(super) fn object_encoding(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db.entry(&args[2]) {
        Some(entry) => out.bulk(encoding(&args[2], entry).as_bytes()),
        None => out.null(),
    }
    Ok(())
}

pub(super) fn object_freq(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (now, lfu) = (ctx.now(), ctx.engine.config.lfu);
    let (db, out) = ctx.parts();
    let Some(entry) = db.entry(&args[2]) else {
        out.null();
        return Ok(());
    };
    if !lfu {
        return Err(Error::text(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
        ));
    }
    out.int(i64::from(entry.frequency(now, db.looks)));
    Ok(())
}

pub(super) fn object_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "OBJECT",
        &[
            "ENCODING <key>",
            "    Return the kind of internal representation used in order to store the value",
            "    associated with a <key>.",
            "FREQ <key>",
            "    Return the access frequency index of the <key>. The returned integer is",
            "    proportional to the logarithm of the recent access frequency of the key.",
            "IDLETIME <key>",
            "    Return the idle time of the <key>, that is the approximated number of",
            "    seconds elapsed since the last access to the key.",
            "REFCOUNT <key>",
            "    Return the number of references of the value associated with the specified",
            "    <key>.",
        ],
    );
    Ok(())
}

pub(super) fn object_idletime(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (now, lfu) = (ctx.now(), ctx.engine.config.lfu);
    let (db, out) = ctx.parts();
    match db.entry(&args[2]) {
        Some(_) if lfu => {
            return Err(Error::text(
                "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
            ));
        }
        Some(entry) => out.int((now.saturating_sub(entry.accessed.get()) / 1000) as i64),
        None => out.null(),
    }
    Ok(())
}

pub(super) fn object_refcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db.entry(&args[2]) {
        Some(_) => out.int(1),
        None => out.null(),
    }
    Ok(())
}

pub(super) fn touch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    let db = ctx.db();
    // Who asks for this wants it, whatever CLIENT NO-TOUCH says.
    let looks = Looks {
        unseen: false,
        ..db.looks
    };
    let mut count = 0;
    for key in args.from(1) {
        if let Some(entry) = db.entry(key) {
            entry.touch(now, looks);
            count += 1;
        }
    }
    ctx.out.int(count);
    Ok(())
}

/// What the reference keeps a value in, as `OBJECT ENCODING` names it.
pub fn encoding(key: &[u8], entry: &Entry) -> &'static str {
    match &entry.value {
        Value::Str(text) => entry.text_encoding(key, text),
        Value::List(list) => list.encoding(),
        Value::Set(set) => set.encoding(),
        Value::Hash(hash) => hash.encoding(),
        Value::Zset(zset) => zset.encoding().name(),
        Value::Stream(_) => "stream",
    }
}
