//! Strings: plain values, counters, and locks by token.

use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::{Value, Witness};
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::num;
use crate::engine::time::Millis;

/// The family's commands.
pub const TABLE: &[Spec] = &[
    Spec {
        name: "append",
        arity: 3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "2.0.0",
        complexity: "O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by the server will double the free space available on every reallocation.",
        summary: "Adds text to the end of a string, and answers its new length.",
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[key("key"), string("value")],
        handler: Some(append),
        ..Spec::NEW
    },
    Spec {
        name: "decr",
        arity: 2,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Takes 1 from a counter.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key")],
        handler: Some(decr),
        ..Spec::NEW
    },
    Spec {
        name: "decrby",
        arity: 3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Takes a number from a counter.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), integer("decrement")],
        handler: Some(decrby),
        ..Spec::NEW
    },
    Spec {
        name: "delifeq",
        arity: 3,
        flags: WRITE | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "9.0.0",
        complexity: "O(1)",
        summary: "Deletes a key only while it holds exactly this string: a lock released by its owner.",
        keys: &[KeySpec::first(&["RM", "delete"])],
        args: &[key("key"), string("value")],
        handler: Some(delifeq),
        ..Spec::NEW
    },
    Spec {
        name: "get",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Reads a string.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(get),
        ..Spec::NEW
    },
    Spec {
        name: "getdel",
        arity: 2,
        flags: WRITE | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "6.2.0",
        complexity: "O(1)",
        summary: "Reads a string and deletes its key.",
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[key("key")],
        handler: Some(getdel),
        ..Spec::NEW
    },
    Spec {
        name: "getex",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "6.2.0",
        complexity: "O(1)",
        summary: "Reads a string and sets or clears its expiry.",
        keys: &[KeySpec {
            notes: Some("RW and UPDATE because it changes the TTL"),
            flags: &["RW", "access", "update"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: 0,
                step: 1,
                limit: 0,
            },
        }],
        args: &[
            key("key"),
            one_of(
                "expiration",
                &[
                    integer("seconds").token("EX"),
                    integer("milliseconds").token("PX"),
                    unix_time("unix-time-seconds").token("EXAT"),
                    unix_time("unix-time-milliseconds").token("PXAT"),
                    flag("persist", "PERSIST"),
                ],
            )
            .optional(),
        ],
        handler: Some(getex),
        ..Spec::NEW
    },
    Spec {
        name: "incr",
        arity: 2,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Adds 1 to a counter.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key")],
        handler: Some(incr),
        ..Spec::NEW
    },
    Spec {
        name: "incrby",
        arity: 3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Adds a number to a counter.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), integer("increment")],
        handler: Some(incrby),
        ..Spec::NEW
    },
    Spec {
        name: "set",
        arity: -3,
        flags: WRITE | DENYOOM,
        categories: &["write", "string", "slow"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Sets a string, whatever the key held; with conditions and an expiry if asked.",
        history: &[
            ("2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."),
            ("6.0.0", "Added the `KEEPTTL` option."),
            ("6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."),
            (
                "7.0.0",
                "Allowed the `NX` and `GET` options to be used together.",
            ),
            ("8.1.0", "Added the `IFEQ` option."),
        ],
        keys: &[KeySpec {
            notes: Some("RW and ACCESS due to the optional `GET` argument"),
            flags: &["RW", "access", "update", "variable_flags"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: 0,
                step: 1,
                limit: 0,
            },
        }],
        args: &[
            key("key"),
            string("value"),
            one_of(
                "condition",
                &[
                    flag("nx", "NX").since("2.6.12"),
                    flag("xx", "XX").since("2.6.12"),
                    string("comparison-value")
                        .token("IFEQ")
                        .summary("Set only while the key holds exactly this value.")
                        .since("8.1.0"),
                ],
            )
            .optional(),
            flag("get", "GET").since("6.2.0").optional(),
            one_of(
                "expiration",
                &[
                    integer("seconds").token("EX").since("2.6.12"),
                    integer("milliseconds").token("PX").since("2.6.12"),
                    unix_time("unix-time-seconds").token("EXAT").since("6.2.0"),
                    unix_time("unix-time-milliseconds")
                        .token("PXAT")
                        .since("6.2.0"),
                    flag("keepttl", "KEEPTTL").since("6.0.0"),
                ],
            )
            .optional(),
        ],
        handler: Some(set),
        ..Spec::NEW
    },
    Spec {
        name: "setnx",
        arity: 3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Sets a string only where there is no key yet.",
        keys: &[KeySpec::first(&["OW", "insert"])],
        args: &[key("key"), string("value")],
        handler: Some(setnx),
        ..Spec::NEW
    },
    Spec {
        name: "strlen",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "string", "fast"],
        group: "string",
        since: "2.2.0",
        complexity: "O(1)",
        summary: "Answers how many bytes a string has.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key")],
        handler: Some(strlen),
        ..Spec::NEW
    },
];

