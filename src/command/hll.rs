//! HyperLogLog: counting distinct elements in a few kilobytes.

use std::collections::BTreeSet;

use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::ds::hll::{self, Encoding, HllError, Op, Shown};
use crate::engine::args::Args;
use crate::engine::db::{Entry, Form, Kind, Value, Witness};
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::{Ctx, notify};

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "pfadd",
        arity: -2,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "hyperloglog", "fast"],
        group: "hyperloglog",
        since: "2.8.9",
        complexity: "O(1) to add every element.",
        summary: "Shows elements to a HyperLogLog, making it where there is none; answers whether its estimate may have changed.",
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[key("key"), string("element").optional().multiple()],
        handler: Some(pfadd),
        ..Row::NEW
    },
    Row {
        name: "pfcount",
        arity: -2,
        flags: READONLY | MAY_REPLICATE,
        categories: &["read", "hyperloglog", "slow"],
        group: "hyperloglog",
        since: "2.8.9",
        complexity: "O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys.",
        summary: "Estimates how many different elements a HyperLogLog, or several together, were shown.",
        keys: &[KeySpec {
            notes: Some(
                "RW because it may change the internal representation of the key, and propagate to replicas",
            ),
            flags: &["RW", "access"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple()],
        handler: Some(pfcount),
        ..Row::NEW
    },
    Row {
        name: "pfdebug",
        arity: 3,
        flags: WRITE | DENYOOM | ADMIN,
        categories: &["write", "hyperloglog", "admin", "slow", "dangerous"],
        group: "hyperloglog",
        since: "2.8.9",
        complexity: "N/A",
        summary: "Shows how a HyperLogLog is kept: its registers, its runs, its encoding.",
        doc_flags: &["syscmd"],
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access"],
            begin: Begin::Index(2),
            find: Find::Range {
                last: 0,
                step: 1,
                limit: 0,
            },
        }],
        args: &[string("subcommand"), key("key")],
        handler: Some(pfdebug),
        ..Row::NEW
    },
    Row {
        name: "pfmerge",
        arity: -2,
        flags: WRITE | DENYOOM,
        categories: &["write", "hyperloglog", "slow"],
        group: "hyperloglog",
        since: "2.8.9",
        complexity: "O(N) to merge N HyperLogLogs, but with high constant times.",
        summary: "Adds HyperLogLogs to one, as if it had been shown their elements too.",
        keys: &[
            KeySpec::first(&["RW", "access", "insert"]),
            KeySpec {
                notes: None,
                flags: &["RO", "access"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: -1,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("destkey"),
            key("sourcekey").key_spec(1).optional().multiple(),
        ],
        handler: Some(pfmerge),
        ..Row::NEW
    },
    Row {
        name: "pfselftest",
        arity: 1,
        flags: ADMIN,
        categories: &["hyperloglog", "admin", "slow", "dangerous"],
        group: "hyperloglog",
        since: "2.8.9",
        complexity: "N/A",
        summary: "Checks that registers keep what they are given, and that estimates are near enough.",
        doc_flags: &["syscmd"],
        handler: Some(pfselftest),
        ..Row::NEW
    },
];

/// How many elements PFSELFTEST shows to the values it tests.
const SELF_TEST_ELEMENTS: u64 = 100_000;
/// Past this many different elements the page no longer knows the true count.
const UNIQUES_MAX: usize = 1 << 20;

/// Longer elements are not told of.
const TOLD_MAX: usize = 256;

impl From<HllError> for Error {
    fn from(error: HllError) -> Self {
        Self::text(match error {
            HllError::NotHll => "WRONGTYPE Key is not a valid HyperLogLog string value.",
            HllError::Corrupt => "INVALIDOBJ Corrupted HLL object detected",
        })
    }
}

fn pfadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (key, elements) = (&args[1], args.from(2));
    let sparse_max = ctx.limits().hll_sparse_max_bytes;
    let made = make(ctx, key)?;
    let (mut grew, mut told) = (false, None);
    if let Some(entry) = ctx.db().entry_mut(key) {
        let value = Vec::of_mut(&mut entry.value).ok_or(Error::WrongType)?;
        let (last, others) = match elements.split_last() {
            Some((last, others)) => (Some(last), others),
            None => (None, elements),
        };
        for element in others {
            grew |= hll::add(value, element, sparse_max)?;
        }
        if let Some(element) = last {
            let held = hll::register(value, hll::hash_parts(element).0)?;
            grew |= hll::add(value, element, sparse_max)?;
            told = (element.len() <= TOLD_MAX).then_some((*element, held));
        }
        if let Some(Witness::Uniques(seen)) = entry.witness.as_deref_mut() {
            for element in elements {
                seen.add(fingerprint(element), element);
            }
            if seen.len() > UNIQUES_MAX {
                entry.witness = None;
            }
        }
    }
    if made || grew {
        ctx.changed(key);
        ctx.notify(notify::STRING, "pfadd", key);
    }
    ctx.note(key, || Fact::Counted {
        elements: elements.len(),
        grew,
        last: told.map(|(element, held)| (Bytes::from_slice(element), held)),
    });
    ctx.out.int(i64::from(made || grew));
    Ok(())
}

