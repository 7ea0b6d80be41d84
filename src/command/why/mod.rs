//! Why a command was answered as it was, decided after it ran from what was there before, what is there now, its words
//! and its reply. Each reason is a fact; `app/why.rs` makes the sentence of it.
//!
//! A command that runs inside EXEC or a script has no reply of its own on the wire, and so no reason.

mod before;
mod elements;
mod errors;
mod keys;
mod sessions;
mod streams;
mod strings;
mod zsets;

use before::Before;

use crate::ds::bytes::Bytes;
use crate::engine::args::Args;
use crate::engine::client::Conn;
use crate::engine::db::{Db, Entry, Value, Witness};
use crate::engine::error::Error;
use crate::engine::reply::Reply;
use crate::engine::resp::decode;
use crate::engine::time::Millis;
use crate::engine::why::{QUOTED_MAX, Why};
use crate::engine::{Ctx, Engine};

use super::spec::{Handler, Spec};
use super::{keys_of, locate};

/// The longest reply that is read for its reason.
const REPLY_MAX: usize = 64 * 1024;
/// From how many elements on a value that is read whole is worth a word.
const WHOLE_FROM: u64 = 500;
/// How many words a command may have to be looked at closely.
const WORDS_MAX: usize = 256;

/// A command that is over, and what there is to know of it.
struct Case<'c> {
    engine: &'c Engine,
    db: &'c Db,
    place: usize,
    conn: Conn,
    container: &'static Spec,
    spec: &'static Spec,
    args: Args<'c>,
    keys: Vec<&'c [u8]>,
    before: &'c Before,
    retry: bool,
    reply: &'c Reply,
}

/// Whether somebody may ask why a command is answered so: of commands with a reply of their own only.
pub fn asked(ctx: &Ctx<'_>) -> bool {
    ctx.engine.observing && ctx.engine.explaining && !ctx.in_exec && ctx.script.is_none()
}

/// Runs a command, and leaves why it was answered so with the engine.
#[inline(never)]
pub fn explained(ctx: &mut Ctx<'_>, args: Args<'_>, run: Handler) -> Result<(), Error> {
    let before = Before::of(ctx, args);
    let result = run(ctx, args);
    ctx.engine.why = before.why(ctx, args, &result);
    result
}

impl Before {
    /// Why the command was answered so, if somebody might ask.
    fn why(&self, ctx: &mut Ctx<'_>, args: Args<'_>, result: &Result<(), Error>) -> Option<Why> {
        if ctx.engine.stands() || ctx.out.pushed || ctx.client().waits() {
            return None;
        }
        let engine: &Engine = ctx.engine;
        if let Err(error) = result {
            return errors::why(self, engine, ctx.conn, args, error).or_else(|| {
                let spec = locate(args).ok()?;
                let reply = Reply::Error(String::from_utf8_lossy(&error.wire()).into_owned());
                self.case(ctx, args, spec, &reply)?.failed(error)
            });
        }
        let spec = locate(args).ok()?;
        let bytes = ctx.out.bytes.get(self.start..)?;
        if bytes.is_empty() || bytes.starts_with(b"+QUEUED") {
            return None;
        }
        let none = Reply::Null;
        if bytes.len() > REPLY_MAX || args.len() > WORDS_MAX {
            return self.case(ctx, args, spec, &none)?.whole(None);
        }
        let (reply, _) = decode(bytes)?;
        self.case(ctx, args, spec, &reply)?.why()
    }

    fn case<'c>(
        &'c self,
        ctx: &'c Ctx<'_>,
        args: Args<'c>,
        spec: (&'static Spec, &'static Spec),
        reply: &'c Reply,
    ) -> Option<Case<'c>> {
        let engine: &Engine = ctx.engine;
        Some(Case {
            engine,
            db: engine.dbs.get(ctx.db)?,
            place: ctx.db,
            conn: ctx.conn,
            container: spec.0,
            spec: spec.1,
            args,
            keys: keys_of(args.0),
            before: self,
            retry: ctx.retry,
            reply,
        })
    }
}

impl<'c> Case<'c> {
    fn why(&self) -> Option<Why> {
        if let Some(why) = self.woken() {
            return Some(why);
        }
        let family = match self.spec.group {
            "string" | "bitmap" | "hyperloglog" => self.strings(),
            "list" | "set" | "hash" => self.elements(),
            "sorted-set" | "geo" => self.zsets(),
            "stream" => self.streams(),
            "generic" => self.generic(),
            _ => self.session(),
        };
        family
            .or_else(|| self.ttl_cleared())
            .or_else(|| self.whole(Some(self.reply)))
            .or_else(|| self.nothing_there())
    }

    fn now(&self) -> Millis {
        self.engine.now
    }

    /// The command's name, in upper case.
    fn command(&self) -> String {
        self.spec.name.to_ascii_uppercase()
    }