/// The longest string, in bytes (the reference's default `proto-max-bulk-len`).
const STRING_MAX: usize = 512 * 1024 * 1024;

fn append(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let text = ctx.db().write_or::<Vec<u8>>(&args[1], Vec::new)?;
    if text.len() + args[2].len() > STRING_MAX {
        return Err(Error::StringTooLong);
    }
    text.extend_from_slice(&args[2]);
    let len = text.len();
    ctx.changed(&args[1]);
    ctx.out.count(len);
    Ok(())
}

fn decr(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    add(ctx, &args[1], -1)
}

fn decrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let by = args.int(2)?.checked_neg().ok_or(Error::DecrementOverflow)?;
    add(ctx, &args[1], by)
}

fn delifeq(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let equal = match ctx.db().read::<Vec<u8>>(&args[1])? {
        Some(text) => text.as_slice() == &args[2],
        None => {
            ctx.out.int(0);
            return Ok(());
        }
    };
    let holder = lock_holder(ctx, &args[1]);
    if equal {
        ctx.delete(&args[1]);
        ctx.note(&args[1], || {
            if holder.is_some() {
                Fact::LockReleased
            } else {
                Fact::Deleted
            }
        });
    } else {
        ctx.note(&args[1], || Fact::WrongToken { holder });
    }
    ctx.out.int(i64::from(equal));
    Ok(())
}

fn get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db.read::<Vec<u8>>(&args[1])? {
        Some(text) => out.bulk(text),
        None => out.null(),
    }
    Ok(())
}

fn getdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    get(ctx, args)?;
    if ctx.delete(&args[1]) {
        ctx.note(&args[1], || Fact::Deleted);
    }
    Ok(())
}

fn getex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args, 2, true)?;
    let expiry = options
        .expiry
        .map(|e| e.deadline(ctx.now(), "getex"))
        .transpose()?;
    if ctx.db().read::<Vec<u8>>(&args[1])?.is_none() {
        ctx.out.null();
        return Ok(());
    }
    get(ctx, args)?;
    match expiry {
        Some(when) => set_deadline(ctx, &args[1], when),
        None if options.persist && ctx.db().deadline(&args[1]).is_some() => {
            ctx.db().set_deadline(&args[1], None);
        }
        None => {}
    }
    Ok(())
}

fn incr(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    add(ctx, &args[1], 1)
}

fn incrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    add(ctx, &args[1], args.int(2)?)
}

fn set(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args, 3, false)?;
    let key = &args[1];
    let deadline = options
        .expiry
        .map(|e| e.deadline(ctx.now(), "set"))
        .transpose()?;
    if options.get {
        get(ctx, args)?;
    }
    let met = match options.condition {
        Condition::Always => true,
        Condition::Absent => !ctx.db().contains(key),
        Condition::Present => ctx.db().contains(key),
        Condition::Equal(index) => ctx
            .db()
            .read::<Vec<u8>>(key)?
            .is_some_and(|text| text.as_slice() == &args[index]),
    };
    if !met {
        if options.condition == Condition::Absent {
            note_refusal(ctx, key);
        }
        if !options.get {
            ctx.out.null();
        }
        return Ok(());
    }
    store(ctx, key, &args[2], options.keep_ttl);
    if let Some(when) = deadline {
        set_deadline(ctx, key, when);
        if options.condition == Condition::Absent {
            take_lock(ctx, key, &args[2], when);
        }
    }
    if !options.get {
        ctx.out.ok();
    }
    Ok(())
}

