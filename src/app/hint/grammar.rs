//! Words matched against the grammar of a command's arguments: what has been typed, and what may follow.
//!
//! As `redis-cli` does it, neighbouring optional arguments match in any order, and a multiple argument
//! takes as many words as it can; here it stops at a word that begins what may follow it.

use crate::session::message::{ArgDoc, ArgKind};

/// What has been typed of one argument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many words it took.
    pub words: usize,
    /// Its token stands.
    pub token: bool,
    /// Its own value; of a multiple argument, the last one.
    pub value: Option<Vec<u8>>,
    /// Nothing is left of it; of a multiple argument, of the last time.
    pub whole: bool,
    /// Another argument has begun since, so nothing more can be added.
    pub closed: bool,
    /// The same for the arguments of a block or one-of; none of them where it is empty.
    pub subs: Vec<Seen>,
}

/// A command's arguments with all words matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched<'a> {
    args: &'a [ArgDoc],
    /// What has been typed of each argument.
    pub seen: Vec<Seen>,
}

/// What a next word may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expect<'a> {
    /// This word.
    Token(&'a str),
    /// A value.
    Value(&'a ArgDoc),
}

impl<'a> Matched<'a> {
    /// Matches all of the words (the command's name is not among them); `None` where they do not fit.
    pub fn of(args: &'a [ArgDoc], words: &[Vec<u8>]) -> Option<Self> {
        let (seen, used) = take_list(args, words, &[])?;
        (used == words.len()).then_some(Self { args, seen })
    }

    /// What the next word may be, in the order of the grammar.
    pub fn expected(&self) -> Vec<Expect<'a>> {
        let mut out = Vec::new();
        expect_list(self.args, &self.seen, &mut out);
        out
    }

    /// The first key that was named.
    pub fn key(&self) -> Option<&[u8]> {
        first_key(self.args, &self.seen)
    }
}

fn first_key<'s>(args: &[ArgDoc], seen: &'s [Seen]) -> Option<&'s [u8]> {
    args.iter()
        .zip(seen)
        .find_map(|(arg, seen)| match arg.kind {
            ArgKind::Key => seen.value.as_deref(),
            _ => first_key(&arg.args, &seen.subs),
        })
}

fn is(word: &[u8], token: &str) -> bool {
    word.eq_ignore_ascii_case(token.as_bytes())
}

/// The tokens that an argument can begin with; none where it begins with a value.
fn first_tokens<'a>(arg: &'a ArgDoc, out: &mut Vec<&'a str>) {
    match (&arg.token, arg.kind) {
        (Some(token), _) => out.push(token),
        (None, ArgKind::OneOf) => arg.args.iter().for_each(|sub| first_tokens(sub, out)),
        (None, ArgKind::Block) => tokens_ahead(&arg.args, &[], out),
        _ => {}
    }
}

/// Whether an argument begins with a word as its token.
fn begins(arg: &ArgDoc, word: &[u8]) -> bool {
    let mut tokens = Vec::new();
    first_tokens(arg, &mut tokens);
    tokens.iter().any(|token| is(word, token))
}

/// The tokens that can stand where a list begins, with `outer` where all of it can be left out.
fn tokens_ahead<'a>(args: &'a [ArgDoc], outer: &[&'a str], out: &mut Vec<&'a str>) {
    for arg in args {
        first_tokens(arg, out);
        if !arg.optional {
            return;
        }
    }
    out.extend_from_slice(outer);
}