fn pfcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let keys = args.from(1);
    let estimate = if let [key] = keys {
        count_one(ctx, key)?
    } else {
        union(ctx, keys)?.estimate()
    };
    // The reference prints it as signed; only registers nobody could have filled make a difference.
    ctx.out.int(estimate.cast_signed());
    Ok(())
}

fn pfdebug(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.is(1, "SIMD") {
        return simd(ctx, args);
    }
    let key = &args[2];
    let none = Error::text("ERR The specified key does not exist");
    let encoding = match ctx.db().read::<Vec<u8>>(key)? {
        Some(value) => hll::encoding(value)?,
        None => return Err(none),
    };
    let value = ctx.db().write::<Vec<u8>>(key)?.ok_or(none)?;
    if args.is(1, "GETREG") {
        hll::make_dense(value)?;
        let registers = hll::registers(value)?;
        ctx.out.array(registers.len());
        for register in registers {
            ctx.out.int(register.into());
        }
    } else if args.is(1, "DECODE") {
        if encoding != Encoding::Sparse {
            return Err(Error::text("ERR HLL encoding is not sparse"));
        }
        let runs = hll::ops(value)?.map(|op| match op {
            Op::Zero { run } => format!("z:{run}"),
            Op::XZero { run } => format!("Z:{run}"),
            Op::Val { rank, run } => format!("v:{rank},{run}"),
        });
        let runs = runs.collect::<Vec<_>>().join(" ");
        ctx.out.bulk(runs.as_bytes());
    } else if args.is(1, "ENCODING") {
        ctx.out.simple(match encoding {
            Encoding::Dense => "dense",
            Encoding::Sparse => "sparse",
        });
    } else if args.is(1, "TODENSE") {
        let made = hll::make_dense(value)?;
        ctx.out.int(made.into());
    } else {
        return Err(Error::quoting(&[
            b"ERR Unknown PFDEBUG subcommand '",
            &args[1],
            b"'",
        ]));
    }
    Ok(())
}

/// Whether vector instructions are used. They make no difference to any reply, and here there are none.
fn simd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.is(2, "ON") {
        ctx.out.simple("enabled");
    } else if args.is(2, "OFF") {
        ctx.out.simple("disabled");
    } else {
        return Err(Error::text("ERR Argument must be ON or OFF"));
    }
    Ok(())
}

fn pfmerge(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let key = &args[1];
    let sparse_max = ctx.limits().hll_sparse_max_bytes;
    let union = union(ctx, args.from(1))?;
    let seen = uniques(ctx, args.from(1));
    make(ctx, key)?;
    if let Some(entry) = ctx.db().entry_mut(key) {
        let value = Vec::of_mut(&mut entry.value).ok_or(Error::WrongType)?;
        union.store(value, sparse_max)?;
        entry.witness = seen.map(|seen| Box::new(Witness::Uniques(seen)));
    }
    ctx.changed(key);
    ctx.notify(notify::STRING, "pfadd", key);
    ctx.out.ok();
    Ok(())
}

