//! CLIENT LIST, INFO and KILL: lines about clients, and filters for them.

use std::fmt::Write;

use crate::ds::bytes::Bytes;
use crate::engine::args::Args;
use crate::engine::client::{Client, Conn};
use crate::engine::error::{Error, c_string};
use crate::engine::names::Place;
use crate::engine::pubsub::Topic;
use crate::engine::{Ctx, DATABASES, Engine, num};

/// Every letter that may stand among a client's flags.
const FLAGS: &[u8] = b"bcdeirtuxABEIMNOPRSTU";

pub(super) fn client_info(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let conn = ctx.conn;
    let words: usize = args.0.iter().map(|word| word.len()).sum();
    let client = ctx.client().clone();
    let line = line(ctx.engine, conn, &client, words) + "\n";
    ctx.out.verbatim(&line);
    Ok(())
}

pub(super) fn client_kill(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let filter = if args.len() == 3 {
        // The old form: an address, which may be the client's own.
        Filter {
            rules: vec![(false, Rule::Addr(Bytes::from_slice(&args[2])))],
            skip_me: false,
        }
    } else {
        Filter::read(args, true)?
    };
    let chosen = filter.chosen(ctx);
    for &conn in &chosen {
        if conn == ctx.conn {
            ctx.client().closing = true; // once it is answered
        } else {
            ctx.engine.kill(conn);
        }
    }
    match (args.len(), chosen.len()) {
        (3, 0) => return Err(Error::text("ERR No such client")),
        (3, _) => ctx.out.ok(),
        (_, count) => ctx.out.count(count),
    }
    Ok(())
}

pub(super) fn client_list(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let filter = match args.len() {
        2 => Filter::default(),
        3 => return Err(Error::Syntax),
        _ => Filter::read(args, false)?,
    };
    let words: usize = args.0.iter().map(|word| word.len()).sum();
    let mut text = String::new();
    for conn in filter.chosen(ctx) {
        if let Some(client) = ctx.engine.client(conn) {
            let words = if conn == ctx.conn { words } else { 0 };
            text += &line(ctx.engine, conn, client, words);
            text.push('\n');
        }
    }
    ctx.out.verbatim(&text);
    Ok(())
}

/// The letters of a client's flags.
fn flags(engine: &Engine, conn: Conn, client: &Client) -> String {
    let tracking = client.tracking.as_ref();
    let letters = [
        ('O', engine.monitors.contains(&conn)),
        ('P', client.subscriptions() > 0),
        ('x', client.transaction.open()),
        ('b', client.waits()),
        ('t', tracking.is_some()),
        ('R', tracking.is_some_and(|t| t.broken)),
        ('B', tracking.is_some_and(|t| t.prefixes.is_some())),
        ('d', client.transaction.dirty),
        ('c', client.closing),
        ('r', client.readonly),
        ('e', client.no_evict),
        ('T', client.unseen),
        ('I', client.import_source),
    ];
    let set: String = letters
        .iter()
        .filter(|(_, set)| *set)
        .map(|(letter, _)| *letter)
        .collect();
    if set.is_empty() { "N".into() } else { set }
}

/// What CLIENT LIST says of a client. `words`: bytes of the command that it runs. What is about the
/// reference's buffers is 0 here, where there are none.
fn line(engine: &Engine, conn: Conn, client: &Client, words: usize) -> String {
    let mut text = String::new();
    let mut say = |name: &str, value: &dyn std::fmt::Display| {
        let space = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{space}{name}={value}");
    };
    let lossy = |bytes: &Bytes| String::from_utf8_lossy(c_string(bytes)).into_owned();
    let seconds = |since: u64| engine.now.saturating_sub(since) / 1000;
    say("id", &client.id);
    say("addr", &client.address(conn));
    say("laddr", &client.local);
    say("fd", &conn);
    say("name", &lossy(&client.name));
    say("age", &seconds(client.since));
    say("idle", &seconds(client.used));
    say("flags", &flags(engine, conn, client));
    say("capa", &if client.redirects { "r" } else { "" });
    say("db", &client.db);
    say("sub", &client.subscribed(Topic::Channel).len());
    say("psub", &client.subscribed(Topic::Pattern).len());
    say("ssub", &client.subscribed(Topic::Shard).len());
    // -1: the connection has had no transaction yet.
    let queued = client.transaction.queue.as_ref().map_or(0, Vec::len) as i64;
    say("multi", &if client.transaction.used { queued } else { -1 });
    say("watch", &client.transaction.watched.len());
    say("qbuf", &client.query.len());
    say("qbuf-free", &0);
    say("argv-mem", &words);
    say("multi-mem", &0);
    say("rbs", &0);
    say("rbp", &0);
    say("obl", &0);
    say("oll", &0);
    say("omem", &client.out.len());
    say("tot-mem", &(client.query.len() + words + client.out.len()));
    say("events", &"r");
    let last = client.last.map(Place::full_name);
    say("cmd", &last.as_deref().unwrap_or("NULL"));
    say("user", &"default");
    let redirect = client.tracking.as_ref().map_or(-1, |t| t.redirect as i64);
    say("redir", &redirect);
    say("resp", &client.resp.version());
    say("lib-name", &lossy(&client.lib[0]));
    say("lib-ver", &lossy(&client.lib[1]));
    say("tot-net-in", &client.bytes_in);
    say("tot-net-out", &client.bytes_out);
    say("tot-cmds", &client.commands);
    text
}

