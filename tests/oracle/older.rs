//! The second reference: Redis 7.0, for the commands and options that it has. What 9.1 answers otherwise on
//! purpose is named below; the engine follows 9.1 there.

use std::collections::BTreeMap;

use keyglass::command::spec::Arg;
use keyglass::command::{dispatch, lookup, row_of, subcommand};
use keyglass::engine::resp::encode_command;
use keyglass::engine::{Engine, What};

use crate::compare::{self, Tally};
use crate::frame::{self, Frame};
use crate::server::Server;
use crate::step::{Step, Words};

/// A difference between the two references.
#[derive(Clone, Copy, Debug)]
pub struct Changed {
    /// What changed.
    pub name: &'static str,
    /// Why, or since when.
    pub reason: &'static str,
    /// Whether it explains these replies to this command: the engine's, and Redis 7.0's.
    explains: fn(&[Vec<u8>], &Frame, &Frame) -> bool,
}

/// Every difference between the two references that is let pass.
pub const CHANGED: &[Changed] = &[
    Changed {
        name: "how doubles print",
        reason: "7.0 prints 17 digits, and 9.1 as few as say the same number",
        explains: |_, ours, theirs| same_numbers(ours, theirs),
    },
    Changed {
        name: "BITCOUNT without an end, and indexes of BITCOUNT and BITPOS read before the key",
        reason: "since 8.0",
        explains: |words, _, _| is(words, &["bitcount", "bitpos"]),
    },
    Changed {
        name: "the member that is not there is named",
        reason: "since 8.1",
        explains: |_, ours, theirs| {
            begins(ours, "ERR member ") && begins(theirs, "ERR could not decode requested")
        },
    },
    Changed {
        name: "GETEX reads its lifetime before the key",
        reason: "since 8.0",
        explains: |words, ours, _| is(words, &["getex"]) && ours.kind() == "error",
    },
    Changed {
        name: "how doubles are read",
        reason: "9.1 reads decimals that a double can hold, to the end of the word; 7.0 what strtod takes",
        explains: |words, ours, theirs| {
            let refused = |frame: &Frame| {
                begins(frame, "ERR value is not a valid float")
                    || begins(frame, "ERR need numeric ")
                    || begins(frame, "ERR weight value is not a float")
                    || begins(frame, "ERR min or max is not a float")
                    || is(words, &["sort", "sort_ro"]) && begins(frame, "ERR One or more scores")
            };
            refused(ours) != refused(theirs)
        },
    },
    Changed {
        name: "BYPOLYGON is named",
        reason: "since 9.0",
        explains: |_, ours, theirs| {
            begins(ours, "ERR exactly one of BYRADIUS, BYBOX and BYPOLYGON")
                && begins(theirs, "ERR exactly one of BYRADIUS and BYBOX")
        },
    },
    Changed {
        name: "LSET with an index beyond 32 bits",
        reason: "9.1 cuts it to 32 bits",
        explains: |words, _, theirs| {
            let index = words
                .get(2)
                .and_then(|w| std::str::from_utf8(w).ok()?.parse::<i64>().ok());
            is(words, &["lset"])
                && index.is_some_and(|index| i32::try_from(index).is_err())
                && begins(theirs, "ERR index out of range")
        },
    },
    Changed {
        name: "LREM and LPOS with -2^63",
        reason: "9.1 refuses it, since nothing is its opposite",
        explains: |words, ours, _| {
            is(words, &["lrem", "lpos"]) && begins(ours, "ERR value is out of range")
        },
    },
    Changed {
        name: "a range by score with a LIMIT below 0",
        reason: "9.1 begins at the first, and 7.0 gives nothing",
        explains: |words, _, theirs| {
            let nothing = match theirs {
                Frame::List(_, items) => items.is_empty(),
                other => *other == Frame::Int(0) && is(words, &["zrangestore"]),
            };
            has(words, "LIMIT") && nothing
        },
    },
    Changed {
        name: "BYLEX over unequal scores",
        reason: "neither promises anything there",
        explains: |words, _, _| {
            is(
                words,
                &[
                    "zrangebylex",
                    "zrevrangebylex",
                    "zremrangebylex",
                    "zlexcount",
                ],
            ) || has(words, "BYLEX")
        },
    },
    Changed {
        name: "consumers that were given nothing",
        reason: "since 7.2 XREADGROUP makes its consumer in any case",
        explains: |words, _, _| {
            is(words, &["xinfo"])
                || is(words, &["xgroup"])
                    && words
                        .get(1)
                        .is_some_and(|w| w.to_ascii_lowercase().ends_with(b"consumer"))
        },
    },
    Changed {
        name: "a cursor is a number to its end, and before the key is looked at",
        reason: "since 8.0",
        explains: |words, ours, theirs| {
            is(words, &["scan", "sscan", "hscan", "zscan"])
                && (begins(ours, "ERR invalid cursor") || begins(theirs, "ERR invalid cursor"))
        },
    },
    Changed {
        name: "HSCAN NOVALUES and ZSCAN NOSCORES",
        reason: "since 8.0 and 8.1",
        explains: |words, _, theirs| {
            is(words, &["sscan", "hscan", "zscan"])
                && (has(words, "NOVALUES") || has(words, "NOSCORES"))
                && begins(theirs, "ERR syntax error")
        },
    },
    Changed {
        name: "SCAN knows its types",
        reason: "since 8.0",
        explains: |words, ours, _| is(words, &["scan"]) && begins(ours, "ERR unknown type name"),
    },
    Changed {
        name: "HELP",
        reason: "it tells of what is new",
        explains: |words, _, _| {
            words
                .get(1)
                .is_some_and(|w| w.eq_ignore_ascii_case(b"HELP"))
        },
    },
    Changed {
        name: "fields of XINFO",
        reason: "inactive and active-time since 7.2",
        explains: |words, ours, theirs| {
            is(words, &["xinfo"])
                && lacks(ours.clone(), "inactive", "active-time")
                    == lacks(theirs.clone(), "inactive", "active-time")
        },
    },
    Changed {
        name: "XREAD with the ID +",
        reason: "since 8.0",
        explains: |words, _, theirs| {
            is(words, &["xread", "xreadgroup"])
                && has(words, "+")
                && begins(theirs, "ERR Invalid stream ID")
        },
    },
    Changed {
        name: "XREAD and XREADGROUP are named in lower case",
        reason: "since 7.2",
        explains: |_, ours, theirs| {
            begins(ours, "ERR Unbalanced '") && begins(theirs, "ERR Unbalanced ")
        },
    },
    Changed {
        name: "XREADGROUP of a history needs its group",
        reason: "7.0 answers from a group that is not there as from one where nothing is pending",
        explains: |words, ours, theirs| {
            is(words, &["xreadgroup"])
                && begins(ours, "NOGROUP")
                && matches!(theirs, Frame::List(..))
        },
    },
    Changed {
        name: "ranks WITHSCORE",
        reason: "since 7.2",
        explains: |words, _, theirs| {
            is(words, &["zrank", "zrevrank"])
                && words.len() > 3
                && begins(theirs, "ERR wrong number of arguments")
        },
    },
];