fn setnx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let free = !ctx.db().contains(&args[1]);
    if free {
        store(ctx, &args[1], &args[2], false);
    } else {
        note_refusal(ctx, &args[1]);
    }
    ctx.out.int(i64::from(free));
    Ok(())
}

fn strlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.count(db.read::<Vec<u8>>(&args[1])?.map_or(0, Vec::len));
    Ok(())
}

/// Adds to a counter, which keeps its TTL.
fn add(ctx: &mut Ctx<'_>, key: &[u8], by: i64) -> Result<(), Error> {
    let before = match ctx.db().read::<Vec<u8>>(key)? {
        Some(text) => num::parse_i64(text).ok_or(Error::NotInteger)?,
        None => 0,
    };
    let after = before.checked_add(by).ok_or(Error::Overflow)?;
    let text = ctx.db().write_or::<Vec<u8>>(key, Vec::new)?;
    text.clear();
    num::write_i64(text, after);
    ctx.changed(key);
    ctx.out.int(after);
    Ok(())
}

fn store(ctx: &mut Ctx<'_>, key: &[u8], value: &[u8], keep_ttl: bool) {
    ctx.db().set(key, Value::Str(value.to_vec()), keep_ttl);
    ctx.changed(key);
}

/// Sets a deadline; one that has passed already takes the key away at once.
fn set_deadline(ctx: &mut Ctx<'_>, key: &[u8], when: Millis) {
    if when <= ctx.now() {
        ctx.delete(key);
    } else {
        ctx.db().set_deadline(key, Some(when));
    }
}

/// Who holds a lock, where that is known.
fn lock_holder(ctx: &mut Ctx<'_>, key: &[u8]) -> Option<u32> {
    match ctx.db().entry(key)?.witness.as_deref()? {
        Witness::Lock { holder, .. } => Some(*holder),
        Witness::Uniques(_) => None,
    }
}

fn take_lock(ctx: &mut Ctx<'_>, key: &[u8], token: &[u8], until: Millis) {
    if !ctx.engine.observing {
        return;
    }
    let (holder, since) = (ctx.conn, ctx.now());
    let ttl = until.saturating_sub(since);
    if let Some(entry) = ctx.db().entry_mut(key) {
        entry.witness = Some(Box::new(Witness::Lock { holder, since, ttl }));
        ctx.note(key, || Fact::LockTaken {
            token: Bytes::from_slice(token),
            ttl,
        });
    }
}

fn note_refusal(ctx: &mut Ctx<'_>, key: &[u8]) {
    let holder = lock_holder(ctx, key);
    let now = ctx.now();
    let left = ctx.db().deadline(key).map(|when| when.saturating_sub(now));
    ctx.note(key, || Fact::LockRefused { holder, left });
}

/// When SET writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Always,
    Absent,
    Present,
    /// While the value equals the word at this place.
    Equal(usize),
}

/// An expiry as it was given.
#[derive(Clone, Copy, Debug)]
struct Expiry {
    amount: i64,
    seconds: bool,
    absolute: bool,
}

impl Expiry {
    /// The deadline it stands for. Errors: not positive, or beyond the range of time.
    fn deadline(self, now: Millis, command: &'static str) -> Result<Millis, Error> {
        let invalid = || Error::InvalidExpire(command.into());
        if self.amount <= 0 {
            return Err(invalid());
        }
        let unit = if self.seconds { 1000 } else { 1 };
        let amount = self.amount.checked_mul(unit).ok_or_else(invalid)?;
        let base = if self.absolute { 0 } else { now as i64 };
        amount
            .checked_add(base)
            .map(|when| when as Millis)
            .ok_or_else(invalid)
    }
}