fn pfselftest(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let sparse_max = ctx.limits().hll_sparse_max_bytes;
    let (mut value, mut dense) = (hll::new(), hll::new());
    hll::make_dense(&mut dense)?;
    let (mut greatest, mut checkpoint) = (vec![0; hll::REGISTERS], 1);
    for count in 1..=SELF_TEST_ELEMENTS {
        let element = count.to_le_bytes();
        let (register, rank) = hll::hash_parts(&element);
        if let Some(kept) = greatest.get_mut(register) {
            *kept = rank.max(*kept);
        }
        hll::add(&mut value, &element, sparse_max)?;
        hll::add(&mut dense, &element, sparse_max)?;
        if count < checkpoint {
            continue;
        }
        if hll::registers(&dense)? != greatest {
            return Err(Error::text(
                "TESTFAILED Registers do not keep what they are given",
            ));
        }
        let estimate = hll::estimate(&dense)?;
        if hll::estimate(&value)? != estimate {
            return Err(Error::text("TESTFAILED dense/sparse disagree"));
        }
        // Six times the standard error of so many registers.
        let bound = 6.0 * 1.04 / (hll::REGISTERS as f64).sqrt() * count as f64;
        let error = count.abs_diff(estimate);
        if error as f64 > bound.ceil() {
            return Err(format!("TESTFAILED Too big error. card:{count} abserr:{error}").into());
        }
        checkpoint *= 10;
    }
    ctx.out.ok();
    Ok(())
}

