//! Strings: plain values, counters, and locks by token.

mod digest;
mod many;
mod part;

use super::spec::*;
use crate::engine::args::Args;
use crate::engine::db::{Form, Value};
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::lock::Compared;
use crate::engine::num;
use crate::engine::num::long::LongDouble;
use crate::engine::time::Millis;
use crate::engine::{Ctx, notify};
use digest::{delex, digest};
use many::{mget, mset, msetex, msetnx};
use part::{getrange, lcs, setrange};

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
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
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
        name: "delex",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "8.4.0",
        complexity: "O(1) for IFEQ/IFNE, O(N) for IFDEQ/IFDNE where N is the length of the string value.",
        summary: "Deletes a key if its string, or the string's digest, compares as asked.",
        keys: &[KeySpec::first(&["RM", "delete"])],
        args: &[
            key("key"),
            one_of(
                "condition",
                &[
                    string("ifeq-value").token("IFEQ"),
                    string("ifne-value").token("IFNE"),
                    string("ifdeq-digest").token("IFDEQ"),
                    string("ifdne-digest").token("IFDNE"),
                ],
            )
            .optional(),
        ],
        handler: Some(delex),
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
        name: "digest",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "string", "fast"],
        group: "string",
        since: "8.4.0",
        complexity: "O(N) where N is the length of the string value.",
        summary: "Answers the hash of a string, by which other commands can compare it.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(digest),
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
        name: "getrange",
        arity: 4,
        flags: READONLY,
        categories: &["read", "string", "slow"],
        group: "string",
        since: "2.4.0",
        complexity: "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
        summary: "Reads the bytes of a string between two places.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), integer("start"), integer("end")],
        handler: Some(getrange),
        ..Row::NEW
    },
    Row {
        name: "getset",
        arity: 3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Sets a string and answers what it was.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), string("value")],
        handler: Some(getset),
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
        name: "incrbyfloat",
        arity: 3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "string", "fast"],
        group: "string",
        since: "2.6.0",
        complexity: "O(1)",
        summary: "Adds a decimal number to a string that holds one.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), double("increment")],
        handler: Some(incrbyfloat),
        ..Row::NEW
    },
    Row {
        name: "lcs",
        arity: -3,
        flags: READONLY,
        categories: &["read", "string", "slow"],
        group: "string",
        since: "7.0.0",
        complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
        summary: "Finds the longest sequence of bytes that two strings have in common.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: 1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[
            key("key1"),
            key("key2"),
            flag("len", "LEN").optional(),
            flag("idx", "IDX").optional(),
            integer("min-match-len").token("MINMATCHLEN").optional(),
            flag("withmatchlen", "WITHMATCHLEN").optional(),
        ],
        handler: Some(lcs),
        ..Row::NEW
    },
    Row {
        name: "mget",
        arity: -2,
        flags: READONLY | FAST,
        categories: &["read", "string", "fast"],
        group: "string",
        since: "1.0.0",
        complexity: "O(N) where N is the number of keys to retrieve.",
        summary: "Reads several strings.",
        tips: &["request_policy:multi_shard"],
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple()],
        handler: Some(mget),
        ..Row::NEW
    },
    Row {
        name: "mset",
        arity: -3,
        flags: WRITE | DENYOOM,
        categories: &["write", "string", "slow"],
        group: "string",
        since: "1.0.1",
        complexity: "O(N) where N is the number of keys to set.",
        summary: "Sets several strings.",
        tips: &[
            "request_policy:multi_shard",
            "response_policy:all_succeeded",
        ],
        keys: &[KeySpec {
            notes: None,
            flags: &["OW", "update"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 2,
                limit: 0,
            },
        }],
        args: &[block("data", &[key("key"), string("value")]).multiple()],
        handler: Some(mset),
        ..Row::NEW
    },
    Row {
        name: "msetex",
        arity: -4,
        flags: WRITE | DENYOOM | MOVABLEKEYS,
        categories: &["write", "string", "slow"],
        group: "string",
        since: "9.1.0",
        complexity: "O(N) where N is the number of keys to set.",
        summary: "Sets several strings with one condition and one expiry for all.",
        tips: &[
            "request_policy:multi_shard",
            "response_policy:all_succeeded",
        ],
        keys: &[KeySpec {
            notes: None,
            flags: &["OW", "update"],
            begin: Begin::Index(1),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 2,
            },
        }],
        args: &[
            integer("numkeys"),
            block("data", &[key("key"), string("value")]).multiple(),
            one_of("condition", &[flag("nx", "NX"), flag("xx", "XX")]).optional(),
            one_of(
                "expiration",
                &[
                    integer("seconds").token("EX"),
                    integer("milliseconds").token("PX"),
                    unix_time("unix-time-seconds").token("EXAT"),
                    unix_time("unix-time-milliseconds").token("PXAT"),
                    flag("keepttl", "KEEPTTL"),
                ],
            )
            .optional(),
        ],
        handler: Some(msetex),
        ..Row::NEW
    },
    Row {
        name: "msetnx",
        arity: -3,
        flags: WRITE | DENYOOM,
        categories: &["write", "string", "slow"],
        group: "string",
        since: "1.0.1",
        complexity: "O(N) where N is the number of keys to set.",
        summary: "Sets several strings, only if none of the keys exists.",
        keys: &[KeySpec {
            notes: None,
            flags: &["OW", "insert"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 2,
                limit: 0,
            },
        }],
        args: &[block("data", &[key("key"), string("value")]).multiple()],
        handler: Some(msetnx),
        ..Row::NEW
    },
    Row {
        name: "psetex",
        arity: 4,
        flags: WRITE | DENYOOM,
        categories: &["write", "string", "slow"],
        group: "string",
        since: "2.6.0",
        complexity: "O(1)",
        summary: "Sets a string with a lifetime in milliseconds.",
        keys: &[KeySpec::first(&["OW", "update"])],
        args: &[key("key"), integer("milliseconds"), string("value")],
        handler: Some(psetex),
        ..Row::NEW
    },
    Row {
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
                    string("ifne-value")
                        .token("IFNE")
                        .summary("Set only while the key does not hold this value.")
                        .since("8.4.0"),
                    string("ifdeq-digest")
                        .token("IFDEQ")
                        .summary("Set only while the value has this digest.")
                        .since("8.4.0"),
                    string("ifdne-digest")
                        .token("IFDNE")
                        .summary("Set only while the value has not this digest.")
                        .since("8.4.0"),
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
        ..Row::NEW
    },
    Row {
        name: "setex",
        arity: 4,
        flags: WRITE | DENYOOM,
        categories: &["write", "string", "slow"],
        group: "string",
        since: "2.0.0",
        complexity: "O(1)",
        summary: "Sets a string with a lifetime in seconds.",
        keys: &[KeySpec::first(&["OW", "update"])],
        args: &[key("key"), integer("seconds"), string("value")],
        handler: Some(setex),
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
        name: "setrange",
        arity: 4,
        flags: WRITE | DENYOOM,
        categories: &["write", "string", "slow"],
        group: "string",
        since: "2.2.0",
        complexity: "O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.",
        summary: "Overwrites part of a string, from a place on.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[key("key"), integer("offset"), string("value")],
        handler: Some(setrange),
        ..Row::NEW
    },
    Row {
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
        ..Row::NEW
    },
    Row {
        name: "substr",
        arity: 4,
        flags: READONLY,
        categories: &["read", "string", "slow"],
        group: "string",
        since: "1.0.0",
        complexity: "O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.",
        summary: "Reads the bytes of a string between two places; the old name of GETRANGE.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), integer("start"), integer("end")],
        handler: Some(substr),
        ..Row::NEW
    },
];

