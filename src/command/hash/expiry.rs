//! Fields that expire: setting, asking, taking it back.

use super::field::{done, set, value};
use crate::command::generic::expire::Condition;
use crate::ds::hash::Hash;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::time::Millis;
use crate::engine::{Ctx, notify};

const NUMFIELDS: Error =
    Error::text("ERR numfields should be greater than 0 and match the provided number of fields");

pub(super) fn hexpire(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    expire_at(ctx, args, now, 1000, "hexpire")
}

pub(super) fn hexpireat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    expire_at(ctx, args, 0, 1000, "hexpireat")
}

pub(super) fn hexpiretime(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    time_left(ctx, args, 0, 1000)
}

pub(super) fn hgetdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let key = &args[1];
    if !args.is(2, "FIELDS") {
        return Err(Error::Syntax);
    }
    let fields = counted(args, 3, 1)?;
    let (db, out) = ctx.parts();
    let hash = db.write::<Hash>(key)?;
    out.array(fields.len());
    let mut removed = 0;
    match hash {
        None => fields.iter().for_each(|_| out.null()),
        Some(hash) => {
            for field in fields {
                match hash.remove(field) {
                    Some(value) => {
                        out.bulk(&value);
                        removed += 1;
                    }
                    None => out.null(),
                }
            }
        }
    }
    if removed > 0 {
        done(ctx, key, "hdel");
    }
    Ok(())
}

pub(super) fn hgetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (options, fields) = Options::before_fields(args, false)?;
    let key = &args[1];
    ctx.db().read::<Hash>(key)?;
    let now = ctx.now();
    let when = options.deadline(args, now, "hgetex")?;
    let (db, out) = ctx.parts();
    let mut hash = db.write::<Hash>(key)?;
    out.array(fields.len());
    let (mut changed, mut expired) = (false, 0);
    for field in fields {
        value(out, hash.as_deref(), field);
        if let Some(hash) = &mut hash {
            changed |= match when {
                Some(when) if when <= now => {
                    let gone = hash.remove(field).is_some();
                    expired += u64::from(gone);
                    gone
                }
                Some(_) => hash.set_deadline(field, when),
                None => options.persist && persist(hash, field),
            };
        }
    }
    ctx.engine.stats.expired_fields += expired;
    if changed {
        match when {
            Some(when) if when <= now => done(ctx, key, "hexpired"),
            Some(_) => done(ctx, key, "hexpire"),
            None => done(ctx, key, "hpersist"),
        }
    }
    Ok(())
}

pub(super) fn hpersist(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if !args.is(2, "FIELDS") {
        return Err(Error::Syntax);
    }
    let fields = counted(args, 3, 1)?;
    let key = &args[1];
    let (db, out) = ctx.parts();
    let mut hash = db.write::<Hash>(key)?;
    out.array(fields.len());
    let mut changed = false;
    for field in fields {
        let deadline = hash.as_ref().and_then(|hash| hash.deadline(field));
        out.int(match deadline {
            None => -2,
            Some(None) => -1,
            Some(Some(_)) => {
                changed |= hash.as_mut().is_some_and(|hash| persist(hash, field));
                1
            }
        });
    }
    if changed {
        done(ctx, key, "hpersist");
    }
    Ok(())
}

/// Takes a field's deadline away; false when it had none.
fn persist(hash: &mut Hash, field: &[u8]) -> bool {
    hash.deadline(field).flatten().is_some() && hash.set_deadline(field, None)
}

pub(super) fn hpexpire(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    expire_at(ctx, args, now, 1, "hpexpire")
}

pub(super) fn hpexpireat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    expire_at(ctx, args, 0, 1, "hpexpireat")
}

pub(super) fn hpexpiretime(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    time_left(ctx, args, 0, 1)
}

pub(super) fn hpttl(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    time_left(ctx, args, now, 1)
}

