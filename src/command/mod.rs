//! The commands, one room per family. Each room opens with its table, then its handlers in table
//! order, then its tests.
//!
//! A family is a file (or folder) with `pub const TABLE: &[Row]`, listed once in `FAMILIES` below.

pub mod admin;
pub mod bitmap;
pub mod cluster;
pub mod connection;
pub mod cost;
pub mod generic;
pub mod geo;
pub mod hash;
pub mod hll;
pub mod keys;
pub mod list;
pub mod pubsub;
pub mod script;
pub mod server;
pub mod set;
pub mod spec;
pub mod stream;
pub mod string;
pub mod transaction;
pub mod why;
pub mod zset;

use std::sync::LazyLock;

use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::{Error, c_string};
use crate::engine::names::{Place, fingerprint};
use crate::engine::num;
use crate::engine::reply::Resp;
use spec::{Begin, Find, Handler, Row, Spec};

/// Every family's table.
const FAMILIES: &[&[Row]] = &[
    admin::TABLE,
    bitmap::TABLE,
    cluster::TABLE,
    connection::TABLE,
    generic::TABLE,
    geo::TABLE,
    hash::TABLE,
    hll::TABLE,
    list::TABLE,
    pubsub::TABLE,
    script::TABLE,
    server::TABLE,
    set::TABLE,
    stream::TABLE,
    string::TABLE,
    transaction::TABLE,
    zset::TABLE,
];

/// Every row, family by family.
const ROWS: [&Row; spec::count(FAMILIES)] = spec::rows(FAMILIES);
/// What is needed to run each subcommand, container by container.
static SUBCOMMANDS: [Spec; spec::count_subcommands(&ROWS)] = spec::subcommands(&ROWS);
/// What is needed to run each command, in the order of the rows.
static COMMANDS: [Spec; ROWS.len()] = spec::commands(&ROWS, &SUBCOMMANDS);

/// How many slots the table of names has: a power of two, so that three in four are free.
const SLOTS: usize = 1024;

/// Each command stands in the slot that its name's [`fingerprint`] says, or in the next free one.
static BY_NAME: LazyLock<[Option<&'static Spec>; SLOTS]> = LazyLock::new(|| {
    let mut slots = [None; SLOTS];
    for spec in all() {
        let mut at = fingerprint(spec.name.as_bytes()) as usize % SLOTS;
        while slots[at].is_some() {
            at = (at + 1) % SLOTS;
        }
        slots[at] = Some(spec);
    }
    slots
});

/// Every command, family by family.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    COMMANDS.iter()
}

/// Every command's row in the table, family by family.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.into_iter()
}

/// A command's row by `name` or `container|name` in any case, with its container's (itself where it has none).
pub fn row_of(name: &[u8]) -> Option<(&'static Row, &'static Row)> {
    let mut parts = name.splitn(2, |&b| b == b'|');
    let named = |name| move |row: &&Row| row.name.as_bytes().eq_ignore_ascii_case(name);
    let container = rows().find(named(parts.next()?))?;
    match parts.next() {
        Some(sub) => Some((container, container.subcommands.iter().find(named(sub))?)),
        None => Some((container, container)),
    }
}

/// A command by its name, in any case.
pub fn lookup(name: &[u8]) -> Option<&'static Spec> {
    let mut at = fingerprint(name) as usize % SLOTS;
    while let Some(spec) = BY_NAME[at] {
        if spec.name.as_bytes().eq_ignore_ascii_case(name) {
            return Some(spec);
        }
        at = (at + 1) % SLOTS;
    }
    None
}

/// A container's subcommand by its name, in any case.
pub fn subcommand(spec: &Spec, name: &[u8]) -> Option<&'static Spec> {
    spec.subcommands
        .iter()
        .find(|s| s.name.as_bytes().eq_ignore_ascii_case(name))
}