/// The options that SET and GETEX share.
#[derive(Clone, Copy, Debug)]
struct Options {
    condition: Condition,
    expiry: Option<Expiry>,
    get: bool,
    keep_ttl: bool,
    persist: bool,
}

impl Options {
    fn parse(args: Args<'_>, start: usize, for_getex: bool) -> Result<Self, Error> {
        let mut options = Self {
            condition: Condition::Always,
            expiry: None,
            get: false,
            keep_ttl: false,
            persist: false,
        };
        // An option but IFEQ may be repeated, and the last one counts; two that exclude each other may not meet.
        let mut expiry_at: Option<(usize, bool, bool)> = None;
        let mut at = start;
        while at < args.len() {
            let followed = at + 1 < args.len();
            if !for_getex
                && args.is(at, "NX")
                && matches!(options.condition, Condition::Always | Condition::Absent)
            {
                options.condition = Condition::Absent;
            } else if !for_getex
                && args.is(at, "XX")
                && matches!(options.condition, Condition::Always | Condition::Present)
            {
                options.condition = Condition::Present;
            } else if !for_getex
                && args.is(at, "IFEQ")
                && followed
                && options.condition == Condition::Always
            {
                at += 1;
                options.condition = Condition::Equal(at);
            } else if !for_getex && args.is(at, "GET") {
                options.get = true;
            } else if !for_getex && args.is(at, "KEEPTTL") && expiry_at.is_none() {
                options.keep_ttl = true;
            } else if for_getex && args.is(at, "PERSIST") && expiry_at.is_none() {
                options.persist = true;
            } else {
                let (seconds, absolute) = match () {
                    () if args.is(at, "EX") => (true, false),
                    () if args.is(at, "PX") => (false, false),
                    () if args.is(at, "EXAT") => (true, true),
                    () if args.is(at, "PXAT") => (false, true),
                    () => return Err(Error::Syntax),
                };
                let other = expiry_at.is_some_and(|(_, s, a)| (s, a) != (seconds, absolute));
                if other || options.keep_ttl || options.persist || !followed {
                    return Err(Error::Syntax);
                }
                at += 1;
                expiry_at = Some((at, seconds, absolute));
            }
            at += 1;
        }
        if let Some((index, seconds, absolute)) = expiry_at {
            options.expiry = Some(Expiry {
                amount: args.int(index)?,
                seconds,
                absolute,
            });
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use crate::command::testing::check;

    #[test]
    fn a_token_lock_is_refused_while_held_and_free_after_its_ttl() {
        check(
            r#"
            A> SET lock 9f3c NX PX 30000
            OK
            B> SET lock 77aa NX PX 30000
            (nil)
            B> DELIFEQ lock 77aa
            (integer) 0
            @29999
            B> SET lock 77aa NX PX 30000
            (nil)
            @1
            B> SET lock 77aa NX PX 30000
            OK
            A> DELIFEQ lock 9f3c
            (integer) 0
            B> DELIFEQ lock 77aa
            (integer) 1
            A> GET lock
            (nil)
            "#,
        );
    }

    #[test]
    fn set_refuses_options_that_exclude_each_other() {
        check(
            r#"
            A> SET k v NX XX
            (error) ERR syntax error
            A> SET k v EX 1 KEEPTTL
            (error) ERR syntax error
            A> SET k v EX 0
            (error) ERR invalid expire time in 'set' command
            A> SET k v EX nine
            (error) ERR value is not an integer or out of range
            A> SET k v GET
            (nil)
            A> SET k w IFEQ v GET
            "v"
            A> GETEX k EX 10 PERSIST
            (error) ERR syntax error
            A> INCR k
            (error) ERR value is not an integer or out of range
            "#,
        );
    }
}
