//! DEBUG: what tests of a server want of it, as far as there is something of the kind here.

use std::hash::Hasher;

use xxhash_rust::xxh3::Xxh3Default;

use crate::command::generic::object::encoding;
use crate::command::keys::leading_int;
use crate::ds::glob;
use crate::ds::list::Node;
use crate::engine::args::Args;
use crate::engine::block::{self, OnTimeout};
use crate::engine::db::{Entry, Value};
use crate::engine::error::Error;
use crate::engine::reply::Resp;
use crate::engine::{Ctx, num, rdb};

pub(super) fn debug(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let words = args.len();
    match () {
        () if args.is(1, "HELP") && words == 2 => help(ctx),
        () if args.is(1, "SLEEP") && words == 3 => return sleep(ctx, args),
        () if args.is(1, "OBJECT") && (3..=4).contains(&words) => return object(ctx, args),
        () if args.is(1, "DIGEST") && words == 2 => digest(ctx),
        () if args.is(1, "DIGEST-VALUE") && words >= 2 => digest_values(ctx, args),
        () if args.is(1, "PROTOCOL") && words == 3 => return protocol(ctx, args),
        () if args.is(1, "POPULATE") && (3..=5).contains(&words) => return populate(ctx, args),
        () if args.is(1, "STRINGMATCH-LEN") && words == 4 => {
            let matches = glob::matches(&args[2], &args[3]);
            ctx.out.int(i64::from(matches));
        }
        () if args.is(1, "LISTPACK") && words == 3 => {
            ctx.db().entry(&args[2]).ok_or(Error::NoSuchKey)?;
            ctx.out.simple("Listpack structure printed on stdout");
        }
        () if args.is(1, "ERROR") && words == 3 => return Err(Error::quoting(&[&args[2]])),
        () if args.is(1, "RELOAD") => return reload(ctx, args),
        () if args.is(1, "SET-ACTIVE-EXPIRE") && words == 3 => {
            ctx.engine.config.expires_by_itself = leading_int(&args[2]) != 0;
            ctx.out.ok();
        }
        () if args.is(1, "SET-SKIP-CHECKSUM-VALIDATION") && words == 3 => {
            ctx.engine.config.checks_sums = leading_int(&args[2]) == 0;
            ctx.out.ok();
        }
        // There is no file to load, and sizes and tables are not the reference's.
        () if args.is(1, "LOADAOF")
            || args.is(1, "JMAP")
            || args.is(1, "CHANGE-REPL-ID")
            || args.is(1, "QUICKLIST-PACKED-THRESHOLD")
            || args.is(1, "DICT-RESIZING")
            || args.is(1, "REPLYBUFFER")
            || args.is(1, "PAUSE-CRON")
            || args.is(1, "LOG") =>
        {
            ctx.out.ok();
        }
        () => {
            return Err(Error::quoting(&[
                b"ERR unknown subcommand or wrong number of arguments for '",
                &args[1],
                b"'. Try DEBUG HELP.",
            ]));
        }
    }
    Ok(())
}

fn help(ctx: &mut Ctx<'_>) {
    ctx.out.help(
        "DEBUG",
        &[
            "DIGEST",
            "    Output a hex signature representing the current DB content.",
            "DIGEST-VALUE <key> [<key> ...]",
            "    Output a hex signature of the values of all the specified keys.",
            "ERROR <string>",
            "    Return a RESP protocol error with <string> as message. Useful for clients",
            "    unit tests to simulate error replies.",
            "OBJECT <key> [fast]",
            "    Show low level info about `key` and associated value.",
            "POPULATE <count> [<prefix>] [<size>]",
            "    Create <count> string keys named key:<num>. If <prefix> is specified then",
            "    it is used instead of the 'key' prefix.",
            "PROTOCOL <type>",
            "    Reply with a test value of the specified type. <type> can be: string,",
            "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
            "    true, false.",
            "SET-ACTIVE-EXPIRE <0|1>",
            "    Setting it to 0 disables expiring keys in background when they are not",
            "    accessed (otherwise the behavior). Setting it to 1 reenables back the",
            "    default.",
            "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
            "    Enables or disables checksum checks for RDB files and RESTORE's payload.",
            "SLEEP <seconds>",
            "    Stop the server for <seconds>. Decimals allowed.",
            "STRINGMATCH-LEN <pattern> <string>",
            "    Match a string against a glob-like pattern.",
        ],
    );
}

