//! What a command went through: how many keys, elements of values, bytes of bits or registers.
//!
//! Comparisons are counted where they are made (`ds/work.rs`). What is touched follows from what the command is, what its
//! keys held when it began, and its reply: as many as the command's complexity names.

use super::spec::Spec;
use super::{Command, keys_of};
use crate::ds::work;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::Value;
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::profile::{Call, Cost, Inside, Mark, Whole};

/// From how many elements on it is worth a word that a value was gone through whole.
pub const LARGE: u64 = 100;
/// The registers of a HyperLogLog.
const REGISTERS: u64 = 16_384;
/// How many keys of a command are measured.
const KEYS_MAX: usize = 1_000;

/// A command that runs while somebody looks.
struct Running {
    keys: usize,
    sizes: Vec<u64>,
    /// How many elements DEL would free, key by key.
    freed: u64,
    in_db: u64,
    comparisons: u64,
    /// `None`: it is only counted.
    call: Option<Call>,
    mark: Option<Mark>,
}

/// Calls a command's handler, and keeps what it cost.
#[inline(never)]
pub(super) fn handle_measured(
    ctx: &mut Ctx<'_>,
    command: &Command,
    args: Args<'_>,
) -> Result<(), Error> {
    let Some(running) = Running::begin(ctx, command, args) else {
        return (command.handler)(ctx, args);
    };
    let start = ctx.out.bytes.len();
    let result = (command.handler)(ctx, args);
    let bytes = std::mem::take(&mut ctx.out.bytes);
    let reply = bytes.get(start..).unwrap_or_default();
    running.end(ctx, command, args, reply, result.is_err());
    ctx.out.bytes = bytes;
    result
}

impl Running {
    /// A command begins. `None`: monitors are not shown it either.
    fn begin(ctx: &mut Ctx<'_>, command: &Command, args: Args<'_>) -> Option<Self> {
        use super::spec::{ADMIN, SKIP_MONITOR};
        // The flag keeps MONITOR from showing a script after what it calls; it is shown before.
        let script = command.spec.group == "scripting";
        let hidden =
            command.spec.flags & ADMIN != 0 || command.spec.flags & SKIP_MONITOR != 0 && !script;
        if ctx.retry || hidden {
            return None;
        }
        let keys = keys_of(args.0);
        let db = ctx.engine.dbs.get(ctx.db)?;
        let value = |key: &&[u8]| db.value(key);
        let sizes = keys.iter().take(KEYS_MAX);
        let sizes = sizes.map(|key| value(key).map_or(0, Value::size)).collect();
        let elements = |value: &Value| match value {
            Value::Str(_) => 1,
            other => other.size().max(1),
        };
        let freed = match command.spec.name {
            "del" | "flushall" | "flushdb" => keys.iter().filter_map(value).map(elements).sum(),
            _ => 0,
        };
        let in_db = match command.spec.name {
            "flushall" => ctx.engine.dbs.iter().map(|db| db.len() as u64).sum(),
            _ => db.len() as u64,
        };
        let inside = match (ctx.script, ctx.in_exec) {
            (Some(_), _) => Inside::Script,
            (None, true) => Inside::Exec,
            (None, false) => Inside::Alone,
        };
        let kept = !ctx.engine.profile.counts_only();
        let call = kept.then(|| Call::new(ctx.now(), ctx.conn, ctx.db, args.0, &keys, inside));
        let mut running = Self {
            keys: keys.len(),
            sizes,
            freed,
            in_db,
            comparisons: work::comparisons(),
            call,
            mark: None,
        };
        if script {
            let call = running.call.clone();
            running.mark = Some(ctx.engine.profile.begin(call));
        }
        Some(running)
    }

    /// It is over, or waits; `reply` is what it was answered.
    fn end(self, ctx: &mut Ctx<'_>, command: &Command, args: Args<'_>, reply: &[u8], failed: bool) {
        let script = command.spec.group == "scripting";
        let mut cost = Cost::default();
        // What a script or a transaction runs is counted there.
        if !script && command.spec.name != "exec" {
            cost.comparisons = work::comparisons().wrapping_sub(self.comparisons);
            if !failed {
                self.touched(command.spec, args, reply, &mut cost);
            }
        }
        let profile = &mut ctx.engine.profile;
        let mark = match self.mark {
            Some(mark) => mark,
            None => profile.begin(self.call),
        };
        profile.end(mark, command.place(), cost, failed);
    }

