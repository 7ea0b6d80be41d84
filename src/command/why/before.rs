//! What was there before a command ran, as far as its reason may need it.

use super::WORDS_MAX;
use crate::command::{hll, keys_of};
use crate::ds::bytes::Bytes;
use crate::ds::stream::{Stream, StreamId};
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::Value;
use crate::engine::num;
use crate::engine::time::Millis;
use crate::engine::transaction::Spoiled;
use crate::engine::why::Why;

/// What was there before a command ran.
#[derive(Debug, Default)]
pub struct Before {
    /// Where its reply begins.
    pub(super) start: usize,
    /// Whether its first key was there.
    pub(super) there: bool,
    /// What was left of that key's TTL.
    pub(super) left: Option<Millis>,
    /// How many bytes or elements it had.
    pub(super) size: u64,
    /// The scores of the members that ZADD names.
    pub(super) scores: Vec<Option<f64>>,
    /// Whether the field or member that is counted up was there.
    pub(super) item: bool,
    /// How many elements of PFADD were never shown.
    pub(super) unseen: Option<u64>,
    /// How many commands are queued, and keys watched.
    pub(super) queued: Option<u64>,
    pub(super) watched: u64,
    /// Whether a transaction was to run nothing, and why.
    pub(super) spoiler: Option<Bytes>,
    pub(super) spoiled: Option<Spoiled>,
    /// What XCLAIM found.
    pub(super) unclaimed: Option<Why>,
}

impl Before {
    /// What is there before a command runs.
    pub(super) fn of(ctx: &mut Ctx<'_>, args: Args<'_>) -> Self {
        let mut before = Self {
            start: ctx.out.bytes.len(),
            ..Self::default()
        };
        let now = ctx.now();
        let transaction = &ctx.client().transaction;
        before.queued = transaction.queue.as_ref().map(|queue| queue.len() as u64);
        before.watched = transaction.watched.len() as u64;
        if transaction.dirty {
            before.spoiler = transaction.spoiler.as_ref().map(|(_, key)| key.clone());
            before.spoiled = transaction.spoiled;
        }
        let keys = keys_of(args.0);
        let entry = keys
            .first()
            .and_then(|key| ctx.engine.dbs.get(ctx.db)?.entry(key));
        if let Some(entry) = entry.filter(|_| args.len() <= WORDS_MAX) {
            before.there = true;
            before.left = entry.deadline().map(|when| when.saturating_sub(now));
            before.size = entry.value.size();
            match &entry.value {
                Value::Zset(zset) if args.is(0, "ZADD") => {
                    let members = zadd(args).map(|zadd| zadd.pairs).unwrap_or_default();
                    let scores = members.iter().map(|(_, member)| zset.score(member));
                    before.scores = scores.collect();
                }
                Value::Zset(zset) if args.is(0, "ZINCRBY") => {
                    before.item = zset.score(&args[3]).is_some();
                }
                Value::Hash(hash) if args.is(0, "HINCRBY") || args.is(0, "HINCRBYFLOAT") => {
                    before.item = hash.get(&args[2]).is_some();
                }
                Value::Stream(stream) if args.is(0, "XCLAIM") => {
                    before.unclaimed = unclaimed(stream, args, now);
                }
                Value::Str(_) if args.is(0, "PFADD") => {
                    before.unseen = hll::unseen(entry, args.from(2));
                }
                _ => {}
            }
        }
        before
    }
}

/// What the words of ZADD say.
#[derive(Default)]
pub(super) struct Zadd<'a> {
    pub nx: bool,
    pub xx: bool,
    pub gt: bool,
    pub lt: bool,
    pub ch: bool,
    pub incr: bool,
    pub pairs: Vec<(f64, &'a [u8])>,
}

pub(super) fn zadd<'a>(args: Args<'a>) -> Option<Zadd<'a>> {
    let mut zadd = Zadd::default();
    let mut at = 2;
    loop {
        let flag = match args.get(at)?.to_ascii_lowercase().as_slice() {
            b"nx" => &mut zadd.nx,
            b"xx" => &mut zadd.xx,
            b"gt" => &mut zadd.gt,
            b"lt" => &mut zadd.lt,
            b"ch" => &mut zadd.ch,
            b"incr" => &mut zadd.incr,
            _ => break,
        };
        *flag = true;
        at += 1;
    }
    for pair in args.from(at).chunks_exact(2) {
        zadd.pairs.push((num::parse_f64(pair[0])?, pair[1]));
    }
    Some(zadd)
}

/// Why XCLAIM will claim nothing, if it is for one of two plain reasons.
fn unclaimed(stream: &Stream, args: Args<'_>, now: Millis) -> Option<Why> {
    let group = stream.groups.get(&args[2])?;
    let min = num::parse_i64(&args[4])?.max(0) as u64;
    let ids = args
        .from(5)
        .iter()
        .map_while(|word| StreamId::parse(word, 0));
    let (mut not_pending, mut too_fresh, mut longest) = (0, 0, None);
    for id in ids {
        match group.pending(id) {
            None => not_pending += 1,
            Some(pending) => {
                let idle = now.saturating_sub(pending.delivered_at);
                if idle >= min {
                    return None;
                }
                too_fresh += 1;
                if longest.is_none_or(|(before, _)| idle > before) {
                    longest = Some((idle, pending.consumer));
                }
            }
        }
    }
    Some(Why::NotClaimed {
        not_pending,
        too_fresh,
        idle: longest.map_or(0, |(idle, _)| idle),
        min,
        owner: longest.map_or_else(Bytes::new, |(_, id)| {
            Bytes::from_slice(group.consumer_name(id))
        }),
    })
}