fn is(words: &[Vec<u8>], names: &[&str]) -> bool {
    let name = words.first().map(Vec::as_slice).unwrap_or_default();
    names
        .iter()
        .any(|n| name.eq_ignore_ascii_case(n.as_bytes()))
}

fn has(words: &[Vec<u8>], word: &str) -> bool {
    words
        .iter()
        .any(|w| w.eq_ignore_ascii_case(word.as_bytes()))
}

fn begins(frame: &Frame, text: &str) -> bool {
    matches!(frame, Frame::Text(b'-', error) if error.starts_with(text.as_bytes()))
}

/// Whether two replies are equal but for how numbers print in them.
fn same_numbers(ours: &Frame, theirs: &Frame) -> bool {
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<f64>().ok();
    match (ours, theirs) {
        (Frame::Text(a, x), Frame::Text(b, y)) => {
            a == b && (x == y || number(x).is_some_and(|x| Some(x) == number(y)))
        }
        (Frame::List(a, xs), Frame::List(b, ys)) => {
            a == b && xs.len() == ys.len() && xs.iter().zip(ys).all(|(x, y)| same_numbers(x, y))
        }
        _ => ours == theirs,
    }
}

/// A reply without two fields, and with its other times as if they had not passed.
fn lacks(mut frame: Frame, one: &str, other: &str) -> Frame {
    if let Some(items) = frame.items_mut() {
        let inner: Vec<Frame> = items
            .drain(..)
            .map(|item| lacks(item, one, other))
            .collect();
        let mut rest = inner.into_iter().peekable();
        while let Some(item) = rest.next() {
            match item.text() {
                Some(name) if name == one.as_bytes() || name == other.as_bytes() => {
                    rest.next();
                }
                Some(b"idle" | b"seen-time") if matches!(rest.peek(), Some(Frame::Int(_))) => {
                    rest.next();
                    items.extend([item, Frame::Int(0)]);
                }
                _ => items.push(item),
            }
        }
    }
    frame
}

/// The commands that are compared: those of data, which answer at once.
const GROUPS: &[&str] = &[
    "string",
    "list",
    "set",
    "hash",
    "sorted-set",
    "stream",
    "hyperloglog",
    "bitmap",
    "geo",
    "generic",
];