/// What a client is like.
enum Rule {
    Id(Vec<u64>),
    MaxAge(u64),
    Idle(u64),
    Kind(&'static str),
    Addr(Bytes),
    Local(Bytes),
    Ip(Bytes),
    User,
    Flags(Bytes),
    Name(Bytes),
    Library(usize, Bytes),
    Db(usize),
    Capa(Bytes),
}

/// Which clients are meant: those that fit every rule, and none that is negated.
#[derive(Default)]
struct Filter {
    rules: Vec<(bool, Rule)>,
    skip_me: bool,
}

impl Filter {
    fn read(args: Args<'_>, skip_me: bool) -> Result<Self, Error> {
        let mut filter = Self {
            rules: Vec::new(),
            skip_me,
        };
        let mut at = 2;
        while let Some(word) = args.get(at) {
            let upper = String::from_utf8_lossy(word).to_ascii_uppercase();
            let (name, not) = match upper.strip_prefix("NOT-") {
                Some(name) => (name, true),
                None => (upper.as_str(), false),
            };
            if name == "ID" {
                let mut ids = Vec::new();
                at += 1;
                while let Some(id) = args.get(at).and_then(num::parse_i64) {
                    if id < 1 {
                        return Err(Error::text("ERR client-id should be greater than 0"));
                    }
                    ids.push(id as u64);
                    at += 1;
                }
                filter.add(not, Rule::Id(ids));
                continue;
            }
            let Some(value) = args.get(at + 1) else {
                return Err(Error::Syntax);
            };
            let text = Bytes::from_slice(value);
            let rule = match name {
                "MAXAGE" | "IDLE" | "SKIPME" if not => return Err(Error::Syntax),
                "MAXAGE" => Rule::MaxAge(seconds(value, "maxage")?),
                "IDLE" => Rule::Idle(seconds(value, "idle")?),
                "SKIPME" => {
                    filter.skip_me = match () {
                        () if value.eq_ignore_ascii_case(b"yes") => true,
                        () if value.eq_ignore_ascii_case(b"no") => false,
                        () => return Err(Error::Syntax),
                    };
                    at += 2;
                    continue;
                }
                "TYPE" => Rule::Kind(kind(value)?),
                "ADDR" => Rule::Addr(text),
                "LADDR" => Rule::Local(text),
                "IP" => Rule::Ip(text),
                "USER" if *value == *super::USER => Rule::User,
                "USER" => {
                    return Err(Error::quoting(&[b"ERR No such user '", value, b"'"]));
                }
                "FLAGS" => Rule::Flags(letters(text, FLAGS, "flags", not, "FLAGS")?),
                "NAME" => Rule::Name(text),
                "LIB-NAME" => Rule::Library(0, text),
                "LIB-VER" => Rule::Library(1, text),
                "DB" => Rule::Db(database(value, not)?),
                "CAPA" => Rule::Capa(letters(text, b"r", "capa", not, "CAPA")?),
                _ => return Err(Error::Syntax),
            };
            filter.add(not, rule);
            at += 2;
        }
        Ok(filter)
    }

    /// The last word of a kind counts, but IDs add up.
    fn add(&mut self, not: bool, rule: Rule) {
        let same = |(negated, other): &mut (bool, Rule)| {
            *negated == not
                && std::mem::discriminant(other) == std::mem::discriminant(&rule)
                && !matches!((&*other, &rule), (Rule::Library(a, _), Rule::Library(b, _)) if a != b)
        };
        match self
            .rules
            .iter_mut()
            .find_map(|rule| same(rule).then_some(&mut rule.1))
        {
            Some(Rule::Id(ids)) if matches!(rule, Rule::Id(_)) => {
                if let Rule::Id(more) = rule {
                    ids.extend(more);
                }
            }
            Some(other) => *other = rule,
            None => self.rules.push((not, rule)),
        }
    }