pub(super) fn hsetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (options, pairs) = Options::before_fields(args, true)?;
    let key = &args[1];
    let there = ctx.db().read::<Hash>(key)?.is_some();
    if options.key.is_some_and(|wanted| there != wanted) {
        ctx.out.int(0);
        return Ok(());
    }
    let when = options.deadline(args, ctx.now(), "hsetex")?;
    let hash = ctx.db().read::<Hash>(key)?;
    let mut fields = pairs.iter().step_by(2);
    let has = |field: &[u8]| hash.is_some_and(|hash| hash.get(field).is_some());
    let met = options
        .fields
        .is_none_or(|wanted| fields.all(|field| has(field) == wanted));
    if met {
        let past = when.is_some_and(|when| when <= ctx.now());
        if past {
            let hash = ctx.db().write_or(key, Hash::default)?;
            for field in pairs.iter().step_by(2) {
                hash.remove(field);
            }
            ctx.engine.stats.expired_fields += pairs.len() as u64 / 2;
        } else {
            set(ctx, key, pairs, options.keep_ttl)?;
        }
        if !past
            && when.is_some()
            && let Some(hash) = ctx.db().write::<Hash>(key)?
        {
            for field in pairs.iter().step_by(2) {
                hash.set_deadline(field, when);
            }
        }
        ctx.db().fields_changed(key);
        ctx.changed(key);
        ctx.notify(notify::HASH, "hset", key);
        if when.is_some() {
            ctx.notify(notify::HASH, "hexpire", key);
        }
        if past {
            done(ctx, key, "hexpired");
        }
    }
    ctx.out.int(i64::from(met));
    Ok(())
}

pub(super) fn httl(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    time_left(ctx, args, now, 1000)
}

/// HEXPIRE and its kin: the time counts from `base` and in units of `unit` milliseconds.
fn expire_at(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    base: Millis,
    unit: i64,
    command: &'static str,
) -> Result<(), Error> {
    let key = &args[1];
    let at = fields_at(args, 3).ok_or(NUMFIELDS)?;
    let condition = Condition::parse(args, 3, at)?;
    let fields = counted(args, at + 1, 1)?;
    let when = moment(args.int(2)?, unit, base, command)?;
    let now = ctx.now();
    let (db, out) = ctx.parts();
    let mut hash = db.write::<Hash>(key)?;
    out.array(fields.len());
    let (mut changed, mut expired) = (false, 0);
    for field in fields {
        let deadline = hash.as_ref().and_then(|hash| hash.deadline(field));
        out.int(match deadline {
            None => -2,
            Some(deadline) if !condition.holds(deadline, when) => 0,
            Some(_) => {
                changed = true;
                if let Some(hash) = &mut hash {
                    if when <= now {
                        expired += u64::from(hash.remove(field).is_some());
                    } else {
                        hash.set_deadline(field, Some(when));
                    }
                }
                if when <= now { 2 } else { 1 }
            }
        });
    }
    ctx.engine.stats.expired_fields += expired;
    if changed {
        let event = if when <= now { "hexpired" } else { "hexpire" };
        done(ctx, key, event);
    }
    Ok(())
}

/// A moment given as a number of units since `base`. Errors: negative, or beyond the range of time.
fn moment(amount: i64, unit: i64, base: Millis, command: &'static str) -> Result<Millis, Error> {
    let whole = amount.checked_mul(unit).filter(|&ms| ms >= 0);
    whole
        .and_then(|ms| ms.checked_add(base as i64))
        .map(|ms| ms as Millis)
        .ok_or(Error::InvalidExpire(command.into()))
}

/// HTTL and its kin: counts from `base`, in units of `unit` milliseconds, rounded.
fn time_left(ctx: &mut Ctx<'_>, args: Args<'_>, base: Millis, unit: u64) -> Result<(), Error> {
    if !args.is(2, "FIELDS") {
        return Err(Error::Syntax);
    }
    let fields = match counted(args, 3, 1) {
        Err(error) if error == NUMFIELDS => return Err(Error::Syntax),
        fields => fields?,
    };
    let (db, out) = ctx.parts();
    let hash = db.read::<Hash>(&args[1])?;
    out.array(fields.len());
    for field in fields {
        out.int(match hash.and_then(|hash| hash.deadline(field)) {
            None => -2,
            Some(None) => -1,
            Some(Some(when)) => ((when.saturating_sub(base) + unit / 2) / unit) as i64,
        });
    }
    Ok(())
}