/// Runs one command: looks it up, checks what the table says of it, and calls its handler.
pub fn dispatch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if ctx.engine.is_spent() {
        return Err(OUT_OF_MEMORY);
    }
    match why::asked(ctx) {
        true => why::explained(ctx, args, run),
        false => run(ctx, args),
    }
}

fn run(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let result = match ctx.script {
        Some(kind) => script::call(ctx, args, kind),
        None => checked(ctx, args),
    };
    if let Err(error) = &result {
        ctx.engine.count_error(error);
    }
    result
}

/// A command that was found, with words enough.
struct Command {
    container: &'static Spec,
    spec: &'static Spec,
    handler: Handler,
}

impl Command {
    /// By container and name, as it is counted.
    fn place(&self) -> Place {
        Place(self.container.name, self.spec.name)
    }
}

fn checked(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if ctx.in_exec {
        let command = find(ctx, args)?;
        return call(ctx, &command, args);
    }
    let admitted = admit(ctx, args).map_err(|error| transaction::refused(ctx, args, error))?;
    match admitted {
        None => ctx.hold(args.0),
        Some(command) if transaction::queues(ctx, &command) => {
            let flags = flags(ctx, command.spec, args);
            ctx.client().transaction.push(args.0, flags);
            ctx.out.simple("QUEUED");
        }
        Some(command) => return call(ctx, &command, args),
    }
    Ok(())
}

/// A command's container and its own row. Errors: there is none.
#[inline]
fn locate(args: Args<'_>) -> Result<(&'static Spec, &'static Spec), Error> {
    let Some(container) = lookup(&args[0]) else {
        return Err(unknown(args));
    };
    if container.subcommands.is_empty() || args.len() == 1 {
        return Ok((container, container));
    }
    match subcommand(container, &args[1]) {
        Some(sub) => Ok((container, sub)),
        None => Err(unknown_subcommand(container, &args[1])),
    }
}

