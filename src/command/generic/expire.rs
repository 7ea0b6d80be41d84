//! When a key expires: setting it, asking for it, taking it away.

use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::time::Millis;
use crate::engine::{Ctx, notify};

pub(super) fn expire(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    expire_at(ctx, args, now, 1000, "expire")
}

pub(super) fn expireat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    expire_at(ctx, args, 0, 1000, "expireat")
}

pub(super) fn expiretime(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    time_left(ctx, args, 0, 1000)
}

pub(super) fn persist(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let had = ctx.db().deadline(&args[1]).is_some();
    if had {
        ctx.db().set_deadline(&args[1], None);
        ctx.modified(&args[1]);
        ctx.notify(notify::GENERIC, "persist", &args[1]);
        ctx.lock_extended(&args[1]);
    }
    ctx.out.int(i64::from(had));
    Ok(())
}

pub(super) fn pexpire(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    expire_at(ctx, args, now, 1, "pexpire")
}

pub(super) fn pexpireat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    expire_at(ctx, args, 0, 1, "pexpireat")
}

pub(super) fn pexpiretime(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    time_left(ctx, args, 0, 1)
}

pub(super) fn pttl(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    time_left(ctx, args, now, 1)
}

pub(super) fn ttl(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    time_left(ctx, args, now, 1000)
}

/// EXPIRE and its kin: the time counts from `base` and in units of `unit` milliseconds.
fn expire_at(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    base: Millis,
    unit: i64,
    command: &'static str,
) -> Result<(), Error> {
    let condition = Condition::parse(args, 3, args.len())?;
    let key = &args[1];
    let when = args
        .int(2)?
        .checked_mul(unit)
        .and_then(|ms| ms.checked_add(base as i64));
    // A moment before time began counts as its beginning.
    let when = when.ok_or(Error::InvalidExpire(command.into()))?.max(0) as Millis;
    let deadline = ctx.db().deadline(key);
    let set = ctx.db().contains(key) && condition.holds(deadline, when);
    if set && when <= ctx.now() {
        ctx.delete(key);
        ctx.notify(notify::EXPIRED, "expired", key);
        ctx.engine.stats.expired_keys += 1;
        ctx.note(key, || Fact::Expired);
    } else if set {
        ctx.db().set_deadline(key, Some(when));
        ctx.modified(key);
        ctx.notify(notify::GENERIC, "expire", key);
        ctx.lock_extended(key);
    }
    ctx.out.int(i64::from(set));
    Ok(())
}

/// TTL and its kin: counts from `base`, in units of `unit` milliseconds, rounded.
fn time_left(ctx: &mut Ctx<'_>, args: Args<'_>, base: Millis, unit: u64) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.int(match db.entry(&args[1]).map(|entry| entry.deadline()) {
        None => -2,
        Some(None) => -1,
        Some(Some(when)) => ((when.saturating_sub(base) + unit / 2) / unit) as i64,
    });
    Ok(())
}

/// When EXPIRE and its kin set an expiry. A key without one counts as living for ever.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::command) struct Condition {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
}

impl Condition {
    /// Reads the words from `start` up to `end`.
    pub(in crate::command) fn parse(
        args: Args<'_>,
        start: usize,
        end: usize,
    ) -> Result<Self, Error> {
        let mut condition = Self::default();
        for at in start..end {
            let option = match () {
                () if args.is(at, "NX") => &mut condition.nx,
                () if args.is(at, "XX") => &mut condition.xx,
                () if args.is(at, "GT") => &mut condition.gt,
                () if args.is(at, "LT") => &mut condition.lt,
                () => {
                    return Err(Error::quoting(&[b"ERR Unsupported option ", &args[at]]));
                }
            };
            *option = true;
        }
        match condition {
            Self {
                nx: true,
                xx,
                gt,
                lt,
            } if xx || gt || lt => Err(Error::text(
                "ERR NX and XX, GT or LT options at the same time are not compatible",
            )),
            Self {
                gt: true, lt: true, ..
            } => Err(Error::text(
                "ERR GT and LT options at the same time are not compatible",
            )),
            _ => Ok(condition),
        }
    }

    /// Whether it lets a new deadline take an old one's place.
    pub(in crate::command) fn holds(self, deadline: Option<Millis>, when: Millis) -> bool {
        !(self.nx && deadline.is_some()
            || self.xx && deadline.is_none()
            || self.gt && deadline.is_none_or(|old| when <= old)
            || self.lt && deadline.is_some_and(|old| when >= old))
    }
}

#[cfg(test)]
mod tests {
    use crate::command::testing::check;

    #[test]
    fn a_key_expires_at_its_deadline() {
        check(
            r#"
            A> SET k v
            OK
            A> TTL k
            (integer) -1
            A> TTL nokey
            (integer) -2
            A> EXPIRE k 10
            (integer) 1
            @499
            A> TTL k
            (integer) 10
            A> PTTL k
            (integer) 9501
            @2
            A> TTL k
            (integer) 9
            A> EXPIRETIME k
            (integer) 1700000010
            A> PEXPIRETIME k
            (integer) 1700000010000
            @9498
            A> EXISTS k
            (integer) 1
            @1
            A> EXISTS k
            (integer) 0
            A> EXPIRE k 10
            (integer) 0
            A> PERSIST k
            (integer) 0
            "#,
        );
    }

    #[test]
    fn an_expiry_can_have_a_condition() {
        check(
            r#"
            A> SET k v
            OK
            A> EXPIRE k 100 XX
            (integer) 0
            A> EXPIRE k 100 GT
            (integer) 0
            A> EXPIRE k 100 LT
            (integer) 1
            A> EXPIRE k 100 NX
            (integer) 0
            A> EXPIRE k 100 GT
            (integer) 0
            A> EXPIRE k 100 LT
            (integer) 0
            A> EXPIRE k 101 XX GT
            (integer) 1
            A> PERSIST k
            (integer) 1
            A> PERSIST k
            (integer) 0
            A> EXPIRE k 100 NX NX
            (integer) 1
            A> EXPIRE k -1 GT
            (integer) 0
            A> EXPIRE k -1 LT
            (integer) 1
            A> EXISTS k
            (integer) 0
            "#,
        );
    }

    #[test]
    fn expiries_beyond_time_are_refused() {
        check(
            r#"
            A> SET k v
            OK
            A> EXPIRE k 9223372036854775
            (error) ERR invalid expire time in 'expire' command
            A> EXPIREAT k 9223372036854776
            (error) ERR invalid expire time in 'expireat' command
            A> PEXPIRE nokey 9223372036854775807
            (error) ERR invalid expire time in 'pexpire' command
            A> PEXPIREAT k 9223372036854775807
            (integer) 1
            A> EXPIRETIME k
            (integer) 9223372036854776
            A> EXPIRE k x NX XX
            (error) ERR NX and XX, GT or LT options at the same time are not compatible
            A> EXPIRE k x GT LT
            (error) ERR GT and LT options at the same time are not compatible
            A> EXPIRE k x SOON NX
            (error) ERR Unsupported option SOON
            A> EXPIRE nokey x
            (error) ERR value is not an integer or out of range
            A> PEXPIREAT k -9223372036854775808
            (integer) 1
            A> GET k
            (nil)
            "#,
        );
    }
}