fn append(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let max = ctx.engine.config.proto_max_bulk_len;
    let len = match ctx.db().write::<Vec<u8>>(&args[1])? {
        None => {
            ctx.db().set(&args[1], Value::Str(args[2].to_vec()), false);
            args[2].len()
        }
        Some(text) if text.len() + args[2].len() > max => return Err(Error::StringTooLong),
        Some(text) => {
            text.extend_from_slice(&args[2]);
            text.len()
        }
    };
    ctx.changed(&args[1]);
    ctx.notify(notify::STRING, "append", &args[1]);
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
        None => false,
    };
    let holder = ctx.lock_holder(&args[1]);
    let outcome = match equal && ctx.delete_told(&args[1]) {
        true => Compared::Deleted,
        false => Compared::Unequal,
    };
    ctx.lock_compared(&args[1], holder, outcome);
    ctx.out.int(i64::from(equal));
    Ok(())
}

fn get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db.read::<Vec<u8>>(&args[1])? {
        Some(text) => out.bulk(text),
        None => out.null(),
    }
    ctx.lock_read(&args[1]);
    Ok(())
}

fn getdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    get(ctx, args)?;
    if ctx.delete(&args[1]) {
        ctx.notify(notify::GENERIC, "del", &args[1]);
        ctx.note_deleted(&args[1]);
    }
    Ok(())
}