    /// The clients that are meant, the oldest first.
    fn chosen(&self, ctx: &Ctx<'_>) -> Vec<Conn> {
        let engine = &*ctx.engine;
        let mut chosen: Vec<(u64, Conn)> = engine
            .clients()
            .filter(|(conn, _)| !(self.skip_me && *conn == ctx.conn))
            .filter(|(conn, client)| {
                self.rules
                    .iter()
                    .all(|(not, rule)| rule.fits(engine, *conn, client) != *not)
            })
            .map(|(conn, client)| (client.id, conn))
            .collect();
        chosen.sort_unstable();
        chosen.into_iter().map(|(_, conn)| conn).collect()
    }
}

impl Rule {
    fn fits(&self, engine: &Engine, conn: Conn, client: &Client) -> bool {
        let address = || client.address(conn);
        let seconds = |since: u64| engine.now.saturating_sub(since) / 1000;
        // An empty word means no name at all, and no client is found by that.
        let named = |own: &Bytes, asked: &Bytes| !own.is_empty() && own == asked;
        match self {
            Self::Id(ids) => ids.contains(&client.id),
            Self::MaxAge(age) => seconds(client.since) >= *age,
            Self::Idle(idle) => seconds(client.used) >= *idle,
            Self::Kind("pubsub") => client.subscriptions() > 0,
            Self::Kind("normal") => client.subscriptions() == 0,
            Self::Kind(_) => false,
            Self::Addr(addr) => address().as_bytes() == addr.as_slice(),
            Self::Local(addr) => !addr.is_empty() && client.local.as_bytes() == addr.as_slice(),
            Self::Ip(ip) => {
                let address = address();
                let own = address.rsplit_once(':').map_or("", |(ip, _)| ip);
                let own = own.trim_start_matches('[').trim_end_matches(']');
                own.as_bytes() == ip.as_slice()
            }
            Self::User => true,
            Self::Flags(letters) => {
                let own = flags(engine, conn, client);
                letters.iter().all(|letter| own.as_bytes().contains(letter))
            }
            Self::Name(name) => named(&client.name, name),
            Self::Library(which, name) => {
                client.lib.get(*which).is_some_and(|own| named(own, name))
            }
            Self::Db(db) => client.db == *db,
            Self::Capa(letters) => letters.is_empty() || client.redirects,
        }
    }
}

fn seconds(word: &[u8], name: &str) -> Result<u64, Error> {
    let number = num::parse_i64(word)
        .ok_or_else(|| Error::from(format!("ERR {name} is not an integer or out of range")))?;
    match number {
        1.. => Ok(number as u64),
        _ => Err(Error::from(format!("ERR {name} should be greater than 0"))),
    }
}

/// The kinds of clients, two of which never come here.
fn kind(word: &[u8]) -> Result<&'static str, Error> {
    let kinds = [
        ("normal", "normal"),
        ("slave", "replica"),
        ("replica", "replica"),
        ("pubsub", "pubsub"),
        ("master", "primary"),
        ("primary", "primary"),
    ];
    kinds
        .iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, kind)| *kind)
        .ok_or_else(|| Error::quoting(&[b"ERR Unknown client type '", word, b"'"]))
}

fn letters(word: Bytes, known: &[u8], name: &str, not: bool, upper: &str) -> Result<Bytes, Error> {
    if word.iter().all(|letter| known.contains(letter)) {
        return Ok(word);
    }
    let filter = match not {
        true => format!("NOT-{upper}"),
        false => "provided".into(),
    };
    Err(Error::quoting(&[
        format!("ERR Unknown {name} found in the {filter} filter: ").as_bytes(),
        &word,
    ]))
}

fn database(word: &[u8], not: bool) -> Result<usize, Error> {
    let name = if not { "NOT-DB" } else { "DB" };
    let number = num::parse_i64(word).and_then(|n| i32::try_from(n).ok());
    let number = number
        .ok_or_else(|| Error::from(format!("ERR {name} is not an integer or out of range")))?;
    usize::try_from(number)
        .ok()
        .filter(|&db| db < DATABASES)
        .ok_or_else(|| {
            let last = DATABASES - 1;
            Error::from(format!("ERR {name} number should be between 0 and {last}"))
        })
}