/// Matches as many words as possible; `None` where a required argument does not fit.
fn take_list<'a>(
    args: &'a [ArgDoc],
    words: &[Vec<u8>],
    outer: &[&'a str],
) -> Option<(Vec<Seen>, usize)> {
    let mut seen = vec![Seen::default(); args.len()];
    let mut used = 0;
    let mut at = 0;
    while let (Some(arg), Some(word)) = (args.get(at), words.get(used)) {
        let end = at
            + if arg.optional {
                args.iter().skip(at).take_while(|a| a.optional).count()
            } else {
                1
            };
        let mut stops = Vec::new();
        tokens_ahead(
            args.get(if arg.optional { at } else { end }..)?,
            outer,
            &mut stops,
        );
        // A word that is a token is one before it is a value.
        let mut order: Vec<usize> = (at..end)
            .filter(|&i| seen.get(i).is_some_and(|s| s.words == 0))
            .collect();
        order.sort_by_key(|&i| !args.get(i).is_some_and(|a| begins(a, word)));
        let found = order.into_iter().find_map(|i| {
            let taken = take(args.get(i)?, words.get(used..)?, &stops);
            (taken.words > 0).then_some((i, taken))
        });
        match found {
            Some((i, taken)) => {
                seen.iter_mut()
                    .filter(|s| s.words > 0)
                    .for_each(|s| s.closed = true);
                used += taken.words;
                *seen.get_mut(i)? = taken;
                if !arg.optional {
                    at = end;
                }
            }
            None if arg.optional => at = end,
            None => return None,
        }
    }
    Some((seen, used))
}

/// Matches one argument, as often as it can stand. It took no words where it does not fit.
fn take<'a>(arg: &'a ArgDoc, words: &[Vec<u8>], stops: &[&'a str]) -> Seen {
    let mut seen = take_once(arg, words, true, stops);
    let mut used = seen.words;
    while arg.multiple && used > 0 && satisfied(arg, &seen) {
        let Some(rest) = words.get(used..).filter(|rest| {
            rest.first()
                .is_some_and(|w| !stops.iter().any(|s| is(w, s)) || arg.multiple_token)
        }) else {
            break;
        };
        let next = take_once(arg, rest, arg.multiple_token, stops);
        if next.words == 0 {
            break;
        }
        used += next.words;
        seen = next;
    }
    seen.words = used;
    seen
}

fn take_once<'a>(arg: &'a ArgDoc, words: &[Vec<u8>], with_token: bool, stops: &[&'a str]) -> Seen {
    let mut seen = Seen::default();
    let mut rest = words;
    if let Some(token) = &arg.token {
        if with_token {
            match words.split_first() {
                Some((word, behind)) if is(word, token) => rest = behind,
                _ => return seen,
            }
            seen.words = 1;
        }
        seen.token = true;
        seen.whole = arg.kind == ArgKind::Flag;
    }
    let Some(word) = rest.first().filter(|_| arg.kind != ArgKind::Flag) else {
        return seen;
    };
    match arg.kind {
        ArgKind::Block => {
            if let Some((subs, used)) = take_list(&arg.args, rest, stops) {
                seen.words += used;
                seen.whole = arg
                    .args
                    .iter()
                    .zip(&subs)
                    .all(|(a, s)| s.whole && !a.multiple);
                seen.subs = subs;
            }
        }
        ArgKind::OneOf => {
            let mut order: Vec<(usize, &ArgDoc)> = arg.args.iter().enumerate().collect();
            order.sort_by_key(|(_, sub)| !begins(sub, word));
            let taken = order
                .into_iter()
                .map(|(i, sub)| (i, take(sub, rest, stops)))
                .find(|(_, s)| s.words > 0);
            if let Some((i, taken)) = taken {
                seen.words += taken.words;
                seen.whole = taken.whole;
                seen.subs = vec![Seen::default(); arg.args.len()];
                seen.subs
                    .get_mut(i)
                    .into_iter()
                    .for_each(|slot| *slot = taken.clone());
            }
        }
        kind if fits(kind, word) => {
            seen.words += 1;
            seen.value = Some(word.clone());
            seen.whole = true;
        }
        _ => return Seen::default(),
    }
    seen
}

