//! When two replies count as equal. They are equal, or one of the rules below makes them so: each
//! known difference is named, with its reason, and counted.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use keyglass::command::{lookup, subcommand};
use keyglass::ds::limits::Limits;
use keyglass::engine::rdb;

use crate::frame::Frame;
use crate::step::Words;

/// A difference that is known and accepted.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What is let pass.
    pub name: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Whether the rule is for this command.
    when: fn(&Command<'_>) -> bool,
    /// Brings two replies closer together where the difference is the known one, and leaves any other.
    apply: fn(&mut Frame, &mut Frame),
}

/// How far apart two readings of the two clocks may lie, in milliseconds: both sides run on a machine
/// that may be busy.
const CLOCK: i64 = 10_000;

/// The next two are about several frames, which `in_any_order` looks at.
const PATTERN_ORDER: &str =
    "order in which a client is sent one message for several of its patterns";
/// This one depends on what the key held.
pub const LEX_IN_SKIP_LIST: &str = "BYLEX over unequal scores in a skip list";
const UNSUBSCRIBE_ORDER: &str =
    "order in which UNSUBSCRIBE, PUNSUBSCRIBE and SUNSUBSCRIBE without names go through them";

/// Every difference that is let pass.
pub const NORMALISED: &[Rule] = &[
    Rule {
        name: "time to live in milliseconds",
        reason: "the two clocks are read at different moments",
        when: |c| c.is("PTTL") || c.is("PEXPIRETIME"),
        apply: |a, b| near(a, b, CLOCK),
    },
    Rule {
        name: "time to live in seconds",
        reason: "the two clocks are read at different moments",
        when: |c| c.is("TTL") || c.is("EXPIRETIME"),
        apply: |a, b| near(a, b, CLOCK / 1000),
    },
    Rule {
        name: "TIME",
        reason: "the two clocks are read at different moments",
        when: |c| c.is("TIME"),
        apply: clocks,
    },
    Rule {
        name: "entry IDs made from the clock",
        reason: "XADD with * takes its ID from the clock; IDs within an hour of now are one and the same here",
        when: |c| c.name.starts_with('X'),
        apply: |a, b| [a, b].into_iter().for_each(clock_ids),
    },
    Rule {
        name: "radix-tree-nodes of a stream with IDs from the clock",
        reason: "how the tree branches depends on the digits of the IDs",
        when: |c| c.is("XINFO"),
        apply: |a, b| {
            if [&*a, &*b].iter().all(|frame| holds(frame, CLOCK_ID)) {
                each_field(a, b, "radix-tree-nodes", &mut |a, b| a.clone_from(b));
            }
        },
    },
    Rule {
        name: "idle time in XPENDING",
        reason: "the two clocks are read at different moments",
        when: |c| c.is("XPENDING"),
        apply: |a, b| {
            each(a, b, &mut |a, b| {
                if let ([_, _, a, _], [_, _, b, _]) = (items_mut(a), items_mut(b)) {
                    near(a, b, CLOCK);
                }
            });
        },
    },
    Rule {
        name: "times in XINFO (idle, inactive, seen-time, active-time, delivery times)",
        reason: "the two clocks are read at different moments",
        when: |c| c.is("XINFO"),
        apply: xinfo_times,
    },
    Rule {
        name: "order of KEYS",
        reason: "the reference's order is that of its hash table, which is seeded at start",
        when: |c| c.is("KEYS"),
        apply: |a, b| [a, b].into_iter().for_each(sort),
    },
    Rule {
        name: "order of PUBSUB CHANNELS and SHARDCHANNELS",
        reason: "the reference's order is that of its hash table",
        when: |c| c.is("PUBSUB") && (c.sub("CHANNELS") || c.sub("SHARDCHANNELS")),
        apply: |a, b| [a, b].into_iter().for_each(sort),
    },
    Rule {
        name: LEX_IN_SKIP_LIST,
        reason: "the reference promises nothing there, and what it finds depends on the random heights of its skip list",
        when: |_| false,
        apply: |_, _| {},
    },
    Rule {
        name: PATTERN_ORDER,
        reason: "the reference goes through patterns in the order of its hash table",
        when: |_| false,
        apply: |_, _| {},
    },
    Rule {
        name: UNSUBSCRIBE_ORDER,
        reason: "the reference goes through them in the order of its hash table",
        when: |_| false,
        apply: |_, _| {},
    },
    Rule {
        name: "one page of SCAN",
        reason: "order and cursors are those of the hash table; here only the shape is compared, and `scan>` steps compare whole walks",
        when: |c| c.is("SCAN"),
        apply: scan_page,
    },
    Rule {
        name: "the key that RANDOMKEY picks",
        reason: "chance; whether there is one is compared",
        when: |c| c.is("RANDOMKEY"),
        apply: |a, b| {
            if a.text().is_some() && b.text().is_some() {
                a.clone_from(b);
            }
        },
    },
    Rule {
        name: "server, version, id and modules in HELLO",
        reason: "this is another server, without the Lua module; connection numbers depend on how many there were",
        when: |c| c.is("HELLO") || c.is("EXEC"),
        apply: |a, b| {
            for name in ["server", "version", "id", "modules"] {
                each_field(a, b, name, &mut |a, b| a.clone_from(b));
            }
        },
    },
    Rule {
        name: "order of SMEMBERS, SUNION, SDIFF, SINTER and SPOP of large sets",
        reason: "the reference's order is that of its hash table; small sets have an order of their own, but the replies do not say which it was",
        when: |c| {
            ["SMEMBERS", "SUNION", "SDIFF", "SINTER", "SPOP"]
                .iter()
                .any(|name| c.is(name))
        },
        apply: |a, b| [a, b].into_iter().for_each(sort),
    },
    Rule {
        name: "version and compression in DUMP, order of what is dumped from hash tables, deleted entries and times of streams",
        reason: "the version is the lowest that will do, so that older servers take it too; `carry>` steps hold that each side takes what the other gives",
        when: |c| c.is("DUMP"),
        apply: |a, b| {
            if let (Some(ours), Some(theirs)) = (a.text(), b.text())
                && same_payload(ours, theirs)
            {
                a.clone_from(b);
            }
        },
    },
    Rule {
        name: "order of SORT BY among what weighs the same",
        reason: "the reference's order is that of its hash table",
        when: |c| {
            (c.is("SORT") || c.is("SORT_RO"))
                && c.words.iter().any(|word| word.eq_ignore_ascii_case(b"BY"))
        },
        apply: |a, b| [a, b].into_iter().for_each(sort),
    },
    Rule {
        name: "order of SORT ALPHA among texts that are equal up to a NUL",
        reason: "the reference's order is that of its hash table",
        when: |c| c.is("SORT") || c.is("SORT_RO"),
        apply: |a, b| {
            let cut = |item: &Frame| item.text().is_some_and(|text| text.contains(&0));
            if a.items().iter().any(cut) {
                [a, b].into_iter().for_each(sort);
            }
        },
    },
    Rule {
        name: "order of HKEYS and HVALS of large hashes",
        reason: "the reference's order is that of its hash table; small hashes have an order of their own, but the replies do not say which it was",
        when: |c| c.is("HKEYS") || c.is("HVALS"),
        apply: |a, b| [a, b].into_iter().for_each(sort),
    },
    Rule {
        name: "order of HGETALL of large hashes",
        reason: "the reference's order is that of its hash table; small hashes have an order of their own, but the replies do not say which it was",
        when: |c| c.is("HGETALL"),
        apply: |a, b| [a, b].into_iter().for_each(sort_pairs),
    },
    Rule {
        name: "time to live of fields",
        reason: "the two clocks are read at different moments",
        when: |c| c.is("HTTL") || c.is("HPTTL") || c.is("HEXPIRETIME") || c.is("HPEXPIRETIME"),
        apply: |a, b| {
            for (a, b) in items_mut(a).iter_mut().zip(items_mut(b)) {
                near(a, b, CLOCK);
            }
        },
    },
    Rule {
        name: "one page of SSCAN, HSCAN or ZSCAN",
        reason: "the reference's order and cursors are those of the hash table",
        when: |c| c.is("SSCAN") || c.is("HSCAN") || c.is("ZSCAN"),
        apply: scan_page,
    },
    Rule {
        name: "the members that SRANDMEMBER, HRANDFIELD and ZRANDMEMBER pick",
        reason: "chance; how many there are is compared",
        when: |c| c.is("SRANDMEMBER") || c.is("HRANDFIELD") || c.is("ZRANDMEMBER"),
        apply: picked,
    },
    Rule {
        name: "what CONFIG GET says of the machine",
        reason: "addresses, files and the log are the machine's, nothing is saved here, and what a script may use up is a setting of ours",
        when: |c| c.is("CONFIG") && c.sub("GET"),
        apply: |a, b| [a, b].into_iter().for_each(settings),
    },
    Rule {
        name: "OBJECT FREQ",
        reason: "the reference counts uses by chance, and by the same counter reads idle times of before as uses",
        when: |c| c.is("OBJECT") && c.sub("FREQ"),
        apply: |a, b| near(a, b, 255),
    },
    Rule {
        name: "CLIENT LIST and CLIENT INFO",
        reason: "numbers, addresses, ages, buffers and traffic are each server's own, the one that keeps the comparison is another client there, and clients are made anew in another order",
        when: |c| c.is("CLIENT") && (c.sub("LIST") || c.sub("INFO")),
        apply: |a, b| [a, b].into_iter().for_each(client_lines),
    },
    Rule {
        name: "CLIENT ID",
        reason: "connection numbers depend on how many there were",
        when: |c| c.is("CLIENT") && c.sub("ID"),
        apply: |a, b| near(a, b, i64::MAX),
    },
    Rule {
        name: "how much COMMANDLOG and SLOWLOG hold",
        reason: "the reference keeps what was slow or large in any sequence before; here nothing is slow",
        when: |c| (c.is("COMMANDLOG") || c.is("SLOWLOG")) && c.sub("LEN"),
        apply: |a, b| near(a, b, i64::MAX),
    },
    Rule {
        name: "COMMAND COUNT",
        reason: "the table holds fewer commands",
        when: |c| c.is("COMMAND") && c.sub("COUNT"),
        apply: |a, b| near(a, b, i64::MAX),
    },
    Rule {
        name: "commands that are not there, in COMMAND, COMMAND LIST, COMMAND INFO and COMMAND DOCS; and the order of those that are",
        reason: "the table holds fewer commands, and the reference's order is that of its hash table",
        when: |c| {
            c.is("COMMAND")
                && (c.words.len() == 1
                    || c.sub("LIST")
                    || c.sub("DOCS")
                    || (c.words.len() == 2 && c.sub("INFO")))
        },
        apply: command_lists,
    },
    Rule {
        name: "commands that are not there, named to COMMAND INFO",
        reason: "the table holds fewer commands",
        when: |c| c.is("COMMAND") && c.sub("INFO"),
        apply: |a, b| {
            for (a, b) in items_mut(a).iter_mut().zip(items_mut(b)) {
                if matches!(a, Frame::Null(_)) && !known(name_of(b)) {
                    b.clone_from(a);
                }
                if matches!(b, Frame::Null(_)) && !known(name_of(a)) {
                    a.clone_from(b);
                }
            }
        },
    },
    Rule {
        name: "subcommands that are not there, in COMMAND INFO and COMMAND DOCS; and their order",
        reason: "the table holds fewer subcommands, and the reference's order is that of its hash table",
        when: |c| c.is("COMMAND"),
        apply: |a, b| [a, b].into_iter().for_each(known_subcommands),
    },
    Rule {
        name: "options that only Redis 8 has, in COMMAND DOCS",
        reason: "they follow Redis's documentation",
        when: |c| c.is("COMMAND") && c.sub("DOCS"),
        apply: |a, _| without_redis_8(a),
    },
    Rule {
        name: "summary in COMMAND DOCS",
        reason: "the summaries are written for learners",
        when: |c| c.is("COMMAND") && c.sub("DOCS"),
        apply: |a, b| {
            each_field(a, b, "summary", &mut |a, b| {
                if a.text().is_some_and(|text| !text.is_empty()) {
                    a.clone_from(b);
                }
            });
        },
    },
];