/// Finds what a command is. Errors: it is none, or has too few or too many words.
#[inline]
fn find(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<Command, Error> {
    let (container, spec) = locate(args)?;
    if !ctx.in_exec {
        ctx.client().last = Some(Place(container.name, spec.name));
    }
    match spec.handler.filter(|_| spec.takes(args.len())) {
        Some(handler) => Ok(Command {
            container,
            spec,
            handler,
        }),
        None => Err(Error::Arity(full_name(container.name, spec.name).into())),
    }
}

/// Whether a command may run now; `None`: it is held back until it may.
fn admit(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<Option<Command>, Error> {
    ctx.client().last = None;
    let admitted = find(ctx, args).and_then(|command| {
        let flags = flags(ctx, command.spec, args);
        may_run(ctx, &command, flags)?;
        let held = !ctx.retry
            && ctx
                .engine
                .holds_back(flags & (spec::WRITE | spec::MAY_REPLICATE) != 0);
        Ok((!held).then_some(command))
    });
    if admitted.is_err()
        && let Some(place) = ctx.client().last
    {
        ctx.engine.stats.calls_of(place)[1] += 1;
    }
    admitted
}

/// The flags that decide whether a command may run now: EXEC's and scripts' are also those of what they run.
#[inline]
fn flags(ctx: &mut Ctx<'_>, spec: &Spec, args: Args<'_>) -> u32 {
    match spec.group {
        "transactions" if spec.name == "exec" => transaction::flags(ctx, spec),
        "scripting" => script::flags(ctx, spec, args),
        _ => spec.flags,
    }
}

/// Memory is full, and nothing can be let go.
const OUT_OF_MEMORY: Error = Error::text("OOM command not allowed when used memory > 'maxmemory'.");

fn may_run(ctx: &mut Ctx<'_>, command: &Command, flags: u32) -> Result<(), Error> {
    let full_name = || full_name(command.container.name, command.spec.name);
    let open = ctx.engine.config.password.is_empty() || flags & spec::NO_AUTH != 0;
    let client = ctx.client();
    if !open && !client.authenticated {
        return Err(Error::text("NOAUTH Authentication required."));
    }
    if flags & spec::NO_MULTI != 0 && client.transaction.open() {
        let text = format!(
            "ERR Command '{}' not allowed inside a transaction",
            full_name()
        );
        return Err(Error::from(text));
    }
    if flags & spec::DENYOOM != 0 && ctx.engine.is_full() {
        return Err(OUT_OF_MEMORY);
    }
    ctx.engine.limit_tracked();
    if flags & spec::WRITE != 0 {
        enough_replicas(ctx)?;
    }
    let client = ctx.client();
    if client.resp == Resp::Two
        && client.subscriptions() > 0
        && !allowed_when_subscribed(command.container.name)
    {
        return Err(Error::Subscribed(full_name()));
    }
    Ok(())
}

/// Whether there are as many replicas as there have to be.
fn enough_replicas(ctx: &Ctx<'_>) -> Result<(), Error> {
    match ctx.engine.config.replicas_wanted.contains(&0) {
        true => Ok(()),
        false => Err(Error::text("NOREPLICAS Not enough good replicas to write.")),
    }
}

/// Runs a command, and counts it.
fn call(ctx: &mut Ctx<'_>, command: &Command, args: Args<'_>) -> Result<(), Error> {
    let (start, asleep) = (ctx.out.bytes.len(), ctx.engine.asleep());
    let result = match ctx.engine.config.expires_by_itself {
        true => handle(ctx, command, args),
        false => handle_expiring(ctx, command, args),
    };
    let took = match ctx.engine.asleep() {
        until if until == asleep => 0,
        until => until.unwrap_or_default() - asleep.unwrap_or(ctx.now()),
    };
    let flags = command.spec.flags;
    if !ctx.retry && flags & (spec::ADMIN | spec::SKIP_MONITOR) == 0 {
        ctx.engine.show_monitors(ctx.conn, args.0);
    }
    // Of a script, only what it calls counts as read.
    if flags & spec::READONLY != 0 && command.spec.group != "scripting" {
        let conn = ctx.conn;
        ctx.engine.remember_read(conn, || keys_of(args.0));
    }
    // One that waits is counted once it is over.
    let conn = ctx.conn;
    let waits = ctx.client().blocked.is_some() || ctx.engine.stands();
    if !waits {
        ctx.engine
            .count_call(conn, command.place(), result.is_err());
    }
    if took > 0 {
        ctx.engine.took(command.place(), took);
    }
    if (!waits || took > 0) && flags & spec::SKIP_COMMANDLOG == 0 {
        let reply = match &result {
            Ok(()) => ctx.out.bytes.len() - start,
            Err(error) => error.wire().len() + 3,
        };
        ctx.engine.log_command(conn, args.0, took, reply);
    }
    result
}

/// Calls a command's handler.
#[inline]
fn handle(ctx: &mut Ctx<'_>, command: &Command, args: Args<'_>) -> Result<(), Error> {
    match ctx.engine.observing {
        true => cost::handle_measured(ctx, command, args),
        false => (command.handler)(ctx, args),
    }
}

/// The same where what is past its deadline goes only when it is looked at.
#[inline(never)]
fn handle_expiring(ctx: &mut Ctx<'_>, command: &Command, args: Args<'_>) -> Result<(), Error> {
    for key in keys_of(args.0) {
        ctx.engine.expire_looked_at(ctx.db, key);
    }
    if command.spec.name == "exec" {
        ctx.engine.expire_watched();
    }
    // HLEN counts what is there.
    let looks = command.spec.group == "hash" && command.spec.name != "hlen";
    let hidden = match args.get(1).filter(|_| looks) {
        Some(key) => ctx.engine.hide_due_fields(ctx.db, key),
        None => None,
    };
    let result = handle(ctx, command, args);
    if let Some(hash) = hidden.filter(|_| command.spec.flags & spec::READONLY != 0) {
        ctx.engine.show_due_fields(ctx.db, &args[1], hash);
    }
    result
}

/// The keys that a command names, where its words fit its key specs.
pub fn keys_of<'a>(words: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let Some(mut spec) = words.first().and_then(|name| lookup(name)) else {
        return Vec::new();
    };
    if let Some(sub) = words.get(1).and_then(|name| subcommand(spec, name)) {
        spec = sub;
    }
    let mut keys = Vec::new();
    for rule in spec.keys {
        let begin = match rule.begin {
            Begin::Index(index) => usize::try_from(index).ok(),
            Begin::Keyword(word, _) => words
                .iter()
                .position(|w| w.eq_ignore_ascii_case(word.as_bytes()))
                .map(|at| at + 1),
            Begin::Unknown => None,
        };
        let Some(begin) = begin.filter(|&at| at < words.len()) else {
            continue;
        };
        let count = words.len() - begin;
        let (first, last, step) = match rule.find {
            Find::Range { last, step, limit } => {
                let whole = if limit > 1 {
                    count / limit as usize
                } else {
                    count
                };
                let last = if last < 0 {
                    (whole as i64 + i64::from(last)).max(-1)
                } else {
                    i64::from(last)
                };
                (0, last, step)
            }
            Find::KeyNum { index, first, step } => {
                let number = words
                    .get(begin + index as usize)
                    .and_then(|w| num::parse_i64(w))
                    .unwrap_or(0);
                (
                    first,
                    i64::from(first) + (number.clamp(0, count as i64) - 1) * i64::from(step),
                    step,
                )
            }
            Find::Unknown => continue,
        };
        let mut at = i64::from(first);
        while at <= last {
            keys.extend(words.get(begin + at as usize));
            at += i64::from(step.max(1));
        }
    }
    keys
}