/// The place of the word FIELDS, from a place on; the last word is none.
fn fields_at(args: Args<'_>, start: usize) -> Option<usize> {
    (start..args.len().saturating_sub(1)).find(|&at| args.is(at, "FIELDS"))
}

/// The words behind a number that stands at `at` and counts them, in so many each.
fn counted<'a>(args: Args<'a>, at: usize, each: usize) -> Result<&'a [&'a [u8]], Error> {
    let count = args.int(at)?;
    let words = args.from(at + 1);
    if count <= 0 || num::size(count).and_then(|n| n.checked_mul(each)) != Some(words.len()) {
        return Err(NUMFIELDS);
    }
    Ok(words)
}

/// The options of HSETEX and HGETEX.
#[derive(Clone, Copy, Debug, Default)]
struct Options {
    /// NX or XX: whether the key has to be there.
    key: Option<bool>,
    /// FNX or FXX: whether the fields have to be there, all of them.
    fields: Option<bool>,
    /// Where the time stands, in seconds or not, since 1970 or not, and the place of its amount.
    expiry: Option<(bool, bool, usize)>,
    keep_ttl: bool,
    persist: bool,
}

impl Options {
    /// Reads what stands before FIELDS, and gives the words after the number that follows it.
    fn before_fields<'a>(args: Args<'a>, setting: bool) -> Result<(Self, &'a [&'a [u8]]), Error> {
        // A key that is called FIELDS counts as the word.
        let end = fields_at(args, 1).ok_or(NUMFIELDS)?;
        let mut options = Self::default();
        let mut time: Option<(usize, bool, bool)> = None;
        let mut at = 2;
        while at < end {
            let free = time.is_none();
            match () {
                () if setting && args.is(at, "NX") && options.key != Some(true) => {
                    options.key = Some(false);
                }
                () if setting && args.is(at, "XX") && options.key != Some(false) => {
                    options.key = Some(true);
                }
                () if setting && args.is(at, "FNX") && options.fields != Some(true) => {
                    options.fields = Some(false);
                }
                () if setting && args.is(at, "FXX") && options.fields != Some(false) => {
                    options.fields = Some(true);
                }
                () if setting && args.is(at, "KEEPTTL") && free => options.keep_ttl = true,
                () if !setting && args.is(at, "PERSIST") && free => options.persist = true,
                () => {
                    let (seconds, absolute) = match () {
                        () if args.is(at, "EX") => (true, false),
                        () if args.is(at, "PX") => (false, false),
                        () if args.is(at, "EXAT") => (true, true),
                        () if args.is(at, "PXAT") => (false, true),
                        () => return Err(Error::Syntax),
                    };
                    let other = time.is_some_and(|(_, s, a)| (s, a) != (seconds, absolute));
                    if other || options.keep_ttl || options.persist || at + 1 >= end {
                        return Err(Error::Syntax);
                    }
                    at += 1;
                    time = Some((at, seconds, absolute));
                }
            }
            at += 1;
        }
        let words = counted(args, end + 1, if setting { 2 } else { 1 })?;
        if let Some((place, seconds, absolute)) = time {
            options.expiry = Some((seconds, absolute, place));
        }
        Ok((options, words))
    }

    /// The deadline they ask for. Errors: negative, or beyond the range of time.
    fn deadline(
        &self,
        args: Args<'_>,
        now: Millis,
        command: &'static str,
    ) -> Result<Option<Millis>, Error> {
        let Some((seconds, absolute, place)) = self.expiry else {
            return Ok(None);
        };
        let unit = if seconds { 1000 } else { 1 };
        let base = if absolute { 0 } else { now };
        moment(args.int(place)?, unit, base, command).map(Some)
    }
}