/// Commands of these groups that are left out: they wait, what they answer depends on the machine or the
/// version, or (ZREMRANGEBYLEX over unequal scores) what they do is not defined.
const LEFT_OUT: &[&str] = &[
    "wait",
    "waitaof",
    "migrate",
    "dump",
    "restore",
    "object",
    "move",
    "pfdebug",
    "pfselftest",
    "zremrangebylex",
];

/// What Redis 7.0 has, of the names in the reference's list.
pub struct Older {
    names: Vec<String>,
    server: Server,
}

impl Older {
    /// Starts the server. `None`: there is none on this machine.
    pub fn start() -> Option<Self> {
        let server = Server::start_redis()?;
        let names = include_str!("../reference-commands.txt")
            .lines()
            .filter(|line| line.split(' ').skip(1).any(|who| who == "redis"))
            .filter_map(|line| Some(line.split(' ').next()?.to_string()))
            .collect();
        Some(Self { names, server })
    }

    /// What the server says of its version.
    pub fn version(&self) -> &str {
        &self.server.version
    }

    /// Whether Redis 7.0 knows all that a command is made of, and it answers at once.
    fn takes(&self, words: &[Vec<u8>]) -> bool {
        let Some(spec) = words.first().and_then(|name| lookup(name)) else {
            return false;
        };
        let sub = words.get(1).and_then(|word| subcommand(spec, word));
        let full = match sub {
            Some(sub) => format!("{}|{}", spec.name, sub.name),
            None => spec.name.to_string(),
        };
        let mut younger = Vec::new();
        if let Some((_, row)) = row_of(full.as_bytes()) {
            younger_tokens(row.args, &mut younger);
        }
        let waits =
            spec.flags & keyglass::command::spec::BLOCKING != 0 && !spec.name.starts_with("xread");
        let undefined = spec.name == "zrangestore" && has(words, "BYLEX");
        let too_young = younger.iter().any(|token| has(words, token));
        GROUPS.contains(&spec.group)
            && !LEFT_OUT.contains(&spec.name)
            && self.names.contains(&full)
            && !(waits || undefined || too_young || has(words, "BLOCK"))
    }

    /// Gives the commands of a sequence to both, from nothing, up to the first difference that nothing
    /// explains: the commands up to it, and both answers.
    pub fn run(
        &self,
        steps: &[Step],
        tally: &mut Tally,
        explained: &mut BTreeMap<&'static str, usize>,
        commands: &mut usize,
    ) -> Result<(), (Vec<Words>, Frame, Frame)> {
        let mut link = self.server.connect();
        link.ask(&["FLUSHALL"]);
        let mut engine = Engine::new(1, compare::now(), dispatch);
        engine.handle(compare::now(), 0, What::Connect);
        let mut sent = Vec::new();
        for step in steps {
            if let Step::Pause(ms) = step {
                std::thread::sleep(std::time::Duration::from_millis(*ms));
            }
            let Step::Command(_, words) = step else {
                continue;
            };
            if !self.takes(words) {
                continue;
            }
            sent.push(words.clone());
            *commands += 1;
            engine.handle(compare::now(), 0, What::Bytes(encode_command(words)));
            let bytes = engine.take_output(0);
            let (Some((ours, _)), Some(theirs)) = (frame::read(&bytes), link.ask(words)) else {
                return Err((sent, Frame::Int(0), Frame::Int(0)));
            };
            if tally.same(std::slice::from_ref(words), &ours, &theirs) {
                continue;
            }
            match CHANGED.iter().find(|c| (c.explains)(words, &ours, &theirs)) {
                // What only one of them did, or did otherwise, leaves them unequal: the sequence ends.
                Some(changed) => {
                    *explained.entry(changed.name).or_default() += 1;
                    let refused = |frame: &Frame| frame.kind() == "error";
                    if refused(&ours) != refused(&theirs) || is(words, &["zrangestore"]) {
                        return Ok(());
                    }
                }
                None => return Err((sent, ours, theirs)),
            }
        }
        Ok(())
    }
}

/// The words that a grammar has only since after 7.0.
fn younger_tokens<'a>(args: &'a [Arg], found: &mut Vec<&'a str>) {
    for arg in args {
        let number = |version: &str| -> Vec<u32> {
            version
                .split('.')
                .map(|part| part.parse().unwrap_or(0))
                .collect()
        };
        let younger = arg
            .since
            .is_some_and(|since| number(since) > vec![7, 0, u32::MAX]);
        if younger {
            tokens(arg, found);
        } else {
            younger_tokens(arg.args, found);
        }
    }
}

fn tokens<'a>(arg: &'a Arg, found: &mut Vec<&'a str>) {
    found.extend(arg.token);
    arg.args.iter().for_each(|inner| tokens(inner, found));
}