/// Makes an empty HyperLogLog where there is no key, and says whether it did. Errors: what is there is none.
fn make(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<bool, Error> {
    if let Some(value) = ctx.db().read::<Vec<u8>>(key)? {
        hll::encoding(value)?;
        unshare(ctx, key);
        return Ok(false);
    }
    let mut value = hll::new();
    hll::invalidate(&mut value);
    ctx.db().set(key, Value::Str(value), false);
    if let Some(entry) = ctx.db().entry_mut(key) {
        entry.form = Form::Raw;
    }
    if ctx.engine.observing
        && let Some(entry) = ctx.db().entry_mut(key)
    {
        entry.witness = Some(Box::new(Witness::Uniques(Shown::default())));
    }
    Ok(true)
}

/// Before it changes a string in place, the reference takes it apart from others, which makes it `raw`.
fn unshare(ctx: &mut Ctx<'_>, key: &[u8]) {
    if let Some(entry) = ctx.db().entry_mut(key) {
        entry.form = Form::Raw;
    }
}

/// A key's estimate; a new one is written into the value, as the reference does even though this reads.
fn count_one(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<u64, Error> {
    let Some(value) = ctx.db().read::<Vec<u8>>(key)? else {
        return Ok(0);
    };
    hll::encoding(value)?;
    let kept = hll::cached(value);
    unshare(ctx, key);
    if let Some(estimate) = kept {
        return Ok(estimate);
    }
    let Some(value) = ctx.db().write::<Vec<u8>>(key)? else {
        return Ok(0);
    };
    let estimate = hll::count(value)?.estimate;
    ctx.modified(key);
    Ok(estimate)
}

/// The union of all the keys; one that is not there counts as empty.
fn union(ctx: &mut Ctx<'_>, keys: &[&[u8]]) -> Result<hll::Union, Error> {
    let mut union = hll::Union::new();
    for key in keys {
        if let Some(value) = ctx.db().read::<Vec<u8>>(key)? {
            union.absorb(value)?;
        }
    }
    Ok(union)
}

/// The different elements that all the keys together were shown, where that is known of each of them.
fn uniques(ctx: &mut Ctx<'_>, keys: &[&[u8]]) -> Option<Shown> {
    if !ctx.engine.observing {
        return None;
    }
    let mut all = Shown::default();
    for entry in keys
        .iter()
        .filter_map(|key| ctx.engine.dbs.get(ctx.db)?.entry(key))
    {
        match entry.witness.as_deref() {
            Some(Witness::Uniques(seen)) => all.absorb(seen),
            _ => return None,
        }
    }
    (all.len() <= UNIQUES_MAX).then_some(all)
}

/// How many of some elements a HyperLogLog was never shown, where that is known.
pub(super) fn unseen(entry: &Entry, elements: &[&[u8]]) -> Option<u64> {
    let Some(Witness::Uniques(seen)) = entry.witness.as_deref() else {
        return None;
    };
    let new = elements.iter().map(|element| fingerprint(element));
    let new: BTreeSet<u64> = new.filter(|hash| !seen.contains(hash)).collect();
    Some(new.len() as u64)
}

/// Tells elements apart without keeping them: FNV-1a over the bytes, its bits mixed by MurmurHash3's finalizer. Not the
/// hash of the HyperLogLog itself, so that its collisions cannot hide here too.
fn fingerprint(element: &[u8]) -> u64 {
    let mut h = element.iter().fold(0xcbf2_9ce4_8422_2325, |h: u64, &byte| {
        (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    h = (h ^ h >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ h >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ h >> 33
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{dispatch, testing::check};
    use crate::engine::event::Event;
    use crate::engine::resp::encode_command;
    use crate::engine::{Engine, What};

    #[test]
    fn visitors_are_counted_once() {
        check(
            r#"
            A> PFADD visits ann bob ann
            (integer) 1
            A> PFADD visits bob
            (integer) 0
            A> PFCOUNT visits
            (integer) 2
            A> PFADD today bob cid
            (integer) 1
            A> PFCOUNT visits today nokey
            (integer) 3
            A> PFMERGE all visits today
            OK
            A> PFCOUNT all
            (integer) 3
            A> PFADD empty
            (integer) 1
            A> PFADD empty
            (integer) 0
            A> PFCOUNT empty
            (integer) 0
            A> PFCOUNT nokey
            (integer) 0
            A> PFMERGE new
            OK
            A> TYPE new
            string
            "#,
        );
    }

    #[test]
    fn get_shows_the_reference_bytes() {
        check(
            r#"
            A> PFADD k a b c
            (integer) 1
            A> GET k
            "HYLL\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80`\xf3\x80P\xb1\x84K\xfb\x80BZ"
            A> PFCOUNT k
            (integer) 3
            A> GET k
            "HYLL\x01\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00`\xf3\x80P\xb1\x84K\xfb\x80BZ"
            A> PFMERGE k
            OK
            A> GET k
            "HYLL\x01\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x80`\xf3\x80P\xb1\x84K\xfb\x80BZ"
            "#,
        );
    }

    #[test]
    fn other_values_are_refused() {
        check(
            r#"
            A> SET text hello
            OK
            A> XADD stream 1-1 f v
            "1-1"
            A> PFADD text a
            (error) WRONGTYPE Key is not a valid HyperLogLog string value.
            A> PFCOUNT stream
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            A> PFCOUNT nokey text
            (error) WRONGTYPE Key is not a valid HyperLogLog string value.
            A> PFMERGE new text stream
            (error) WRONGTYPE Key is not a valid HyperLogLog string value.
            A> EXISTS new
            (integer) 0
            A> SET bad "HYLL\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x00"
            OK
            A> PFCOUNT bad
            (error) INVALIDOBJ Corrupted HLL object detected
            A> PFADD bad a
            (error) INVALIDOBJ Corrupted HLL object detected
            "#,
        );
    }

    fn engine() -> Engine {
        let mut engine = Engine::new(1, 0, dispatch);
        engine.observing = true;
        engine.handle(0, 0, What::Connect);
        engine
    }

    fn run(engine: &mut Engine, commands: &[&str]) {
        for command in commands {
            let words: Vec<_> = command.split(' ').collect();
            engine.handle(0, 0, What::Bytes(encode_command(&words)));
        }
    }

    fn truth(engine: &Engine, key: &str) -> Option<usize> {
        match engine.dbs[0].entry(key.as_bytes())?.witness.as_deref()? {
            Witness::Uniques(seen) => Some(seen.len()),
            Witness::Lock { .. } | Witness::Made { .. } | Witness::Places => None,
        }
    }

    #[test]
    fn a_value_is_sparse_as_far_as_the_setting_lets_it_be() {
        check(
            r#"
            A> CONFIG SET hll-sparse-max-bytes 20
            OK
            A> PFADD k
            (integer) 1
            A> PFDEBUG ENCODING k
            sparse
            A> PFDEBUG DECODE k
            "Z:16384"
            A> PFADD k a
            (integer) 1
            A> PFDEBUG ENCODING k
            dense
            A> STRLEN k
            (integer) 12304
            A> PFDEBUG DECODE k
            (error) ERR HLL encoding is not sparse
            A> CONFIG SET hll-sparse-max-bytes 3000
            OK
            A> PFADD j a
            (integer) 1
            A> PFDEBUG DECODE j
            "Z:12711 v:2,1 Z:3672"
            A> PFDEBUG TODENSE j
            (integer) 1
            A> PFDEBUG TODENSE j
            (integer) 0
            A> PFDEBUG SIMD on
            enabled
            A> PFDEBUG SIMD off
            disabled
            A> PFDEBUG SIMD x
            (error) ERR Argument must be ON or OFF
            A> PFDEBUG what none
            (error) ERR The specified key does not exist
            A> PFDEBUG what k
            (error) ERR Unknown PFDEBUG subcommand 'what'
            A> PFSELFTEST
            OK
            "#,
        );
    }

    #[test]
    fn what_was_counted_is_told_and_kept_raw() {
        check(
            r#"
            A> CONFIG SET notify-keyspace-events E$
            OK
            B> PSUBSCRIBE __key*
            1) "psubscribe"
            2) "__key*"
            3) (integer) 1
            A> PFADD k a
            (integer) 1
            A> PFADD k a
            (integer) 0
            A> PFCOUNT k
            (integer) 1
            A> PFMERGE j k
            OK
            B<
            1) "pmessage"
            2) "__key*"
            3) "__keyevent@0__:pfadd"
            4) "k"
            1) "pmessage"
            2) "__key*"
            3) "__keyevent@0__:pfadd"
            4) "j"
            A> SET s "HYLL\x01\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00`\xf3\x80P\xb1\x84K\xfb\x80BZ"
            OK
            A> PFCOUNT s k
            (integer) 3
            A> OBJECT ENCODING s
            "embstr"
            A> PFCOUNT s
            (integer) 3
            A> OBJECT ENCODING s
            "raw"
            "#,
        );
    }

    #[test]
    fn the_true_count_is_known_while_it_can_be() {
        let mut engine = engine();
        run(
            &mut engine,
            &["PFADD a x y y", "PFADD b y z", "PFMERGE c a b nokey"],
        );
        run(&mut engine, &["RENAME a d", "GETDEL b", "PFADD b q"]);
        let known = ["a", "b", "c", "d"].map(|key| truth(&engine, key));
        assert_eq!(known, [None, Some(1), Some(3), Some(2)]);
    }

    #[test]
    fn a_value_from_elsewhere_has_no_true_count() {
        let mut engine = engine();
        engine.dbs[0].set(b"b", Value::Str(hll::new()), false);
        run(&mut engine, &["PFADD a x", "PFADD b y"]);
        assert_eq!((truth(&engine, "a"), truth(&engine, "b")), (Some(1), None));
        run(&mut engine, &["PFMERGE a b"]);
        assert_eq!(truth(&engine, "a"), None);
    }

    #[test]
    fn facts_say_whether_a_register_grew() {
        let mut engine = engine();
        run(&mut engine, &["PFADD a x y", "PFADD a x"]);
        let grew = |event: &Event| matches!(event.fact, Fact::Counted { grew: true, .. });
        assert_eq!(
            engine.events.iter().map(grew).collect::<Vec<_>>(),
            [true, false]
        );
    }
}