    fn touched(&self, spec: &Spec, args: Args<'_>, reply: &[u8], cost: &mut Cost) {
        let first = self.sizes.first().copied().unwrap_or(0);
        let all: u64 = self.sizes.iter().sum();
        let keys = self.keys as u64;
        let words = args.len() as u64;
        let given = |at: u64, each: u64| (words.saturating_sub(at) / each).max(1);
        let mut whole = None;
        cost.touched = match spec.name {
            "keys" => {
                whole = Some(Whole::Keyspace);
                self.in_db
            }
            "flushall" | "flushdb" => {
                whole = Some(Whole::Keyspace);
                self.in_db
            }
            "scan" => count_of(args).min(self.in_db),
            "sscan" | "hscan" | "zscan" => count_of(args).max(shown(reply)).min(first),
            "smembers" | "hgetall" | "hkeys" | "hvals" | "sort" | "sort_ro" | "dump" | "copy"
            | "lrem" | "lpos" | "linsert" => first,
            "sunion" | "sdiff" | "sunionstore" | "sdiffstore" | "zunion" | "zdiff"
            | "zunionstore" | "zdiffstore" => all,
            "sinter" | "sinterstore" | "sintercard" | "zinter" | "zinterstore" | "zintercard" => {
                let sources = match spec.name.ends_with("store") {
                    true => self.sizes.get(1..).unwrap_or_default(),
                    false => &self.sizes,
                };
                sources.iter().min().copied().unwrap_or(0) * sources.len() as u64
            }
            "lindex" | "lset" => match num::parse_i64(&args[2]) {
                Some(at) if at < 0 => at.unsigned_abs().min(first),
                Some(at) => (at.unsigned_abs() + 1).min(first),
                None => 1,
            },
            "lrange" | "xrange" | "xrevrange" | "zrangebylex" | "zrevrangebylex"
            | "srandmember" | "spop" | "lpop" | "rpop" | "xpending" | "geosearch" | "georadius"
            | "georadiusbymember" => shown(reply),
            "zrange" | "zrevrange" | "zrangebyscore" | "zrevrangebyscore" | "zpopmin"
            | "zpopmax" | "zrandmember" | "hrandfield" => {
                let doubled = args.0.iter().any(|word| {
                    word.eq_ignore_ascii_case(b"WITHSCORES")
                        || word.eq_ignore_ascii_case(b"WITHVALUES")
                }) || spec.name.starts_with("zpop");
                // In RESP3 a pair is one element.
                let flat = !reply.starts_with(b"*") || !pairs(reply);
                shown(reply) / if doubled && flat { 2 } else { 1 }
            }
            "ltrim" | "zremrangebyrank" | "zremrangebyscore" | "zremrangebylex" | "xtrim"
            | "publish" | "spublish" => number(reply),
            "zrangestore" | "georadiusstore" | "geosearchstore" => number(reply),
            "xread" | "xreadgroup" => entries(reply),
            "xclaim" | "xautoclaim" => entries(reply),
            "del" => self.freed,
            "pfcount" | "pfmerge" => REGISTERS * keys,
            "bitcount" | "bitpos" | "bitop" => all,
            "sadd" | "srem" | "smismember" | "lpush" | "rpush" | "lpushx" | "rpushx" | "zrem"
            | "zmscore" | "hdel" | "hmget" | "pfadd" | "geopos" | "geohash" | "xdel" => given(2, 1),
            "xack" => given(3, 1),
            "hset" | "hmset" | "zadd" => given(2, 2),
            _ => keys,
        };
        if whole.is_none()
            && !matches!(
                spec.name,
                "publish" | "spublish" | "pfcount" | "pfmerge" | "del"
            )
            && cost.touched >= LARGE
            && self.sizes.iter().any(|size| *size > 0)
            && cost.touched >= self.sizes.iter().copied().max().unwrap_or(0)
        {
            whole = Some(Whole::Value);
        }
        cost.whole = whole;
    }
}

/// What COUNT says, or what stands for it.
fn count_of(args: Args<'_>) -> u64 {
    let at = (0..args.len()).rev().find(|&at| args.is(at, "COUNT"));
    at.and_then(|at| num::parse_i64(&args[at + 1]))
        .map_or(10, |count| count.max(0) as u64)
}

/// The number that a reply is.
fn number(reply: &[u8]) -> u64 {
    match header(reply) {
        Some((b':', n)) => n.max(0) as u64,
        _ => 0,
    }
}

/// How many elements a reply shows.
fn shown(reply: &[u8]) -> u64 {
    match header(reply) {
        Some((b'*' | b'~' | b'%', n)) => n.max(0) as u64,
        Some((b'$', n)) => u64::from(n >= 0),
        _ => 1,
    }
}

/// Whether the elements of an array are arrays.
fn pairs(reply: &[u8]) -> bool {
    let end = reply.windows(2).position(|two| two == b"\r\n");
    end.is_some_and(|end| reply.get(end + 2) == Some(&b'*'))
}