/// The whole server stands still; the client is answered after that.
fn sleep(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let now = ctx.now();
    match block::deadline(args, 2, now).ok().flatten() {
        Some(until) => {
            ctx.engine.sleep(until - now);
            ctx.block(&[], None, Some(until), &[], OnTimeout::Ok);
        }
        None => ctx.out.ok(),
    }
    Ok(())
}

/// Every value is written in the binary form and read back, as from a file: what grew out of its
/// packed encoding and shrank again is packed again. Streams, which have one encoding only, stay.
fn reload(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut nosave = false;
    for word in args.from(2) {
        match word.to_ascii_uppercase().as_slice() {
            b"MERGE" | b"NOFLUSH" => {}
            b"NOSAVE" => nosave = true,
            _ => {
                return Err(Error::text(
                    "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
                ));
            }
        }
    }
    if nosave {
        return Err(Error::text(
            "ERR Error trying to load the RDB dump, check server logs",
        ));
    }
    let limits = ctx.limits();
    for db in &mut ctx.engine.dbs {
        db.reload(|value| match value {
            Value::Stream(_) => None,
            value => rdb::load(&rdb::dump(value, false), &limits),
        });
    }
    ctx.engine.stats.changes = 0;
    ctx.out.ok();
    Ok(())
}

fn object(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (now, limits) = (ctx.now(), ctx.limits());
    let (db, out) = ctx.parts();
    let entry = db.entry(&args[2]).ok_or(Error::NoSuchKey)?;
    let idle = now.saturating_sub(entry.accessed.get()) / 1000;
    let mut text = format!(
        "Value at:0x0 refcount:1 encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{idle}",
        encoding(&args[2], entry),
        serialized_length(&entry.value),
        entry.accessed.get() / 1000 % (1 << 24),
    );
    if let Value::List(list) = &entry.value
        && list.encoding() == "quicklist"
    {
        let nodes = list.nodes().count();
        text.push_str(&format!(
            " ql_nodes:{nodes} ql_avg_node:{:.2} ql_listpack_max:{} ql_compressed:{} ql_uncompressed_size:{}",
            list.len() as f64 / nodes.max(1) as f64,
            limits.list_max_listpack_size,
            u8::from(limits.list_compress_depth != 0),
            list.nodes().map(Node::size).sum::<usize>(),
        ));
    }
    out.simple(&text);
    Ok(())
}

/// Bytes that DUMP writes for a value itself.
fn serialized_length(value: &Value) -> usize {
    const AROUND: usize = 1 + 2 + 8; // its type, the version, the checksum
    rdb::dump(value, true).len().saturating_sub(AROUND)
}

/// A hash of a key and what it holds, whatever the order in which an unordered value keeps it.
fn digest_of(key: &[u8], entry: &Entry) -> u64 {
    let of = |parts: &[&[u8]]| {
        let mut hasher = Xxh3Default::new();
        for part in parts {
            hasher.write_usize(part.len());
            hasher.write(part);
        }
        hasher.finish()
    };
    let all = match &entry.value {
        Value::Str(text) => of(&[text]),
        Value::List(list) => list
            .iter()
            .fold(1, |all: u64, item| all.wrapping_mul(31) ^ of(&[item])),
        Value::Set(set) => set.iter().fold(2, |all, member| all ^ of(&[&member])),
        Value::Hash(hash) => hash.iter().fold(3, |all, (field, value, when)| {
            all ^ of(&[field, value, &when.unwrap_or(0).to_le_bytes()])
        }),
        Value::Zset(zset) => zset.iter().fold(4, |all, (member, score)| {
            all ^ of(&[member, &score.to_bits().to_le_bytes()])
        }),
        Value::Stream(stream) => of(&[format!("{stream:?}").as_bytes()]),
    };
    let deadline = entry.deadline().unwrap_or(0);
    of(&[
        key,
        entry.value.type_name().as_bytes(),
        &all.to_le_bytes(),
        &deadline.to_le_bytes(),
    ])
}