    fn key(&self) -> Option<&'c [u8]> {
        self.keys.first().copied()
    }

    fn entry(&self) -> Option<&'c Entry> {
        self.db.entry(self.key()?)
    }

    fn value(&self) -> Option<&'c Value> {
        Some(&self.entry()?.value)
    }

    fn is_there(&self) -> bool {
        self.entry().is_some()
    }

    fn left(&self, key: &[u8]) -> Option<Millis> {
        Some(self.db.deadline(key)?.saturating_sub(self.now()))
    }

    /// Whether an option stands among the words from `from` on.
    fn has(&self, from: usize, option: &str) -> bool {
        (from..self.args.len()).any(|at| self.args.is(at, option))
    }

    fn int(&self) -> Option<i64> {
        match self.reply {
            Reply::Int(n) => Some(*n),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.reply, Reply::Null)
    }

    /// The elements of the reply, where it is several.
    fn items(&self) -> Option<&'c [Reply]> {
        match self.reply {
            Reply::Array(items) | Reply::Set(items) => Some(items),
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        match self.reply {
            Reply::Map(pairs) => pairs.is_empty(),
            _ => self.items().is_some_and(<[Reply]>::is_empty),
        }
    }

    fn missing(&self, key: &[u8], counts_as: Option<&str>) -> Option<Why> {
        if self.db.contains(key) {
            return None;
        }
        Some(Why::Missing {
            key: Bytes::from_slice(key),
            gone: self.engine.memory.of(self.place, key, self.now()),
            counts_as: counts_as.map(str::to_string),
        })
    }

    fn not_in(&self, item: &[u8], what: &str) -> Option<Why> {
        self.is_there().then(|| Why::NotIn {
            key: Bytes::from_slice(self.key().unwrap_or_default()),
            item: quoted(item),
            what: what.into(),
        })
    }

    /// A wait is over.
    fn woken(&self) -> Option<Why> {
        let woken = self.engine.woken.filter(|_| self.retry)?;
        if self.is_null() {
            return None;
        }
        Some(Why::Woken {
            by: woken.by,
            waited: self.now().saturating_sub(woken.since),
        })
    }

    /// A new value has no TTL, though the old one had.
    fn ttl_cleared(&self) -> Option<Why> {
        let left = self.before.left?;
        let spared = [
            "persist", "getex", "restore", "copy", "move", "rename", "renamenx",
        ];
        let entry = self.entry()?;
        if entry.deadline().is_some() || spared.contains(&self.spec.name) {
            return None;
        }
        Some(Why::TtlCleared {
            key: Bytes::from_slice(self.key()?),
            left,
            command: self.command(),
            keepttl: self.spec.name == "set",
        })
    }

    /// A large value was read whole.
    fn whole(&self, reply: Option<&Reply>) -> Option<Why> {
        let instead = match self.spec.name {
            "smembers" => "SSCAN",
            "hgetall" | "hkeys" | "hvals" => "HSCAN",
            "lrange" => "LRANGE with a few indexes",
            "zrange" | "zrevrange" => "ZRANGE with a few ranks",
            "xrange" | "xrevrange" => "XRANGE with COUNT",
            _ => return None,
        };
        let len = self.value()?.size();
        let ranged =
            ["lrange", "zrange", "zrevrange", "xrange", "xrevrange"].contains(&self.spec.name);
        if len < WHOLE_FROM {
            return None;
        }
        if ranged {
            // Only what is known to have come whole.
            let got = self
                .items()
                .map(|items| items.len() as u64)
                .filter(|_| reply.is_some())?;
            let scores = u64::from(self.has(4, "WITHSCORES")) + 1;
            if got < len * scores {
                return None;
            }
        }
        Some(Why::WholeValue {
            key: Bytes::from_slice(self.key()?),
            len,
            instead: instead.into(),
        })
    }

    /// The key that the command looked at is not there.
    fn nothing_there(&self) -> Option<Why> {
        let key = self.key()?;
        if self.keys.len() > 1 && !["move", "lmove", "rpoplpush", "smove"].contains(&self.spec.name)
        {
            return None;
        }
        let nothing = |reply: &Reply| match reply {
            Reply::Null | Reply::Int(0) => true,
            Reply::Bool(value) => !value,
            _ => false,
        };
        let none = match self.reply {
            Reply::Array(items) | Reply::Set(items) if self.spec.name.ends_with("scan") => {
                matches!(items.get(1), Some(Reply::Array(items)) if items.is_empty())
            }
            Reply::Array(items) | Reply::Set(items) => items.iter().all(nothing),
            Reply::Map(pairs) => pairs.is_empty(),
            Reply::Bulk(text) => text.is_empty(),
            Reply::Simple(text) => text == "none",
            reply => nothing(reply),
        };
        if !none || self.before.there {
            return None;
        }
        let counts = matches!(self.reply, Reply::Null | Reply::Simple(_));
        self.missing(key, group_words(self.spec.group).filter(|_| !counts))
    }
}

/// As what a key that is not there counts.
fn group_words(group: &str) -> Option<&'static str> {
    Some(match group {
        "string" | "bitmap" => "an empty string",
        "hyperloglog" => "an empty HyperLogLog",
        "list" => "an empty list",
        "set" => "an empty set",
        "hash" => "an empty hash",
        "sorted-set" | "geo" => "an empty sorted set",
        "stream" => "an empty stream",
        _ => return None,
    })
}

/// A value or name, cut where it is long.
fn quoted(text: &[u8]) -> Bytes {
    Bytes::from_slice(text.get(..QUOTED_MAX).unwrap_or(text))
}

fn holder(entry: &Entry) -> Option<Conn> {
    match entry.witness.as_deref() {
        Some(Witness::Lock { holder, .. }) => Some(*holder),
        _ => None,
    }
}

fn distinct(words: &[&[u8]]) -> bool {
    let mut sorted = words.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).all(|two| two[0] != two[1])
}