/// How many entries of streams stand in a reply: each is an array that begins with its ID.
fn entries(reply: &[u8]) -> u64 {
    let ids = reply.split(|byte| *byte == b'\n').filter(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut halves = line.splitn(2, |byte| *byte == b'-');
        let digits = |half: Option<&[u8]>| {
            half.is_some_and(|half| !half.is_empty() && half.iter().all(u8::is_ascii_digit))
        };
        digits(halves.next()) && digits(halves.next())
    });
    ids.count() as u64
}

fn header(reply: &[u8]) -> Option<(u8, i64)> {
    let (kind, rest) = reply.split_first()?;
    let end = rest.iter().position(|byte| *byte == b'\r')?;
    Some((*kind, num::parse_i64(rest.get(..end)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dispatch;
    use crate::engine::resp::encode_command;
    use crate::engine::{Engine, What};

    fn run(engine: &mut Engine, line: &str) {
        let words = crate::engine::resp::split_words(line.as_bytes()).unwrap();
        engine.handle(engine.now, 0, What::Bytes(encode_command(&words)));
    }

    fn engine() -> Engine {
        let mut engine = Engine::new(1, 1_700_000_000_000, dispatch);
        engine.observing = true;
        engine.handle(engine.now, 0, What::Connect);
        engine
    }

    fn last(engine: &Engine) -> Call {
        engine.profile.calls().next_back().unwrap().clone()
    }

    #[test]
    fn each_command_says_what_it_went_through() {
        let mut engine = engine();
        for i in 0..200 {
            run(&mut engine, &format!("SET k:{i} v"));
            run(&mut engine, &format!("ZADD board {i} m{i}"));
            run(&mut engine, &format!("SADD all m{i}"));
            run(&mut engine, &format!("XADD log * n {i}"));
        }
        let cases = [
            ("GET k:1", 1, None),
            ("KEYS nothing", 203, Some(Whole::Keyspace)),
            ("SCAN 0 COUNT 20", 20, None),
            ("SMEMBERS all", 200, Some(Whole::Value)),
            ("SISMEMBER all x", 1, None),
            ("ZRANGE board 0 9", 10, None),
            ("ZRANGE board 0 9 WITHSCORES", 10, None),
            ("ZRANGE board 0 -1", 200, Some(Whole::Value)),
            ("XRANGE log - + COUNT 7", 7, None),
            ("XREAD COUNT 5 STREAMS log 0", 5, None),
            ("DEL k:1 k:2", 2, None),
            ("DEL all", 200, None),
            ("MGET k:3 k:4 k:5", 3, None),
            ("PFCOUNT none", 16_384, None),
            ("PING", 0, None),
            ("PUBLISH nobody x", 0, None),
        ];
        for (line, touched, whole) in cases {
            run(&mut engine, line);
            let cost = last(&engine).cost;
            assert_eq!((cost.touched, cost.whole), (touched, whole), "{line}");
        }
    }

    #[test]
    fn comparisons_are_those_that_the_sorted_set_made() {
        let mut engine = engine();
        for i in 0..1_000 {
            run(&mut engine, &format!("ZADD board {i} m{i}"));
        }
        run(&mut engine, "ZRANK board m500");
        let made = last(&engine).cost.comparisons;
        assert!((5..=14).contains(&made), "{made} among 1,000");
        run(&mut engine, "GET none");
        assert_eq!(last(&engine).cost.comparisons, 0);
    }

    #[test]
    fn what_exec_runs_is_marked_and_only_the_last_calls_are_kept() {
        use crate::engine::profile::CALLS_MAX;
        let mut engine = engine();
        for line in ["MULTI", "SET a 1", "EXEC"] {
            run(&mut engine, line);
        }
        let inside: Vec<_> = engine.profile.calls().map(|call| call.inside).collect();
        assert_eq!(inside, [Inside::Alone, Inside::Exec, Inside::Alone]);
        for _ in 0..CALLS_MAX {
            run(&mut engine, "INCR n");
        }
        assert_eq!(engine.profile.calls().len(), CALLS_MAX);
        assert_eq!(engine.profile.number(), CALLS_MAX as u64 + 3);
        let mut totals = engine.profile.totals();
        let incr = totals.find(|(place, _)| place.0 == "incr");
        assert_eq!(incr.map(|(_, total)| total.calls), Some(CALLS_MAX as u64));
    }

    #[test]
    fn nothing_is_kept_while_nobody_looks() {
        let mut engine = engine();
        engine.observing = false;
        run(&mut engine, "SET a 1");
        assert_eq!(engine.profile.number(), 0);
    }
}