/// Whether a word can be a value of a kind. As lenient as `sscanf`; a `(` may stand before a score.
fn fits(kind: ArgKind, word: &[u8]) -> bool {
    let unsigned = |text: &[u8]| match text {
        [b'+' | b'-', rest @ ..] => rest.to_vec(),
        _ => text.to_vec(),
    };
    let digit = |text: &[u8]| text.first().is_some_and(u8::is_ascii_digit);
    match kind {
        ArgKind::Integer | ArgKind::UnixTime => digit(&unsigned(word)),
        ArgKind::Double => {
            let body = unsigned(word.strip_prefix(b"(").unwrap_or(word));
            let named = |name: &str| body.get(..3).is_some_and(|head| is(head, name));
            digit(body.strip_prefix(b".").unwrap_or(&body)) || named("inf") || named("nan")
        }
        ArgKind::Flag | ArgKind::OneOf | ArgKind::Block => false,
        ArgKind::Key | ArgKind::Text | ArgKind::Pattern => true,
    }
}

/// Whether nothing more is required of an argument.
fn satisfied(arg: &ArgDoc, seen: &Seen) -> bool {
    let untouched = Seen::default();
    let sub = |at: usize| seen.subs.get(at).unwrap_or(&untouched);
    match arg.kind {
        _ if seen.words == 0 && !seen.token => arg.optional,
        ArgKind::Flag => seen.token,
        ArgKind::Block => arg
            .args
            .iter()
            .enumerate()
            .all(|(i, a)| satisfied(a, sub(i))),
        ArgKind::OneOf => arg
            .args
            .iter()
            .enumerate()
            .any(|(i, a)| sub(i).words > 0 && satisfied(a, sub(i))),
        _ => seen.value.is_some(),
    }
}

/// What may follow in a list; whether all of it can be left as it is.
fn expect_list<'a>(args: &'a [ArgDoc], seen: &[Seen], out: &mut Vec<Expect<'a>>) -> bool {
    let started = |at: usize| seen.get(at).filter(|s| s.words > 0);
    let mut at = 0;
    let current = (0..args.len()).find_map(|i| started(i).filter(|s| !s.closed).map(|s| (i, s)));
    if let Some((i, s)) = current {
        let Some(arg) = args.get(i) else { return true };
        if !expect_rest(arg, s, out) {
            return false;
        }
        // Its optional neighbours on both sides may still come.
        at = if arg.optional {
            i - args.iter().take(i).rev().take_while(|a| a.optional).count()
        } else {
            i + 1
        };
    }
    for (i, arg) in args.iter().enumerate().skip(at) {
        if started(i).is_some() {
            continue;
        }
        expect_first(arg, out);
        if !arg.optional {
            return false;
        }
    }
    true
}

/// What may follow of an argument that has begun; whether it can be left as it is.
fn expect_rest<'a>(arg: &'a ArgDoc, seen: &Seen, out: &mut Vec<Expect<'a>>) -> bool {
    let passable = match arg.kind {
        ArgKind::Flag => true,
        ArgKind::Block => expect_list(&arg.args, &seen.subs, out),
        ArgKind::OneOf => match arg.args.iter().zip(&seen.subs).find(|(_, s)| s.words > 0) {
            Some((sub, s)) => expect_rest(sub, s, out),
            None => {
                expect_body(arg, out);
                false
            }
        },
        _ if seen.value.is_some() => true,
        _ => {
            expect_body(arg, out);
            false
        }
    };
    if passable && arg.multiple {
        if arg.multiple_token {
            expect_first(arg, out)
        } else {
            expect_body(arg, out)
        }
    }
    passable
}

/// What an argument can begin with.
fn expect_first<'a>(arg: &'a ArgDoc, out: &mut Vec<Expect<'a>>) {
    match arg.token.as_deref() {
        Some(token) => out.push(Expect::Token(token)),
        None => expect_body(arg, out),
    }
}

