//! Which of a command's words are keys, by the reference's rules: COMMAND GETKEYS.

use super::spec::{Begin, Find, Spec};
use crate::engine::num;

/// Where a key stands, and how it is used.
pub type Key = (usize, &'static [&'static str]);

const READ: &[&str] = &["RO", "access"];
const OVERWRITE: &[&str] = &["OW", "update"];
const CHANGE: &[&str] = &["RW", "access", "update"];
const TAKE: &[&str] = &["RW", "access", "delete"];

/// Whether a command has keys at all. Channels of a shard count as none.
pub fn has_keys(spec: &Spec) -> bool {
    spec.keys.iter().any(|key| !key.flags.contains(&"not_key"))
}

/// The keys among the words of a command; none where the words do not fit it.
pub fn find(spec: &Spec, words: &[&[u8]]) -> Vec<Key> {
    let vary = spec
        .keys
        .iter()
        .any(|key| key.flags.contains(&"variable_flags"));
    let found = if vary { None } else { by_specs(spec, words) };
    found.unwrap_or_else(|| by_command(spec.name, words))
}

/// By the key specs of the command; `None` where they do not tell.
fn by_specs(spec: &Spec, words: &[&[u8]]) -> Option<Vec<Key>> {
    let count = words.len() as i64;
    let mut keys = Vec::new();
    for rule in spec.keys {
        if rule.flags.contains(&"not_key") {
            continue;
        }
        let mut first = match rule.begin {
            Begin::Index(index) => i64::from(index),
            Begin::Keyword(word, from) => match keyword(words, word, i64::from(from)) {
                Some(at) => at + 1,
                None => continue,
            },
            Begin::Unknown => return None,
        };
        let (last, step) = match rule.find {
            Find::Range { last, step, limit } => {
                let last = match (last, limit) {
                    (0.., _) => first + i64::from(last),
                    (_, 0) => count + i64::from(last),
                    _ => first + (count - first) / i64::from(limit) + i64::from(last),
                };
                (last, step)
            }
            Find::KeyNum {
                index,
                first: skip,
                step,
            } => {
                let at = usize::try_from(first + i64::from(index)).ok()?;
                let number = num::parse_i64(words.get(at)?).filter(|n| *n >= 0)?;
                first += i64::from(skip);
                let more = i64::from(number as i32) - 1;
                (first + more * i64::from(step), step)
            }
            Find::Unknown => return None,
        };
        if last >= count || last < first || first >= count {
            return None;
        }
        let places = (first..=last).step_by(step.max(1) as usize);
        keys.extend(places.map(|at| (at as usize, rule.flags)));
        if rule.flags.contains(&"incomplete") {
            return None;
        }
    }
    Some(keys)
}

/// Where a keyword stands, looked for from a word on, or from the end backwards.
fn keyword(words: &[&[u8]], word: &str, from: i64) -> Option<i64> {
    let is = |at: &i64| {
        usize::try_from(*at)
            .ok()
            .and_then(|at| words.get(at))
            .is_some_and(|w| w.eq_ignore_ascii_case(word.as_bytes()))
    };
    let count = words.len() as i64;
    if from > 0 {
        (from..count - 1).find(is)
    } else {
        (2..=count + from).rev().find(is)
    }
}

/// By the rules that only the command knows.
fn by_command(name: &str, words: &[&[u8]]) -> Vec<Key> {
    match name {
        "set" => {
            let get = words.iter().skip(3).any(|w| w.eq_ignore_ascii_case(b"GET"));
            vec![(1, if get { CHANGE } else { OVERWRITE })]
        }
        "bitfield" => vec![(1, if only_reads(words) { READ } else { CHANGE })],
        "sort_ro" => vec![(1, READ)],
        "sort" => sort(words),
        "migrate" => migrate(words),
        "georadius" | "georadiusbymember" => georadius(words),
        "xread" | "xreadgroup" => streams(words),
        "blmpop" | "bzmpop" | "eval" | "eval_ro" | "evalsha" | "evalsha_ro" | "fcall"
        | "fcall_ro" => numbered(words, 2, None),
        "lmpop" | "zmpop" | "sintercard" | "zdiff" | "zinter" | "zintercard" | "zunion" => {
            numbered(words, 1, None)
        }
        "zdiffstore" | "zinterstore" | "zunionstore" => numbered(words, 2, Some(1)),
        _ => Vec::new(),
    }
}

