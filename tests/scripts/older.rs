//! What Redis 7.0 answers otherwise than Valkey 9.1 on purpose; the engine follows 9.1.

use crate::differences::{Difference, sort_functions};
use crate::frame::Frame;

/// How errors are worded: in 7.0, and in 9.1.
const WORDS: &[(&str, &str)] = &[
    (
        "ERR redis.set_repl() requires two arguments",
        "ERR server.set_repl() requires one argument",
    ),
    ("ERR Invalid debug level", "ERR Invalid log level"),
    (
        "NOSCRIPT No matching script. Please use EVAL.",
        "NOSCRIPT No matching script.",
    ),
    ("redis.register_function", "server.register_function"),
    (
        "Error registering functions: ERR Function already exists in the library",
        "Function already exists in the library",
    ),
    (
        "passed to redis.acl_check_cmd()",
        "passed to server.acl_check_cmd()",
    ),
    ("ERR redis.log() requires", "ERR server.log() requires"),
    (
        "ERR redis.setresp() requires",
        "ERR server.setresp() requires",
    ),
    (
        "Wrong number of args calling Redis command from script",
        "Wrong number of args calling command from script",
    ),
    (
        "Unknown Redis command called from script",
        "Unknown command called from script",
    ),
    (
        "This Redis command is not allowed from script",
        "This Valkey command is not allowed from script",
    ),
    (
        "Please specify at least one argument for this redis lib call",
        "Please specify at least one argument for this call",
    ),
    (
        "Lua redis lib command arguments must be strings or integers",
        "Command arguments must be strings or integers",
    ),
];

/// Every difference between the two references that is let pass.
pub const CHANGED: &[Difference] = &[
    Difference {
        name: "the script's name at the end of an error",
        reason: "9.1 gives neither the SHA-1 of a script nor the name of a function",
        apply: |_, older, _| each_text(older, &mut without_name),
    },
    Difference {
        name: "order of FUNCTION LIST",
        reason: "it is that of a hash table, which is seeded at start",
        apply: |_, older, newer| [older, newer].into_iter().for_each(sort_functions),
    },
    Difference {
        name: "wording",
        reason: "9.1 speaks of commands and of `server`, and not of Redis",
        apply: |_, older, _| {
            each_text(older, &mut |text| {
                WORDS.iter().for_each(|(from, to)| replace(text, from, to))
            });
        },
    },
    Difference {
        name: "how doubles print as arguments and replies",
        reason: "7.0 prints 17 digits, and 9.1 as few as say the same number",
        apply: |_, older, newer| both(older, newer, &mut same_numbers),
    },
    Difference {
        name: "order of a table's keys that are strings",
        reason: "9.1 hashes strings otherwise",
        apply: |_, older, newer| both(older, newer, &mut same_words),
    },
    Difference {
        name: "order of a reply's maps and sets",
        reason: "it is that of a table's keys",
        apply: |_, older, newer| [older, newer].into_iter().for_each(sort_unordered),
    },
    Difference {
        name: "blocking commands in scripts",
        reason: "9.1 lets a script call them, and they do not wait",
        apply: |_, older, newer| {
            instead(older, newer, "command is not allowed from script");
            instead(
                older,
                newer,
                "is not allowed with BLOCK option from scripts",
            );
        },
    },
    Difference {
        name: "READONLY and READWRITE",
        reason: "9.1 takes them outside a cluster too",
        apply: |_, older, newer| instead(older, newer, "cluster support disabled"),
    },
    Difference {
        name: "the globals `os` and `server`",
        reason: "7.0 does not have them",
        apply: |_, older, newer| {
            instead(older, newer, "nonexistent global variable 'os'");
            instead(older, newer, "nonexistent global variable 'server'");
        },
    },
    Difference {
        name: "an engine that is not there",
        reason: "9.1 may have others than Lua, and takes its name in any case",
        apply: |_, older, newer| {
            instead(older, newer, "Unexpected engine in script shebang");
            instead(older, newer, "Engine 'nosuch' not found");
        },
    },
    Difference {
        name: "commands that 7.0 does not have",
        reason: "they came later",
        apply: |_, older, newer| instead(older, newer, "Unknown command called from script"),
    },
];

fn each_text(frame: &mut Frame, f: &mut dyn FnMut(&mut Vec<u8>)) {
    match frame {
        Frame::List(_, items) => items.iter_mut().for_each(|item| each_text(item, f)),
        Frame::Text(_, text) => f(text),
        _ => {}
    }
}

/// Calls `same` for each two texts at equal places that differ; where it says yes the first becomes the second.
fn both(older: &mut Frame, newer: &Frame, same: &mut dyn FnMut(&str, &str) -> bool) {
    match (older, newer) {
        (Frame::List(_, older), Frame::List(_, newer)) if older.len() == newer.len() => {
            older
                .iter_mut()
                .zip(newer)
                .for_each(|(a, b)| both(a, b, same));
        }
        (Frame::Text(_, a), Frame::Text(_, b))
            if a != b && same(&String::from_utf8_lossy(a), &String::from_utf8_lossy(b)) =>
        {
            a.clone_from(b);
        }
        _ => {}
    }
}

/// Sorts what has no order in RESP3.
fn sort_unordered(frame: &mut Frame) {
    let Frame::List(kind, items) = frame else {
        return;
    };
    items.iter_mut().for_each(sort_unordered);
    if matches!(kind, b'~' | b'%') {
        let mut entries: Vec<_> = items
            .chunks(if *kind == b'%' { 2 } else { 1 })
            .map(<[Frame]>::to_vec)
            .collect();
        entries.sort_by_key(|entry| entry[0].to_string());
        *items = entries.concat();
    }
}

/// Lets the newer reply stand where the older is an error that holds this text, and the newer does not.
fn instead(older: &mut Frame, newer: &Frame, text: &str) {
    let holds = |frame: &Frame| frame.to_string().contains(text);
    if holds(older) && !holds(newer) {
        older.clone_from(newer);
    }
}

fn replace(text: &mut Vec<u8>, from: &str, to: &str) {
    while let Some(at) = text.windows(from.len()).position(|w| w == from.as_bytes()) {
        text.splice(at..at + from.len(), to.bytes());
    }
}

/// Takes out of ` script: NAME, on @` the name: the SHA-1 of a script, or a function's.
fn without_name(text: &mut Vec<u8>) {
    const HEAD: &[u8] = b" script: ";
    const TAIL: &[u8] = b", on @";
    let mut at = 0;
    while let Some(found) = text[at..].windows(HEAD.len()).position(|w| w == HEAD) {
        at += found + HEAD.len();
        let name = text[at..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        if text[at + name..].starts_with(TAIL) {
            text.drain(at..at + name + 2);
        }
    }
}

/// Whether two texts are equal but for how numbers print in them.
fn same_numbers(older: &str, newer: &str) -> bool {
    let part = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-'));
    let (mut a, mut b) = (older.split(part), newer.split(part));
    loop {
        let same = match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) => {
                x == y
                    || matches!((x, y), ("-nan", "nan"))
                    || x.parse::<f64>().is_ok_and(|x| Ok(x) == y.parse::<f64>())
            }
            _ => false,
        };
        if !same {
            return false;
        }
    }
}

/// Whether two texts are the same words in another order.
fn same_words(older: &str, newer: &str) -> bool {
    let sorted = |text: &str| {
        let mut words: Vec<_> = text
            .split([' ', ',', '{', '}', ':'])
            .map(String::from)
            .collect();
        words.sort();
        words
    };
    sorted(older) == sorted(newer)
}