fn getex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args, 2, For::Getex)?;
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
            ctx.modified(&args[1]);
            ctx.notify(notify::GENERIC, "persist", &args[1]);
            ctx.lock_extended(&args[1]);
        }
        None => {}
    }
    Ok(())
}

fn getset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    get(ctx, args)?;
    put(ctx, &args[1], &args[2], false);
    Ok(())
}

fn incr(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    add(ctx, &args[1], 1)
}

fn incrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    add(ctx, &args[1], args.int(2)?)
}

fn incrbyfloat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let there = match ctx.db().read::<Vec<u8>>(&args[1])? {
        Some(text) => Some(LongDouble::parse(text).ok_or(Error::NotFloat)?),
        None => None,
    };
    let before = there.unwrap_or(LongDouble::ZERO);
    let by = LongDouble::parse(&args[2]).ok_or(Error::NotFloat)?;
    let after = before
        .plus(by)
        .ok_or(Error::text("ERR increment would produce NaN or Infinity"))?;
    let text = after.text();
    store(ctx, &args[1], text.as_bytes(), true);
    if let Some(entry) = ctx.db().entry_mut(&args[1]) {
        entry.form = Form::Text;
    }
    ctx.notify(notify::STRING, "incrbyfloat", &args[1]);
    ctx.note(&args[1], || Fact::NumberAdded {
        by: by.text(),
        from: there.map(|number| number.text()),
        to: text.clone(),
    });
    ctx.out.bulk(text.as_bytes());
    Ok(())
}

fn psetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    set_with_lifetime(ctx, args, false, "psetex")
}

fn set(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let options = Options::parse(args, 3, For::Set)?;
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
        comparison => {
            let text = ctx.db().read::<Vec<u8>>(key)?.map(Vec::as_slice);
            comparison.compare(args, text)?
        }
    };
    if !met {
        match options.condition {
            Condition::Absent => ctx.lock_refused(key),
            Condition::Always | Condition::Present => {}
            _ => {
                let holder = ctx.lock_holder(key);
                ctx.lock_compared(key, holder, Compared::Unequal);
            }
        }
        if !options.get {
            ctx.out.null();
        }
        return Ok(());
    }
    match deadline {
        Some(when) if when <= ctx.now() => expire_at_once(ctx, key),
        Some(when) => {
            put(ctx, key, &args[2], options.keep_ttl);
            set_deadline(ctx, key, when);
            if options.condition == Condition::Absent {
                ctx.lock_taken(key, Some(when));
            }
        }
        None => {
            put(ctx, key, &args[2], options.keep_ttl);
            match options.condition {
                Condition::Absent => ctx.lock_taken(key, None),
                _ if options.keep_ttl => {}
                _ => ctx.lock_extended(key),
            }
        }
    }
    if !options.get {
        ctx.out.ok();
    }
    Ok(())
}

fn setex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    set_with_lifetime(ctx, args, true, "setex")
}

fn setnx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let free = !ctx.db().contains(&args[1]);
    if free {
        put(ctx, &args[1], &args[2], false);
        ctx.lock_taken(&args[1], None);
    } else {
        ctx.lock_refused(&args[1]);
    }
    ctx.out.int(i64::from(free));
    Ok(())
}

fn strlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.count(db.read::<Vec<u8>>(&args[1])?.map_or(0, Vec::len));
    Ok(())
}

fn substr(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    getrange(ctx, args)
}

fn set_with_lifetime(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    seconds: bool,
    name: &'static str,
) -> Result<(), Error> {
    let expiry = Expiry {
        amount: args.int(2)?,
        seconds,
        absolute: false,
    };
    let when = expiry.deadline(ctx.now(), name)?;
    put(ctx, &args[1], &args[3], false);
    set_deadline(ctx, &args[1], when);
    ctx.out.ok();
    Ok(())
}

