//! Values that leave for another server, and come from one.

use crate::command::server::config::named;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::time::Millis;
use crate::engine::{Ctx, notify, rdb};

pub(super) fn dump(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let compress = named(&ctx.engine.config, "rdbcompression") == "yes";
    let (db, out) = ctx.parts();
    match db.look(&args[1]) {
        Some(value) => out.bulk(&rdb::dump(value, compress)),
        None => out.null(),
    }
    Ok(())
}

/// What RESTORE can be told beside the value.
#[derive(Clone, Copy, Debug, Default)]
struct Options {
    replace: bool,
    /// The time to live is a moment.
    absolute: bool,
    /// Seconds since the key was last used.
    idle: Option<u64>,
    /// How often it is used.
    frequency: Option<u8>,
}

impl Options {
    fn parse(args: Args<'_>) -> Result<Self, Error> {
        let mut options = Self::default();
        let mut at = 4;
        while at < args.len() {
            let value = at + 1 < args.len();
            match () {
                () if args.is(at, "REPLACE") => options.replace = true,
                () if args.is(at, "ABSTTL") => options.absolute = true,
                () if args.is(at, "IDLETIME") && value && options.frequency.is_none() => {
                    let idle = u64::try_from(args.int(at + 1)?);
                    options.idle =
                        Some(idle.map_err(|_| {
                            Error::text("ERR Invalid IDLETIME value, must be >= 0")
                        })?);
                    at += 1;
                }
                () if args.is(at, "FREQ") && value && options.idle.is_none() => {
                    let frequency = u8::try_from(args.int(at + 1)?);
                    options.frequency = Some(frequency.map_err(|_| {
                        Error::text("ERR Invalid FREQ value, must be >= 0 and <= 255")
                    })?);
                    at += 1;
                }
                () => return Err(Error::Syntax),
            }
            at += 1;
        }
        Ok(options)
    }
}

pub(super) fn restore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args)?;
    let (key, now) = (&args[1], ctx.now());
    if !options.replace && ctx.db().contains(key) {
        return Err(Error::text("BUSYKEY Target key name already exists."));
    }
    let ttl = Millis::try_from(args.int(2)?)
        .map_err(|_| Error::text("ERR Invalid TTL value, must be >= 0"))?;
    let relaxed = named(&ctx.engine.config, "rdb-version-check") == "relaxed";
    if !rdb::verify(&args[3], relaxed, ctx.engine.config.checks_sums) {
        return Err(Error::text(
            "ERR DUMP payload version or checksum are wrong",
        ));
    }
    let limits = ctx.limits();
    let value = rdb::load(&args[3], &limits).ok_or(Error::text("ERR Bad data format"))?;
    let deadline = match ttl {
        0 => None,
        ttl if options.absolute => Some(ttl),
        ttl => Some(now.saturating_add(ttl)),
    };
    if options.replace {
        // Not a change by itself: the new value is, or else the old one's going.
        let gone = ctx.db().remove(key).is_some();
        if deadline.is_some_and(|when| when <= now) && gone {
            ctx.changed(key);
            ctx.notify(notify::GENERIC, "del", key);
        }
    }
    if deadline.is_none_or(|when| when > now) {
        let lfu = ctx.engine.config.lfu;
        let db = ctx.db();
        db.set(key, value, false);
        db.set_deadline(key, deadline);
        if let Some(entry) = db.entry(key) {
            match (options.idle, options.frequency) {
                (Some(idle), _) if !lfu => {
                    let idle = idle.saturating_mul(1000);
                    entry.accessed.set(now.saturating_sub(idle));
                }
                (_, Some(frequency)) if lfu => entry.uses.set(frequency.into()),
                _ => {}
            }
        }
        ctx.changed(key);
        ctx.notify(notify::GENERIC, "restore", key);
    }
    ctx.out.ok();
    Ok(())
}