fn digest(ctx: &mut Ctx<'_>) {
    let mut all = 0_u64;
    for (number, db) in ctx.engine.dbs.iter().enumerate() {
        for (key, entry) in db.iter() {
            all ^= digest_of(key, entry).wrapping_add(number as u64);
        }
    }
    ctx.out.simple(&format!("{all:040x}"));
}

fn digest_values(ctx: &mut Ctx<'_>, args: Args<'_>) {
    let (db, out) = ctx.parts();
    out.array(args.len() - 2);
    for key in args.from(2) {
        let digest = db.entry(key).map_or(0, |entry| digest_of(b"", entry));
        out.bulk(format!("{digest:040x}").as_bytes());
    }
}

/// One frame of each kind, for who tests a client.
fn protocol(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let out = &mut ctx.out;
    match args[2].to_ascii_lowercase().as_slice() {
        b"string" => out.bulk(b"Hello World"),
        b"integer" => out.int(12345),
        // The number that the reference answers, which is not meant to be pi.
        #[allow(clippy::approx_constant)]
        b"double" => out.double(3.141),
        b"null" => out.null(),
        b"array" => {
            out.array(3);
            (0..3).for_each(|n| out.int(n));
        }
        b"set" => {
            out.set(3);
            (0..3).for_each(|n| out.int(n));
        }
        b"map" => {
            out.map(3);
            for n in 0..3 {
                out.int(n);
                out.boolean(n == 1);
            }
        }
        b"attrib" => {
            if out.resp == Resp::Three {
                out.attribute(1);
                out.bulk(b"key-popularity");
                out.array(2);
                out.bulk(b"key:123");
                out.int(90);
            }
            out.bulk(b"Some real reply following the attribute");
        }
        b"bignum" => out.big_number("1234567999999999999999999999999999999"),
        b"verbatim" => out.verbatim("This is a verbatim\nstring"),
        b"true" => out.boolean(true),
        b"false" => out.boolean(false),
        b"push" => {
            out.push(2);
            out.bulk(b"server-cpu-usage");
            out.int(42);
        }
        _ => {
            return Err(Error::text(
                "ERR Wrong protocol type name. Please use one of the following: string|integer|double|null|array|set|map|attrib|push|verbatim|true|false",
            ));
        }
    }
    Ok(())
}

/// The most keys that one POPULATE makes.
const POPULATE_MAX: i64 = 10_000_000;

fn populate(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = args.int(2)?;
    if !(0..=POPULATE_MAX).contains(&count) {
        return Err(Error::text("ERR value is out of range"));
    }
    let prefix = args.get(3).unwrap_or(b"key");
    let size = match args.get(4) {
        Some(word) => Some(
            num::parse_i64(word)
                .filter(|n| (0..1 << 20).contains(n))
                .ok_or(Error::NotInteger)?,
        ),
        None => None,
    };
    for number in 0..count {
        let key = [prefix, format!(":{number}").as_bytes()].concat();
        if ctx.db().contains(&key) {
            continue;
        }
        let mut value = format!("value:{number}").into_bytes();
        if let Some(size) = size {
            value.resize(size as usize, 0);
        }
        ctx.db().set(&key, Value::Str(value), false);
        ctx.changed(&key);
    }
    ctx.out.ok();
    Ok(())
}