fn allowed_when_subscribed(name: &str) -> bool {
    matches!(
        name,
        "ping"
            | "subscribe"
            | "ssubscribe"
            | "psubscribe"
            | "unsubscribe"
            | "sunsubscribe"
            | "punsubscribe"
            | "quit"
            | "reset"
    )
}

/// `container|name` for a subcommand, the plain name otherwise.
pub fn full_name(container: &'static str, name: &'static str) -> String {
    Place(container, name).full_name()
}

/// How many bytes of a word that means nothing an error shows.
const UNKNOWN_SHOWN: usize = 128;

/// The text for a command that is not there, with the beginning of its arguments as the reference cuts them.
fn unknown(args: Args<'_>) -> Error {
    let mut shown: Vec<u8> = Vec::new();
    for word in args.from(1) {
        if shown.len() >= UNKNOWN_SHOWN {
            break;
        }
        let word = c_string(word);
        let room = UNKNOWN_SHOWN - shown.len();
        shown.extend([b"'", word.get(..room).unwrap_or(word), b"' "].concat());
    }
    let name = &args[0];
    let name = name.get(..UNKNOWN_SHOWN).unwrap_or(name);
    Error::quoting(&[
        b"ERR unknown command '",
        name,
        b"', with args beginning with: ",
        &shown,
    ])
}

fn unknown_subcommand(container: &Spec, name: &[u8]) -> Error {
    let name = name.get(..UNKNOWN_SHOWN).unwrap_or(name);
    Error::quoting(&[
        b"ERR unknown subcommand '",
        name,
        b"'. Try ",
        container.name.to_ascii_uppercase().as_bytes(),
        b" HELP.",
    ])
}

#[cfg(test)]
pub mod testing {
    //! Transcripts as tests.

    use crate::engine::text;
    use crate::engine::{Engine, What};