fn is(words: &[&[u8]], at: usize, word: &str) -> bool {
    words
        .get(at)
        .is_some_and(|w| w.eq_ignore_ascii_case(word.as_bytes()))
}

/// As many keys as the word at `count` says, from the next one on; then the one that is written.
fn numbered(words: &[&[u8]], count: usize, store: Option<usize>) -> Vec<Key> {
    let first = count + 1;
    let number = words.get(count).map_or(0, |word| leading_int(word));
    match usize::try_from(number) {
        Ok(number @ 1..) if number <= words.len().saturating_sub(first) => {
            let keys = first..first + number;
            keys.chain(store).map(|at| (at, NONE)).collect()
        }
        _ => Vec::new(),
    }
}

const NONE: &[&str] = &[];

/// The number that a word begins with, as `atoi` reads it.
pub fn leading_int(word: &[u8]) -> i64 {
    let text = word.trim_ascii_start();
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let rest = text.get(sign..).unwrap_or_default();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let end = sign + digits;
    let number = text.get(..end).unwrap_or_default();
    let number = number.strip_prefix(b"+").unwrap_or(number);
    std::str::from_utf8(number)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

fn only_reads(words: &[&[u8]]) -> bool {
    let mut at = 2;
    while at < words.len() {
        let left = words.len() - at - 1;
        if is(words, at, "GET") && left >= 2 {
            at += 3;
        } else if is(words, at, "OVERFLOW") && left >= 1 {
            at += 2;
        } else {
            return false;
        }
    }
    true
}

fn sort(words: &[&[u8]]) -> Vec<Key> {
    let mut store = None;
    let mut at = 2;
    while at < words.len() {
        match () {
            () if is(words, at, "LIMIT") => at += 2,
            () if is(words, at, "GET") || is(words, at, "BY") => at += 1,
            () if is(words, at, "STORE") && at + 1 < words.len() => store = Some(at + 1),
            () => {}
        }
        at += 1;
    }
    let store = store.map(|at| (at, OVERWRITE));
    std::iter::once((1, READ)).chain(store).collect()
}

fn migrate(words: &[&[u8]]) -> Vec<Key> {
    let mut at = 6;
    while at < words.len() {
        match () {
            () if is(words, at, "KEYS") => {
                // With a key of its own, the command is refused.
                let several = words.get(3).is_some_and(|key| key.is_empty());
                let from = if several { at + 1 } else { words.len() };
                return (from..words.len()).map(|at| (at, TAKE)).collect();
            }
            () if is(words, at, "AUTH") => at += 1,
            () if is(words, at, "AUTH2") => at += 2,
            () => {}
        }
        at += 1;
    }
    vec![(3, TAKE)]
}

fn georadius(words: &[&[u8]]) -> Vec<Key> {
    let mut store = None;
    let mut at = 5;
    while at + 1 < words.len() {
        if is(words, at, "STORE") || is(words, at, "STOREDIST") {
            at += 1;
            store = Some(at);
        }
        at += 1;
    }
    let store = store.map(|at| (at, OVERWRITE));
    std::iter::once((1, READ)).chain(store).collect()
}

fn streams(words: &[&[u8]]) -> Vec<Key> {
    let mut at = 1;
    loop {
        match () {
            () if is(words, at, "BLOCK") || is(words, at, "COUNT") => at += 2,
            () if is(words, at, "GROUP") => at += 3,
            () if is(words, at, "NOACK") => at += 1,
            () if is(words, at, "STREAMS") => break,
            () => return Vec::new(),
        }
    }
    let rest = words.len() - at - 1;
    if !rest.is_multiple_of(2) {
        return Vec::new();
    }
    (at + 1..at + 1 + rest / 2).map(|at| (at, NONE)).collect()
}