/// Adds to a counter, which keeps its TTL.
fn add(ctx: &mut Ctx<'_>, key: &[u8], by: i64) -> Result<(), Error> {
    let (mut there, mut after) = (None, 0);
    let mut buffer = itoa::Buffer::new();
    let mut text = "";
    let lock = ctx.lock_before(key);
    ctx.db().change_text(key, |old| {
        there = match old {
            Some(text) => Some(num::parse_i64(text).ok_or(Error::NotInteger)?),
            None => None,
        };
        let sum = there.unwrap_or(0).checked_add(by);
        after = sum.ok_or(Error::Overflow)?;
        text = buffer.format(after);
        Ok(text.as_bytes())
    })?;
    ctx.lock_after(key, lock, text.as_bytes());
    ctx.changed(key);
    ctx.notify(notify::STRING, "incrby", key);
    ctx.note(key, || Fact::NumberAdded {
        by: by.to_string(),
        from: there.map(|number| number.to_string()),
        to: after.to_string(),
    });
    ctx.out.digits(text);
    Ok(())
}

/// Sets a string, with the notification `set`.
fn put(ctx: &mut Ctx<'_>, key: &[u8], value: &[u8], keep_ttl: bool) {
    store(ctx, key, value, keep_ttl);
    ctx.notify(notify::STRING, "set", key);
}

fn store(ctx: &mut Ctx<'_>, key: &[u8], value: &[u8], keep_ttl: bool) {
    let lock = ctx.lock_before(key);
    ctx.db().set_text(key, value, keep_ttl);
    ctx.lock_after(key, lock, value);
    ctx.changed(key);
}

/// Takes away a key that a command gave a deadline in the past.
fn expire_at_once(ctx: &mut Ctx<'_>, key: &[u8]) {
    if ctx.delete(key) {
        ctx.engine.stats.expired_keys += 1;
        ctx.notify(notify::EXPIRED, "expired", key);
        ctx.note(key, || Fact::Expired);
    }
}

/// Sets a deadline; one that has passed already takes the key away at once.
fn set_deadline(ctx: &mut Ctx<'_>, key: &[u8], when: Millis) {
    if when <= ctx.now() {
        expire_at_once(ctx, key);
    } else {
        ctx.db().set_deadline(key, Some(when));
        ctx.modified(key);
        ctx.notify(notify::GENERIC, "expire", key);
        ctx.lock_extended(key);
    }
}

/// When SET writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Always,
    Absent,
    Present,
    /// While the value equals the word at this place.
    Equal(usize),
    /// While it does not, or there is none.
    Unequal(usize),
    /// While the value's digest is the word at this place.
    Digest(usize),
    /// While it is not, or there is no value.
    OtherDigest(usize),
}

impl Condition {
    /// Whether a comparison holds for a string, if there is one. Errors: no digest.
    fn compare(self, args: Args<'_>, text: Option<&[u8]>) -> Result<bool, Error> {
        Ok(match self {
            Self::Equal(at) => text == Some(&args[at]),
            Self::Unequal(at) => text != Some(&args[at]),
            Self::Digest(at) => {
                digest::is_of(&args[at], text.unwrap_or_default())? && text.is_some()
            }
            Self::OtherDigest(at) => {
                !digest::is_of(&args[at], text.unwrap_or_default())? || text.is_none()
            }
            Self::Always | Self::Absent | Self::Present => true,
        })
    }
}

/// Which command options are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Set,
    Getex,
    Msetex,
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
    /// The comparison whose token stands at a word and whose value follows.
    fn comparison(args: Args<'_>, at: usize) -> Option<Condition> {
        let follows = at + 1;
        match () {
            () if follows >= args.len() => None,
            () if args.is(at, "IFEQ") => Some(Condition::Equal(follows)),
            () if args.is(at, "IFNE") => Some(Condition::Unequal(follows)),
            () if args.is(at, "IFDEQ") => Some(Condition::Digest(follows)),
            () if args.is(at, "IFDNE") => Some(Condition::OtherDigest(follows)),
            () => None,
        }
    }

    fn parse(args: Args<'_>, start: usize, command: For) -> Result<Self, Error> {
        let for_getex = command == For::Getex;
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
            } else if command == For::Set
                && options.condition == Condition::Always
                && let Some(comparison) = Self::comparison(args, at)
            {
                at += 1;
                options.condition = comparison;
            } else if command == For::Set && args.is(at, "GET") {
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