    /// Runs a transcript and holds each reply against what it expects.
    ///
    /// Lines: `A> SET k v` sends a command as client A (connected when first named, RESP2); the lines
    /// that follow are what redis-cli would print for everything that A has been sent since. `@250`
    /// moves the clock on by that many milliseconds. `A<` takes what A was sent meanwhile, and the
    /// lines that follow are that. Blank lines and lines that begin with `#` are passed over.
    pub fn check(transcript: &str) {
        let mut engine = Engine::new(1, 1_700_000_000_000, super::dispatch);
        engine.set_machine(Box::<crate::engine::script::fake::Fake>::default());
        engine.observing = true;
        let mut expected = String::new();
        let mut got = String::new();
        let mut place = String::new();
        let compare = |place: &str, got: &mut String, expected: &mut String| {
            assert_eq!(got.trim_end(), expected.trim_end(), "\nafter: {place}\n");
            got.clear();
            expected.clear();
        };
        let mut indent = 0; // of the line that was last sent; what is below it is printed from there
        for line in transcript.lines().map(str::trim_end) {
            let line_text = line.trim_start();
            if line_text.is_empty() || line_text.starts_with('#') {
                continue;
            }
            let client = line_text
                .bytes()
                .next()
                .filter(u8::is_ascii_uppercase)
                .map(|b| u32::from(b - b'A'));
            let rest = line_text.get(1..).unwrap_or_default();
            if let (Some(conn), Some(mark @ (b'>' | b'<'))) = (client, rest.bytes().next()) {
                compare(&place, &mut got, &mut expected);
                place = line_text.to_string();
                indent = line.len() - line_text.len();
                if engine.client(conn).is_none() {
                    engine.handle(engine.now, conn, What::Connect);
                }
                if mark == b'>' {
                    let words =
                        crate::engine::resp::split_words(rest[1..].trim().as_bytes()).unwrap();
                    engine.handle(
                        engine.now,
                        conn,
                        What::Bytes(crate::engine::resp::encode_command(&words)),
                    );
                }
                got = text::format_all(&engine.take_output(conn));
            } else if let Some(ms) = line_text.strip_prefix('@') {
                compare(&place, &mut got, &mut expected);
                place = line_text.to_string();
                engine.advance_to(engine.now + ms.trim().parse::<u64>().unwrap());
            } else {
                expected.push_str(
                    line.get(indent.min(line.len() - line_text.len())..)
                        .unwrap_or_default(),
                );
                expected.push('\n');
            }
        }
        compare(&place, &mut got, &mut expected);
    }

    /// What keyspace notifications tell of these commands: event and key, in order.
    pub fn notifications(commands: &[&str]) -> Vec<String> {
        use crate::engine::{notify, reply::Reply, resp};
        let mut engine = Engine::new(1, 1_700_000_000_000, super::dispatch);
        engine.set_machine(Box::<crate::engine::script::fake::Fake>::default());
        engine.config.notify = notify::ALL | notify::KEYEVENT;
        let prefix = "__keyevent@0__:";
        let listen = format!("PSUBSCRIBE {prefix}*");
        let lines = [(1, listen.as_str())].into_iter();
        for (conn, line) in lines.chain(commands.iter().map(|line| (0, *line))) {
            if engine.client(conn).is_none() {
                engine.handle(engine.now, conn, What::Connect);
            }
            let words = resp::split_words(line.as_bytes()).unwrap();
            engine.handle(engine.now, conn, What::Bytes(resp::encode_command(&words)));
        }
        let bytes = engine.take_output(1);
        let mut rest = bytes.as_slice();
        let mut told = Vec::new();
        while let Some((reply, used)) = resp::decode(rest) {
            rest = &rest[used..];
            if let Reply::Array(items) = reply
                && let [_, _, Reply::Bulk(channel), Reply::Bulk(key)] = items.as_slice()
            {
                let event = String::from_utf8_lossy(&channel[prefix.len()..]);
                told.push(format!("{event} {}", String::from_utf8_lossy(key)));
            }
        }
        told
    }
}