/// A command as the rules look at it.
#[derive(Debug)]
pub struct Command<'a> {
    name: String,
    words: &'a [Vec<u8>],
}

impl<'a> Command<'a> {
    /// The command that these words are.
    pub fn new(words: &'a [Vec<u8>]) -> Self {
        Self {
            name: words
                .first()
                .map(|w| String::from_utf8_lossy(w).to_ascii_uppercase())
                .unwrap_or_default(),
            words,
        }
    }

    fn is(&self, name: &str) -> bool {
        self.name == name
    }

    fn sub(&self, name: &str) -> bool {
        self.words
            .get(1)
            .is_some_and(|w| w.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// What was compared, and which rules were needed.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Replies of each kind.
    pub kinds: BTreeMap<&'static str, usize>,
    /// Replies to each command: errors, empty ones (0, nothing, no items), and others.
    pub commands: BTreeMap<String, [usize; 3]>,
    /// How often each rule made two replies equal.
    pub rules: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Brings that one of the engine's next frames to the front which the real server sent first, where
    /// frames may come in any order. With each stands its step, and whether it is for leaving all channels or patterns.
    pub fn in_any_order(&mut self, ours: &mut [(&mut Frame, usize, bool)], theirs: &Frame) {
        let parts = |frame: &Frame| -> Option<(Vec<u8>, Vec<u8>, Vec<Frame>)> {
            let [kind, name, rest @ ..] = frame.items() else {
                return None;
            };
            Some((kind.text()?.to_vec(), name.text()?.to_vec(), rest.to_vec()))
        };
        let Some((kind, name, rest)) = parts(theirs) else {
            return;
        };
        let Some((first, tail)) = ours.split_first_mut() else {
            return;
        };
        let Some((own_kind, own_name, own_rest)) = parts(first.0) else {
            return;
        };
        let rule = match kind.as_slice() {
            b"pmessage" => PATTERN_ORDER,
            b"unsubscribe" | b"punsubscribe" | b"sunsubscribe" if first.2 => UNSUBSCRIBE_ORDER,
            _ => return,
        };
        if own_kind != kind || own_name == name || own_rest != rest {
            return;
        }
        for (frame, step, _) in tail {
            match parts(frame) {
                Some((k, n, r))
                    if k == kind
                        && *step == first.1
                        && (r == rest || rule == UNSUBSCRIBE_ORDER) =>
                {
                    if n == name {
                        // The names change places; the numbers that count down stay.
                        frame.items_mut().unwrap()[1] = first.0.items()[1].clone();
                        first.0.items_mut().unwrap()[1] = Frame::Text(b'$', name);
                        *self.rules.entry(rule).or_default() += 1;
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// Whether two replies are equal, by the rules for any of the commands they may belong to.
    pub fn same(&mut self, commands: &[Words], ours: &Frame, theirs: &Frame) -> bool {
        *self.kinds.entry(theirs.kind()).or_default() += 1;
        if let Some(words) = commands.first() {
            let counts = self.commands.entry(name_for_counts(words)).or_default();
            counts[match theirs {
                Frame::Text(b'-', _) => 0,
                Frame::Int(0) | Frame::Null(_) => 1,
                Frame::List(_, items) if items.is_empty() => 1,
                _ => 2,
            }] += 1;
        }
        if ours == theirs {
            return true;
        }
        for words in commands {
            let (mut a, mut b) = (ours.clone(), theirs.clone());
            let mut used = Vec::new();
            let command = Command::new(words);
            for rule in NORMALISED.iter().filter(|rule| (rule.when)(&command)) {
                let before = (a.clone(), b.clone());
                (rule.apply)(&mut a, &mut b);
                if before != (a.clone(), b.clone()) {
                    used.push(rule.name);
                }
                if a == b {
                    used.iter()
                        .for_each(|name| *self.rules.entry(name).or_default() += 1);
                    return true;
                }
            }
        }
        false
    }

    /// Whether two replies of EXEC are equal, each by the rules for the command that it is the reply to.
    pub fn same_each(&mut self, queued: &[Words], ours: &Frame, theirs: &Frame) -> bool {
        let (ours, theirs) = (ours.items(), theirs.items());
        let count = queued.len();
        count > 0
            && ours.len() == count
            && theirs.len() == count
            && (queued.iter().zip(ours.iter().zip(theirs)))
                .all(|(words, (a, b))| self.same(std::slice::from_ref(words), a, b))
    }
}

/// A command as the counts name it: with its subcommand, and as `(none)` where it is no command.
pub fn name_for_counts(words: &[Vec<u8>]) -> String {
    let upper = |at: usize| {
        words
            .get(at)
            .map(|w| String::from_utf8_lossy(w).to_ascii_uppercase())
            .unwrap_or_default()
    };
    match lookup(words.first().map_or(&[], Vec::as_slice)) {
        None => "(none)".to_string(),
        Some(spec) if spec.subcommands.is_empty() => upper(0),
        Some(spec) => match words.get(1).and_then(|w| subcommand(spec, w)) {
            Some(_) => format!("{} {}", upper(0), upper(1)),
            None => upper(0),
        },
    }
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis() as u64
}

fn near(a: &mut Frame, b: &mut Frame, tolerance: i64) {
    if let (Frame::Int(x), Frame::Int(y)) = (&mut *a, &*b)
        && *x >= 0
        && *y >= 0
        && x.abs_diff(*y) <= tolerance.unsigned_abs()
    {
        *x = *y;
    }
}

fn clocks(a: &mut Frame, b: &mut Frame) {
    let millis = |frame: &Frame| -> Option<i64> {
        let [seconds, micros] = frame.items() else {
            return None;
        };
        let number = |f: &Frame| std::str::from_utf8(f.text()?).ok()?.parse::<i64>().ok();
        Some(number(seconds)? * 1000 + number(micros)? / 1000)
    };
    if let (Some(x), Some(y)) = (millis(a), millis(b))
        && x.abs_diff(y) <= CLOCK as u64
    {
        a.clone_from(b);
    }
}

/// What stands for every entry ID of about now.
const CLOCK_ID: &[u8] = b"(an ID of now)";

/// Whether a text stands anywhere in a frame.
fn holds(frame: &Frame, text: &[u8]) -> bool {
    frame.text() == Some(text) || frame.items().iter().any(|item| holds(item, text))
}

/// Writes every entry ID of about now as one and the same.
fn clock_ids(frame: &mut Frame) {
    match frame {
        Frame::List(_, items) => items.iter_mut().for_each(clock_ids),
        Frame::Text(_, text) => {
            let millis = text
                .iter()
                .position(|&b| b == b'-')
                .and_then(|at| std::str::from_utf8(&text[..at]).ok()?.parse::<u64>().ok());
            if millis.is_some_and(|ms| ms.abs_diff(now()) < 3_600_000) {
                *text = CLOCK_ID.to_vec();
            }
        }
        _ => {}
    }
}

fn xinfo_times(a: &mut Frame, b: &mut Frame) {
    for name in ["idle", "inactive", "seen-time", "active-time"] {
        each_field(a, b, name, &mut |a, b| near(a, b, CLOCK));
    }
    for name in ["pel", "pending"] {
        each_field(a, b, name, &mut |a, b| {
            for (a, b) in items_mut(a).iter_mut().zip(items_mut(b)) {
                // A group's pending entries: ID, consumer, time, count. A consumer's: ID, time, count.
                match (items_mut(a), items_mut(b)) {
                    ([_, a, _], [_, b, _]) | ([_, _, a, _], [_, _, b, _]) => near(a, b, CLOCK),
                    _ => {}
                }
            }
        });
    }
}

fn scan_page(a: &mut Frame, b: &mut Frame) {
    let page = |frame: &Frame| match frame.items() {
        [cursor, keys] => {
            cursor.text().is_some() && keys.items().iter().all(|key| key.text().is_some())
        }
        _ => false,
    };
    if page(a) && page(b) {
        a.clone_from(b);
    }
}

/// Random picks: as many on both sides.
fn picked(a: &mut Frame, b: &mut Frame) {
    let alike = match (&*a, &*b) {
        (Frame::List(x, ours), Frame::List(y, theirs)) => x == y && ours.len() == theirs.len(),
        _ => {
            a.text().is_some()
                && b.text().is_some()
                && !matches!(
                    (&*a, &*b),
                    (Frame::Text(b'-', _), _) | (_, Frame::Text(b'-', _))
                )
        }
    };
    if alike {
        a.clone_from(b);
    }
}

fn command_lists(a: &mut Frame, b: &mut Frame) {
    for frame in [&mut *a, &mut *b] {
        let Frame::List(kind, items) = frame else {
            return;
        };
        // A map, which is flat in RESP2: its keys are texts, and no value is.
        let pairs = *kind == b'%'
            || items
                .get(1)
                .is_some_and(|second| second.text().is_none() && items[0].text().is_some());
        let mut entries: Vec<Vec<Frame>> = items
            .chunks(if pairs { 2 } else { 1 })
            .map(<[Frame]>::to_vec)
            .collect();
        entries.retain(|entry| known(name_of(&entry[0])));
        entries.sort_by_key(|entry| name_of(&entry[0]).to_vec());
        *items = entries.concat();
    }
}

/// The name that an entry of COMMAND, COMMAND LIST or COMMAND DOCS begins with.
fn name_of(entry: &Frame) -> &[u8] {
    entry
        .text()
        .or_else(|| entry.items().first()?.text())
        .unwrap_or_default()
}

/// Commands of Redis 8 that Valkey 9.1 does not have; they follow Redis's documentation.
const REDIS_8: &[&str] = &["delex", "digest", "xackdel", "xdelex"];
/// The versions in which Redis added options that Valkey 9.1 does not have.
const REDIS_8_VERSIONS: &[&[u8]] = &[b"8.2.0", b"8.4.0"];

/// Drops every argument that only Redis 8 has.
fn without_redis_8(frame: &mut Frame) {
    let Frame::List(_, items) = frame else { return };
    let added = |frame: &Frame| {
        frame.items().windows(2).any(|pair| {
            pair[0].text() == Some(b"since")
                && pair[1]
                    .text()
                    .is_some_and(|v| REDIS_8_VERSIONS.contains(&v))
        })
    };
    items.retain(|item| !added(item));
    items.iter_mut().for_each(without_redis_8);
}

/// Whether both have this command, or `container|subcommand`.
fn known(name: &[u8]) -> bool {
    if REDIS_8.iter().any(|n| n.as_bytes() == name) {
        return false;
    }
    let mut parts = name.splitn(2, |&b| b == b'|');
    let Some(container) = parts.next().and_then(lookup) else {
        return false;
    };
    parts
        .next()
        .is_none_or(|sub| subcommand(container, sub).is_some())
}

/// Drops every element that is about a subcommand that is not there, and sorts the lists they stand in.
fn known_subcommands(frame: &mut Frame) {
    let is_sub = |frame: &Frame| name_of(frame).contains(&b'|') && name_of(frame).is_ascii();
    let Frame::List(_, items) = frame else { return };
    items.iter_mut().for_each(known_subcommands);
    let documented = items.len() % 2 == 0
        && items
            .chunks(2)
            .all(|pair| pair[0].text().is_some() && is_sub(&pair[0]));
    let listed = items
        .iter()
        .all(|item| item.text().is_none() && is_sub(item));
    if documented || listed {
        let mut entries: Vec<Vec<Frame>> = items
            .chunks(if documented { 2 } else { 1 })
            .map(<[Frame]>::to_vec)
            .collect();
        entries.retain(|entry| known(name_of(&entry[0])));
        entries.sort_by_key(|entry| name_of(&entry[0]).to_vec());
        *items = entries.concat();
    }
}

/// Leaves out of CONFIG GET what depends on the machine.
fn settings(frame: &mut Frame) {
    const MACHINE: &[&[u8]] = &[
        b"bind",
        b"dir",
        b"enable-debug-command",
        b"logfile",
        b"loglevel",
        b"pidfile",
        b"port",
        b"script-memory-limit",
        b"script-step-limit",
    ];
    let Some(items) = frame.items_mut() else {
        return;
    };
    let pairs: Vec<[Frame; 2]> = items
        .chunks(2)
        .filter_map(|pair| <[Frame; 2]>::try_from(pair.to_vec()).ok())
        .filter(|[name, _]| !MACHINE.iter().any(|own| name.text() == Some(own)))
        .collect();
    *items = pairs.into_iter().flatten().collect();
}

/// Keeps of each client's line what both servers can say alike, and sorts the lines.
fn client_lines(frame: &mut Frame) {
    const KEPT: &[&str] = &[
        "name", "flags", "capa", "db", "sub", "psub", "ssub", "multi", "watch", "user", "resp",
        "lib-name", "lib-ver",
    ];
    let Frame::Text(_, text) = frame else { return };
    if text.as_slice() == b"txt:" {
        text.clear();
    }
    if !text.starts_with(b"id=") && !text.starts_with(b"txt:id=") {
        return;
    }
    let text_before = String::from_utf8_lossy(text).into_owned();
    let mut lines: Vec<String> = text_before
        .lines()
        .filter(|line| !line.contains(&format!(" name={ADMIN} ")))
        .map(|line| {
            let kept = |word: &&str| {
                let name = word.split('=').next().unwrap_or_default();
                KEPT.contains(&name)
            };
            line.split(' ').filter(kept).collect::<Vec<_>>().join(" ")
        })
        .collect();
    lines.sort();
    *text = lines.join("\n").into_bytes();
}

/// The name of the connection that keeps the comparison.
pub const ADMIN: &str = "the-comparison";

/// Sorts a list's texts.
pub fn sort(frame: &mut Frame) {
    if let Some(items) = frame.items_mut() {
        items.sort_by(|a, b| a.text().cmp(&b.text()));
    }
}

/// Fields with their values, which are flat in a frame.
fn sort_pairs(frame: &mut Frame) {
    if let Some(items) = frame.items_mut() {
        let mut pairs: Vec<_> = items.chunks(2).map(<[Frame]>::to_vec).collect();
        pairs.sort_by(|a, b| a[0].text().cmp(&b[0].text()));
        *items = pairs.concat();
    }
}

fn items_mut(frame: &mut Frame) -> &mut [Frame] {
    frame.items_mut().map(Vec::as_mut_slice).unwrap_or_default()
}

/// Calls `f` on both frames and on all that stand at equal places in them.
fn each(a: &mut Frame, b: &mut Frame, f: &mut dyn FnMut(&mut Frame, &mut Frame)) {
    f(a, b);
    for (a, b) in items_mut(a).iter_mut().zip(items_mut(b)) {
        each(a, b, f);
    }
}

/// Calls `f` on the two values wherever the same field of this name stands in both, maps or flat arrays.
fn each_field(a: &mut Frame, b: &mut Frame, name: &str, f: &mut dyn FnMut(&mut Frame, &mut Frame)) {
    each(a, b, &mut |a, b| {
        let (a, b) = (items_mut(a), items_mut(b));
        for at in (0..a.len().min(b.len())).step_by(2) {
            let named = |items: &[Frame]| items[at].text() == Some(name.as_bytes());
            if named(a)
                && named(b)
                && let (Some(a), Some(b)) = (a.get_mut(at + 1), b.get_mut(at + 1))
            {
                f(a, b);
            }
        }
    });
}

/// Whether two payloads of DUMP say the same, as far as that can be told from their bytes. The version is
/// the lowest that will do for one side and the newest for the other; hash tables have no order, nor small sets made from them; streams
/// hold what is deleted, and times. Whether a string is worth compressing is judged a little otherwise.
pub fn same_payload(ours: &[u8], theirs: &[u8]) -> bool {
    const DEFINITE: [u8; 6] = [0, 5, 11, 16, 17, 18];
    let plain = |payload: &[u8]| {
        let value = rdb::load(payload, &Limits::default());
        value.map(|value| rdb::dump(&value, false))
    };
    ours.first() == theirs.first()
        && (!ours.first().is_some_and(|kind| DEFINITE.contains(kind))
            || plain(ours).is_some_and(|ours| Some(ours) == plain(theirs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(command: &str, ours: &str, theirs: &str) -> bool {
        let words: Words = command.split(' ').map(|w| w.as_bytes().to_vec()).collect();
        let read = |wire: &str| {
            crate::frame::read(wire.replace(' ', "\r\n").as_bytes())
                .unwrap()
                .0
        };
        Tally::default().same(&[words], &read(ours), &read(theirs))
    }

    #[test]
    fn a_rule_lets_its_own_difference_pass_and_no_other() {
        assert!(same("TTL k", ":100 ", ":99 "));
        assert!(!same("TTL k", ":-1 ", ":-2 "));
        assert!(!same("TTL k", ":100 ", ":1000 "));
        assert!(!same("STRLEN k", ":100 ", ":99 "));
        assert!(same("KEYS *", "*2 $1 a $1 b ", "*2 $1 b $1 a "));
        assert!(!same("KEYS *", "*2 $1 a $1 b ", "*1 $1 a "));
        assert!(!same("ZRANGE z 0 -1", "*2 $1 a $1 b ", "*2 $1 b $1 a "));
        assert!(same(
            "XPENDING s g - + 1",
            "*1 *4 $3 1-1 $1 c :5 :1 ",
            "*1 *4 $3 1-1 $1 c :9 :1 "
        ));
        assert!(!same(
            "XPENDING s g - + 1",
            "*1 *4 $3 1-1 $1 c :5 :1 ",
            "*1 *4 $3 1-1 $1 c :5 :2 "
        ));
        assert!(!same("GET k", "$-1 ", "*-1 "));
        assert!(same("COMMAND LIST", "*1 $3 get ", "*2 $6 nosuch $3 get "));
        assert!(!same("COMMAND LIST", "*0 ", "*1 $3 get "));
    }
}