/// What can follow an argument's token, or begin it where it has none.
fn expect_body<'a>(arg: &'a ArgDoc, out: &mut Vec<Expect<'a>>) {
    match arg.kind {
        ArgKind::Flag => {}
        ArgKind::OneOf => arg.args.iter().for_each(|sub| expect_first(sub, out)),
        ArgKind::Block => {
            expect_list(&arg.args, &[], out);
        }
        _ => out.push(Expect::Value(arg)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::commands;
    use super::*;
    use crate::session::message::{CommandDoc, split_words};

    fn expected(commands: &[CommandDoc], text: &str) -> Option<String> {
        let words = split_words(text.as_bytes()).unwrap();
        let (doc, used) = super::super::find(commands, &words).unwrap();
        let matched = Matched::of(&doc.args, &words[used..])?;
        let name = |e: &Expect<'_>| match e {
            Expect::Token(token) => (*token).to_owned(),
            Expect::Value(arg) => format!("<{}>", arg.name),
        };
        Some(
            matched
                .expected()
                .iter()
                .map(name)
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn the_next_word_is_known_from_the_grammar() {
        let commands = commands();
        for (text, next) in [
            ("zadd", "<key>"),
            ("zadd z", "NX XX GT LT CH INCR <score>"),
            ("zadd z xx", "GT LT CH INCR <score>"),
            ("zadd z incr", "NX XX GT LT CH <score>"),
            ("zadd z 1", "<member>"),
            ("zadd z 1 a", "<score>"),
            ("set k v px", "<milliseconds>"),
            ("set k v px 5", "NX XX IFEQ GET"),
            ("xadd s maxlen", "= ~ <threshold>"),
            ("xadd s maxlen 5", "LIMIT NOMKSTREAM * <id>"),
            ("xadd s maxlen 5 *", "<field>"),
            ("xclaim s g c 0 1-1", "<id> IDLE FORCE"),
            ("xclaim s g c 0 1-1 idle 5", "FORCE"),
            ("xreadgroup", "GROUP"),
            ("xreadgroup group g", "<consumer>"),
            ("xreadgroup group g c", "COUNT BLOCK NOACK STREAMS"),
            ("xreadgroup group g c streams a", "<key> <ID>"),
            ("sort k get a", "GET BY ALPHA"),
            ("get k", ""),
            ("ping", "<message>"),
        ] {
            assert_eq!(expected(&commands, text).as_deref(), Some(next), "{text}");
        }
        assert_eq!(expected(&commands, "get a b"), None);
        assert_eq!(expected(&commands, "zadd z x"), None);
    }

    #[test]
    fn the_key_named_is_found_in_blocks_too() {
        let commands = commands();
        let key = |text: &str| {
            let words = split_words(text.as_bytes()).unwrap();
            let (doc, used) = super::super::find(&commands, &words).unwrap();
            Matched::of(&doc.args, &words[used..]).and_then(|m| m.key().map(<[u8]>::to_vec))
        };
        assert_eq!(key("zadd z nx 1 a"), Some(b"z".to_vec()));
        assert_eq!(key("xreadgroup group g c streams s"), Some(b"s".to_vec()));
        assert_eq!(key("xreadgroup group g c"), None);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_expected_fits(picks in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..14)) {
            let commands = commands();
            let doc = &commands[picks[0] as usize % commands.len()];
            let mut words: Vec<Vec<u8>> = Vec::new();
            for pick in &picks[1..] {
                let matched = Matched::of(&doc.args, &words).unwrap();
                let expected = matched.expected();
                if expected.is_empty() {
                    break;
                }
                words.push(match expected[*pick as usize % expected.len()] {
                    Expect::Token(token) => token.to_ascii_lowercase().into_bytes(),
                    Expect::Value(_) => b"1".to_vec(),
                });
            }
            let matched = Matched::of(&doc.args, &words);
            proptest::prop_assert!(matched.is_some(), "{} {:?}", doc.name, words);
        }
    }
}
